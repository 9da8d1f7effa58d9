package mailer

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// relay is a real SMTP server on loopback that does at each verb what the
// test tells it, and records what it committed.
type relay struct {
	port int
	srv  *smtp.Server
	left chan struct{} // one value per line that ended, as far as it holds them

	mu    sync.Mutex
	at    map[string]func(*smtp.Conn) error // by verb: hello, auth, mail, rcpt, body, dot; guarded by mu
	got   []posted                          // guarded by mu
	lines int                               // EHLOs on plain lines or after TLS; guarded by mu
}

type posted struct{ from, to, raw string }

func startRelay(t testing.TB, cert *tls.Config, implicit bool) *relay {
	t.Helper()
	r := &relay{left: make(chan struct{}, 1), at: map[string]func(*smtp.Conn) error{}}
	r.srv = smtp.NewServer(smtp.BackendFunc(r.session))
	r.srv.Domain = "relay.example"
	r.srv.AllowInsecureAuth = cert == nil
	r.srv.ErrorLog = quiet{}
	if !implicit {
		r.srv.TLSConfig = cert
	}
	l := listen(t)
	r.port = l.Addr().(*net.TCPAddr).Port
	if implicit {
		l = tls.NewListener(l, cert)
	}
	done := make(chan struct{})
	go func() { defer close(done); _ = r.srv.Serve(l) }()
	t.Cleanup(func() { r.srv.Close(); l.Close(); <-done }) // Close misses a listener that Serve has not met yet
	return r
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

func listen(t testing.TB) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (r *relay) when(verb string, f func(*smtp.Conn) error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.at[verb] = f
}

func (r *relay) run(verb string, c *smtp.Conn) error {
	r.mu.Lock()
	f := r.at[verb]
	r.mu.Unlock()
	if f == nil {
		return nil
	}
	return f(c)
}

func (r *relay) posted() []posted {
	r.mu.Lock()
	defer r.mu.Unlock()
	return append([]posted(nil), r.got...)
}

func (r *relay) opened() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.lines
}

func (r *relay) session(c *smtp.Conn) (smtp.Session, error) {
	r.mu.Lock()
	r.lines++
	r.mu.Unlock()
	return &session{relay: r, conn: c}, r.run("hello", c)
}

type session struct {
	relay *relay
	conn  *smtp.Conn
	now   posted
}

func (s *session) Reset() { s.now = posted{} }
func (s *session) Logout() error {
	select {
	case s.relay.left <- struct{}{}:
	default:
	}
	return nil
}
func (s *session) Mail(from string, _ *smtp.MailOptions) error {
	s.now.from = from
	return s.relay.run("mail", s.conn)
}
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	s.now.to += to
	return s.relay.run("rcpt", s.conn)
}
func (s *session) Data(r io.Reader) error {
	if err := s.relay.run("body", s.conn); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := s.relay.run("dot", s.conn); err != nil {
		return err
	}
	s.now.raw = string(raw)
	s.relay.mu.Lock()
	s.relay.got = append(s.relay.got, s.now)
	s.relay.mu.Unlock()
	return s.relay.run("committed", s.conn)
}
func (s *session) AuthMechanisms() []string { return []string{sasl.Plain} }
func (s *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, pass string) error {
		if user != "desk" || pass != "right" {
			return smtp.ErrAuthFailed
		}
		return s.relay.run("auth", s.conn)
	}), nil
}

// reset cuts the line as a crashed server does.
func reset(c *smtp.Conn) error {
	raw := c.Conn()
	if secure, ok := raw.(*tls.Conn); ok {
		raw = secure.NetConn()
	}
	if tcp, ok := raw.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	raw.Close()
	return errors.New("cut")
}

// scripted is a bare server that answers each verb with one line of text; it
// can also misbehave where a real server's library would not let it.
func scripted(t testing.TB, answers map[string]string) int {
	t.Helper()
	l := listen(t)
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			wg.Go(func() { defer c.Close(); converse(c, answers) })
		}
	})
	t.Cleanup(func() { l.Close(); wg.Wait() })
	return l.Addr().(*net.TCPAddr).Port
}

func converse(c net.Conn, answers map[string]string) {
	say := func(verb, otherwise string) {
		if a, ok := answers[verb]; ok {
			otherwise = a
		}
		fmt.Fprintf(c, "%s\r\n", otherwise)
	}
	in := bufio.NewScanner(c)
	say("connect", "220 relay")
	for in.Scan() {
		switch verb, _, _ := strings.Cut(strings.ToLower(in.Text()), " "); verb {
		case "ehlo", "helo":
			say("hello", "250-relay\r\n250 AUTH PLAIN")
		case "auth":
			say("auth", "235 2.7.0 ok")
		case "data":
			say("data", "354 go on")
			if answers["data"] != "" {
				continue
			}
			for in.Scan() && in.Text() != "." {
			}
			say("dot", "250 2.0.0 kept")
		default:
			say(verb, "250 2.0.0 ok")
		}
	}
}

// authority signs certificates for the relays of a test.
type authority struct {
	key   *ecdsa.PrivateKey
	cert  *x509.Certificate
	roots *x509.CertPool
}

func newAuthority(t testing.TB) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, tmpl, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(cert)
	return &authority{key, cert, roots}
}

// issue returns a server's configuration with a certificate for 127.0.0.1, or
// for whatever change makes of it.
func (a *authority) issue(t testing.TB, change func(*x509.Certificate)) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	tmpl := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "relay"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	if change != nil {
		change(tmpl)
	}
	der, err := x509.CreateCertificate(rand.Reader, tmpl, a.cert, &key.PublicKey, a.key)
	if err != nil {
		t.Fatal(err)
	}
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

func plainSettings(port int) Settings {
	return Settings{Host: "127.0.0.1", Port: port, Security: Plain, Hello: "council.example"}
}

func newSender(t testing.TB, set Settings) *Sender {
	t.Helper()
	s, err := New(set)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}
