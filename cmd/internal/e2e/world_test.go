package e2e

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
)

// The people of every story, by person id; the address is id@council.example.
var people = []string{"lead", "deputy", "service-lead", "la-lead", "manager"}

// world is a council: a mailbox, a mail server, Redis, a ledger, and the worker.
type world struct {
	t       testing.TB
	imap    *realtest.DovecotServer
	post    *realtest.SinkServer
	redis   *realtest.RedisServer
	worker  *realtest.Child
	program string
	config  string
	dir     string

	web      string // listeners of the worker
	numbers  string
	concerns int // delivered by a sweep so far
	options
}

// options are what a story may want otherwise.
type options struct {
	ledger      string // URL; "" is SQLite
	acknowledge string // "" is an hour
	imapAddr    string // "" is Dovecot itself
	smtpAddr    string // "" is the sink itself
	redisURL    string // "" is the real Redis, "embedded" none
	evidence    string // "" is in the data folder
	patience    string // "" is 3m
	digest      string // "" is 0s: every letter by itself
	kept        string // folder that taken mails are moved to
	script      func(realtest.Step) error
	dovecot     realtest.DovecotOptions
	extra       string // lines of the configuration that come last
}

// newWorld starts everything but the worker. Stories mostly wait, so they run
// side by side.
func newWorld(t testing.TB, o options) *world {
	t.Helper()
	if p, ok := t.(*testing.T); ok {
		p.Parallel()
	}
	w := &world{t: t, options: o, dir: t.TempDir()}
	ca := realtest.CA(t)
	o.dovecot.CA = ca
	w.imap = realtest.Dovecot(t, o.dovecot)
	w.post = realtest.Sink(t, realtest.SinkOptions{CA: ca, Script: o.script})
	if o.redisURL == "" {
		w.redis = realtest.Redis(t)
		w.redisURL = w.redis.URL()
	}
	w.program = realtest.Program(t)
	w.configure()
	return w
}

// configure writes the configuration.
func (w *world) configure() {
	or := func(s, d string) string {
		if s == "" {
			return d
		}
		return s
	}
	secret := filepath.Join(w.dir, "imap-password")
	w.must(os.WriteFile(secret, []byte("secret\n"), 0o600))
	var b strings.Builder
	fmt.Fprintf(&b, "environment = \"trial\"\ndata = %q\n", filepath.Join(w.dir, "data"))
	fmt.Fprintf(&b, "[service]\nname = \"Safeguarding desk\"\naddress = \"safeguarding@council.example\"\norganisation = \"service\"\n")
	fmt.Fprintf(&b, "[ledger]\nurl = %q\n[redis]\nurl = %q\n[evidence]\ndir = %q\n", w.ledger, w.redisURL, w.evidence)
	fmt.Fprintf(&b, "[[mailbox]]\nname = \"main\"\naddress = %q\nca_file = %q\nuser = \"desk\"\npassword_file = %q\nkept = %q\npoll = \"2s\"\n",
		or(w.imapAddr, w.imap.TLSAddr()), w.imap.CA.File, secret, w.kept)
	fmt.Fprintf(&b, "[smtp]\naddress = %q\nca_file = %q\n", or(w.smtpAddr, w.post.Addr()), w.imap.CA.File)
	w.web, w.numbers = fmt.Sprintf("127.0.0.1:%d", realtest.Port(w.t)), fmt.Sprintf("127.0.0.1:%d", realtest.Port(w.t))
	fmt.Fprintf(&b, "[web]\nlisten = %q\n[metrics]\nlisten = %q\n", w.web, w.numbers)
	fmt.Fprintf(&b, "[sla]\nacknowledge = %q\n[digest]\nat = \"\"\n[desk]\npatience = %q\ndigest = %q\n", or(w.acknowledge, "1h"), or(w.patience, "3m"), or(w.digest, "0s"))
	fmt.Fprintf(&b, "[roles]\nservice_lead = \"service-lead\"\nla_lead = \"la-lead\"\nmanagers = [\"manager\"]\n")
	fmt.Fprintf(&b, "[[organisation]]\nid = \"service\"\nname = \"Skills and Employment\"\nlead = \"lead\"\ndeputy = \"deputy\"\n")
	for _, p := range people {
		fmt.Fprintf(&b, "[[person]]\nid = %q\nname = %q\naddress = %q\n", p, "Person "+p, address(p))
	}
	b.WriteString(w.extra)
	w.config = filepath.Join(w.dir, "dutydesk.toml")
	w.must(os.WriteFile(w.config, []byte(b.String()), 0o600))
}

func address(person string) string { return person + "@council.example" }

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

// start starts the worker and waits until it runs.
func (w *world) start(env ...string) {
	w.t.Helper()
	w.worker = realtest.Start(w.t, w.program, []string{"run", "-c", w.config}, env...)
	w.worker.Says(20*time.Second, "dutydesk runs")
}

// concern delivers a concern into the watched mailbox.
func (w *world) concern(text string) {
	w.imap.Deliver("desk", realtest.Mail("learner@college.example", "safeguarding@council.example", "please help", text))
}

// letter waits for a letter to person whose text contains words.
func (w *world) letter(person, words string) letter {
	w.t.Helper()
	a := w.post.Expect(60*time.Second, func(a realtest.Accepted) bool {
		return len(a.To) == 1 && a.To[0] == address(person) && strings.Contains(flat(a.Raw), words)
	})
	return letter{a}
}

// letter is a letter as its reader has it.
type letter struct{ realtest.Accepted }

// flat undoes the soft line breaks of quoted-printable and folds white space.
func flat(raw []byte) string {
	raw = bytes.ReplaceAll(raw, []byte("=\r\n"), nil)
	return strings.Join(strings.Fields(string(raw)), " ")
}

// reply answers a letter as a mail program does: to its Reply-To, above the
// quoted letter.
func (w *world) reply(l letter, from, text string) {
	w.t.Helper()
	m, err := mail.ReadMessage(bytes.NewReader(l.Raw))
	w.must(err)
	to, err := mail.ParseAddress(m.Header.Get("Reply-To"))
	w.must(err)
	body := text + "\r\n\r\nOn Thu, 26 Nov 2026 at 10:00, Safeguarding desk wrote:\r\n> CLOSE\r\n> the letter\r\n"
	raw := realtest.Mail(from, to.Address, "Re: "+m.Header.Get("Subject"), body)
	id := m.Header.Get("Message-ID")
	w.imap.Deliver("desk", append([]byte("In-Reply-To: "+id+"\r\nReferences: "+id+"\r\n"), raw...))
}

// books are everything the commands print.
func (w *world) books() (b app.Books) {
	w.t.Helper()
	w.json(&b.Arrivals, "arrivals", "list")
	w.json(&b.Cases, "case", "list")
	w.json(&b.Letters, "letters", "list")
	return b
}

func (w *world) json(into any, args ...string) {
	w.t.Helper()
	out, err := w.dutydesk(append(args, "--json")...)
	if err == nil {
		err = json.Unmarshal(out, into)
	}
	if err != nil {
		w.t.Fatalf("dutydesk %v: %v", args, err)
	}
}

// dutydesk runs a command on the world's configuration.
func (w *world) dutydesk(args ...string) ([]byte, error) {
	c := exec.Command(w.program, append(args, "-c", w.config)...)
	out, err := c.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return out, err
}

// state waits until the only case there is has the state.
func (w *world) state(want string) app.Case {
	w.t.Helper()
	var got []app.Case
	realtest.Poll(w.t, 40*time.Second, "one case "+want, func() error {
		got = nil
		w.json(&got, "case", "list")
		if len(got) != 1 || got[0].State != want {
			return fmt.Errorf("cases: %+v", got)
		}
		return nil
	})
	return got[0]
}

// sound checks what must hold after every story: one case per concern, no
// letter owed or sent twice under two names, and all evidence as it was sealed.
func (w *world) sound(cases int) {
	w.t.Helper()
	b := w.books()
	if len(b.Cases) != cases {
		w.t.Errorf("%d cases, want %d", len(b.Cases), cases)
	}
	for _, a := range b.Arrivals {
		if a.State == "waiting" || a.Case == "" {
			w.t.Errorf("arrival %s is %s on case %q", a.ID, a.State, a.Case)
		}
	}
	ids := map[string][]byte{}
	for _, a := range w.post.All() {
		key := a.Header("Message-ID")
		if first, twice := ids[key]; twice && !bytes.Equal(first, a.Raw) {
			w.t.Errorf("one Message-ID on two different letters")
		}
		ids[key] = a.Raw
	}
	if sent := count(b.Letters, "sent"); len(ids) < sent {
		w.t.Errorf("%d letters recorded as sent, %d arrived", sent, len(ids))
	}
	if out, err := w.dutydesk("evidence", "verify"); err != nil {
		w.t.Errorf("evidence verify: %v\n%s", err, out)
	}
}

func count(xs []app.Letter, state string) (n int) {
	for _, x := range xs {
		if x.State == state {
			n++
		}
	}
	return n
}
