package realtest

import (
	"bufio"
	"crypto/rand"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
)

// DovecotOptions are what a test may want otherwise.
type DovecotOptions struct {
	Users map[string]string // password by user name; nil is {"desk": "secret"}
	CA    *Authority        // nil makes a new one
	Extra string            // lines of dovecot.conf that come last and win
	// Tokens, if any, says which tokens of the user "desk" let in (XOAUTH2);
	// passwords are taken besides.
	Tokens *TokenServer
}

// DovecotServer is a running Dovecot with IMAP, each user with a Maildir whose
// folders are named with "/" between levels.
type DovecotServer struct {
	server
	CA       *Authority
	Users    map[string]string
	dir      string
	extra    string
	greeting string
	imap     int // port for plain lines and STARTTLS
	imaps    int // port for TLS from the first byte
}

// Dovecot starts Dovecot with IDLE, MOVE and UIDPLUS. It would take a password
// without TLS, since it trusts whoever calls from its own address; and unlike a
// council's it does not answer later and later to wrong passwords.
func Dovecot(t testing.TB, opts DovecotOptions) *DovecotServer {
	t.Helper()
	path := Need(t, "dovecot", "dovecot-imapd")
	Need(t, "imap", "dovecot-imapd")
	d := &DovecotServer{CA: opts.CA, Users: opts.Users, extra: opts.Extra, dir: folder(t), greeting: rand.Text()}
	if d.CA == nil {
		d.CA = CA(t)
	}
	if d.Users == nil {
		d.Users = map[string]string{"desk": "secret"}
	}
	d.server = server{t: t, name: "dovecot", polite: syscall.SIGTERM, ready: d.ready}
	d.takeTokens(opts.Tokens)
	conf := filepath.Join(d.dir, "dovecot.conf")
	d.command = func() *exec.Cmd { return exec.Command(path, "-F", "-c", conf) }
	d.users()
	d.begin(func() {
		d.imap, d.imaps = Port(t), Port(t)
		d.write(conf, d.settings())
	})
	return d
}

// takeTokens makes Dovecot ask s about tokens.
func (d *DovecotServer) takeTokens(s *TokenServer) {
	d.t.Helper()
	if s == nil {
		return
	}
	asks := filepath.Join(d.dir, "oauth2")
	d.write(asks, "introspection_url = "+s.Introspection()+"\nintrospection_mode = post\nforce_introspection = yes\nusername_attribute = username\nactive_attribute = active\nactive_value = true\n")
	if err := os.Chmod(asks, 0o644); err != nil { // read by Dovecot's own user
		d.t.Fatal(err)
	}
	d.extra += "\nauth_mechanisms = plain login xoauth2\npassdb {\n  driver = oauth2\n  mechanisms = xoauth2\n  args = " + asks + "\n}\n"
}

// users writes the passwords and makes every user's Maildir.
func (d *DovecotServer) users() {
	d.t.Helper()
	var b strings.Builder
	for user, password := range d.Users {
		fmt.Fprintf(&b, "%s:{PLAIN}%s\n", user, password)
		d.folder(user, "INBOX")
	}
	list := filepath.Join(d.dir, "users")
	d.write(list, b.String())
	if err := os.Chmod(list, 0o644); err != nil { // read by Dovecot's own user
		d.t.Fatal(err)
	}
}

func (d *DovecotServer) write(path, text string) {
	d.t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// SetPassword changes a user's password; "" locks the user out. It returns when
// Dovecot has noticed, which takes up to a second.
func (d *DovecotServer) SetPassword(user, password string) {
	d.t.Helper()
	if password == "" {
		password = rand.Text()
	}
	d.Users[user] = password
	d.users()
	Poll(d.t, patience, "Dovecot reads the new password", func() error {
		c, err := d.login(user)
		if err == nil {
			c.Close()
		}
		return err
	})
}

// Addr is where STARTTLS is spoken.
func (d *DovecotServer) Addr() string { return address(d.imap) }

// TLSAddr is where TLS is spoken from the first byte.
func (d *DovecotServer) TLSAddr() string { return address(d.imaps) }

// Client returns a session of the user over TLS, closed when the test ends.
func (d *DovecotServer) Client(user string) *imapclient.Client {
	d.t.Helper()
	c, err := d.login(user)
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { c.Close() })
	return c
}

func (d *DovecotServer) login(user string) (*imapclient.Client, error) {
	c, err := imapclient.DialTLS(d.TLSAddr(), &imapclient.Options{TLSConfig: d.CA.Client()})
	if err != nil {
		return nil, err
	}
	if err := c.Login(user, d.Users[user]).Wait(); err != nil {
		c.Close()
		return nil, fmt.Errorf("login: %w", err)
	}
	return c, nil
}

// ready reads the greeting, which no other server has.
func (d *DovecotServer) ready() error {
	conn, err := net.DialTimeout("tcp", d.Addr(), time.Second)
	if err != nil {
		return err
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(time.Second))
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.Contains(line, d.greeting) {
		err = fmt.Errorf("%s is not ours", d.Addr())
	}
	return err
}

// settings is dovecot.conf.
func (d *DovecotServer) settings() string {
	uid, gid := mailOwner()
	return d.ourselves() + strings.NewReplacer("$dir", d.dir, "$uid", strconv.Itoa(uid), "$gid", strconv.Itoa(gid),
		"$imaps", strconv.Itoa(d.imaps), "$imap", strconv.Itoa(d.imap), "$greeting", d.greeting,
		"$cert", d.CA.CertFile, "$key", d.CA.KeyFile).Replace(dovecotConf) + d.extra + "\n"
}

// ourselves makes all of Dovecot run as who we are; as root, Dovecot uses the
// users that its package made.
func (d *DovecotServer) ourselves() string {
	d.t.Helper()
	if os.Getuid() == 0 {
		return ""
	}
	out, err := exec.Command("sh", "-c", "id -un; id -gn").Output()
	names := strings.Fields(string(out))
	if err != nil || len(names) != 2 {
		d.t.Fatalf("who are we: %q, %v", out, err)
	}
	return fmt.Sprintf("default_internal_user = %[1]s\ndefault_login_user = %[1]s\ndefault_internal_group = %[2]s\n", names[0], names[1])
}

const dovecotConf = `
base_dir = $dir/run
state_dir = $dir/run
log_path = /dev/stderr
protocols = imap
listen = 127.0.0.1
login_greeting = $greeting
ssl = required
ssl_cert = <$cert
ssl_key = <$key
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {
  driver = passwd-file
  args = $dir/users
}
userdb {
  driver = static
  args = uid=$uid gid=$gid home=$dir/mail/%u
}
mail_location = maildir:~/Maildir
first_valid_uid = 1
mail_max_userip_connections = 1000
imap_idle_notify_interval = 1 min
mailbox_idle_check_interval = 1 s
namespace inbox {
  inbox = yes
  separator = /
}
service imap-login {
  chroot =
  service_count = 0
  process_min_avail = 1
  inet_listener imap {
    port = $imap
  }
  inet_listener imaps {
    port = $imaps
    ssl = yes
  }
}
service auth {
  client_limit = 5000
}
service anvil {
  chroot =
  client_limit = 5000
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service stats {
  chroot =
}
service imap {
  service_count = 0
  process_limit = 1000
}
`
