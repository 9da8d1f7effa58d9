package e2e

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/config"
)

// said is an answer of a mail server.
func said(code int) error {
	return &smtp.SMTPError{Code: code, EnhancedCode: smtp.EnhancedCode{code / 100, 0, 0}, Message: "no"}
}

// is reports whether a step is about a letter to a person.
func is(s realtest.Step, v realtest.Verb, person string) bool {
	return s.Verb == v && slices.Contains(s.To, address(person))
}

// The worker is killed when the server has the letter and has not said so yet:
// the same bytes come again under the same name, once, and are counted.
func TestF8KilledBeforeTheAnswer(t *testing.T) {
	reached, killed := make(chan struct{}), make(chan struct{})
	w := newWorld(t, options{script: func(s realtest.Step) error {
		if is(s, realtest.AtKept, "lead") {
			select {
			case reached <- struct{}{}:
				<-killed
				return realtest.ErrDrop
			case <-killed:
			}
		}
		return nil
	}})
	letGo := sync.OnceFunc(func() { close(killed) })
	defer letGo()
	w.start()
	w.concern("they post about me every night")
	<-reached
	w.letter("deputy", "ew concern")
	w.sent(1, 20*time.Second)
	w.worker.Kill()
	letGo()
	first := w.letter("lead", "ew concern")
	w.start()
	again := w.letter("lead", "ew concern")
	if !bytes.Equal(first.Raw, again.Raw) {
		t.Errorf("other bytes:\n%s\nafter:\n%s", again.Raw, first.Raw)
	}
	w.sent(2, 10*time.Second)
	if text := w.metrics(); !strings.Contains(text, "\ndutydesk_letters_maybe_twice_total 1\n") {
		_, rest, _ := strings.Cut(text, "\ndutydesk_letters_maybe_twice_total")
		t.Errorf("counted %.10q", rest)
	}
	if n := len(w.post.All()); n != 3 {
		t.Errorf("%d letters arrived", n)
	}
	w.sound(1)
	w.addressed()
}

// sent waits until so many letters are recorded as sent.
func (w *world) sent(n int, within time.Duration) {
	w.t.Helper()
	realtest.Poll(w.t, within, "letters sent", func() error {
		var ls []app.Letter
		w.json(&ls, "letters", "list")
		if count(ls, "sent") != n {
			return fmt.Errorf("%d of %d sent, %d wanted: %+v", count(ls, "sent"), len(ls), n, ls)
		}
		return nil
	})
}

// addressed checks that all letters went from the desk to people of the
// configuration, one each.
func (w *world) addressed() {
	w.t.Helper()
	for _, a := range w.post.All() {
		text := fmt.Sprintf("address = %q\n", strings.Join(a.To, ","))
		if conf, err := os.ReadFile(w.config); err != nil || a.From != "safeguarding@council.example" || !strings.Contains(string(conf), text) {
			w.t.Errorf("letter from %s to %v (%v)", a.From, a.To, err)
		}
	}
}

// The worker is told to stop at random moments of a stream of letters, at last
// while the server does not answer at all: it ends in time and cleanly, and what
// it did not send goes out as soon as it lives again.
func TestF12StoppedAtRandom(t *testing.T) {
	const rounds = 10
	var silent atomic.Bool
	asked, ended := make(chan struct{}, 64), make(chan struct{})
	w := newWorld(t, options{script: func(s realtest.Step) error {
		if s.Verb == realtest.AtDot {
			<-time.After(rand.N(100 * time.Millisecond)) // so that most stops come while sending
		}
		if s.Verb != realtest.AtRcpt || !silent.Load() {
			return nil
		}
		asked <- struct{}{}
		select {
		case <-ended:
		case <-t.Context().Done():
		}
		return realtest.ErrDrop
	}})
	for n := range rounds {
		w.concern(fmt.Sprintf("concern %d", n))
		silent.Store(n == rounds-1)
		w.start()
		if silent.Load() {
			<-asked
		} else {
			<-time.After(rand.N(400 * time.Millisecond))
		}
		w.stop()
	}
	silent.Store(false)
	close(ended)
	w.start()
	w.sent(2*rounds, 6*time.Second)
	w.arrived(rounds)
	for _, p := range []string{"lead", "deputy"} {
		if n := len(w.lettersTo(p)); n != rounds {
			t.Errorf("%d letters to %s, want %d", n, p, rounds)
		}
	}
	w.sound(rounds)
	w.addressed()
}

// stop tells the worker to stop, which it must do within eight seconds.
func (w *world) stop() {
	w.t.Helper()
	w.worker.Signal(syscall.SIGTERM)
	if code := w.worker.Wait(8 * time.Second); code != 0 {
		w.t.Errorf("exit %d", code)
	}
}

// parish is an organisation of its own, with a folder and a lead, so that one
// world can go wrong for each of its leads in another way. Its deputy is the
// service's.
type parish struct {
	id   string
	verb realtest.Verb
	err  error
}

// parishes adds them to the configuration.
func (w *world) parishes(ps []parish) {
	w.t.Helper()
	var b strings.Builder
	for _, p := range ps {
		w.imap.CreateFolder("desk", p.id)
		fmt.Fprintf(&b, "[[mailbox]]\nname = %q\nfolder = %q\norganisation = %q\naddress = %q\nca_file = %q\nuser = \"desk\"\npassword_file = %q\npoll = \"2s\"\n",
			p.id, p.id, p.id, w.imap.TLSAddr(), w.imap.CA.File, filepath.Join(w.dir, "imap-password"))
		fmt.Fprintf(&b, "[[organisation]]\nid = %q\nname = %q\nlead = %q\ndeputy = \"deputy\"\n", p.id, "Parish "+p.id+".", "lead-"+p.id)
		fmt.Fprintf(&b, "[[person]]\nid = %q\nname = %q\naddress = %q\n", "lead-"+p.id, "Lead "+p.id, address("lead-"+p.id))
	}
	w.extra = b.String()
	w.configure()
}

// concernEach gives every parish a concern.
func (w *world) concernEach(ps []parish) {
	for _, p := range ps {
		w.imap.DeliverTo("desk", p.id, realtest.Mail("learner@college.example", "safeguarding@council.example", "please help", "concern of "+p.id))
	}
}

// about waits for a letter to person with these words about a parish's case.
func (w *world) about(p parish, person, words string) letter {
	w.t.Helper()
	return letter{w.post.Expect(30*time.Second, func(a realtest.Accepted) bool {
		text := flat(a.Raw)
		return a.To[0] == address(person) && strings.Contains(text, words) && strings.Contains(text, "Parish "+p.id+".")
	})}
}

// of finds a parish's case and the letter to its lead.
func (w *world) of(p parish) (c app.Case, l app.Letter) {
	w.t.Helper()
	b := w.books()
	for _, x := range b.Cases {
		if x.Organisation == p.id {
			c = x
		}
	}
	for _, x := range b.Letters {
		if x.Person == "lead-"+p.id && x.Kind == "opened" {
			l = x
		}
	}
	return c, l
}

// refusing answers each parish's error to letters to its lead.
func refusing(ps []parish) func(realtest.Step) error {
	return func(s realtest.Step) error {
		for _, p := range ps {
			if is(s, p.verb, "lead-"+p.id) {
				return p.err
			}
		}
		return nil
	}
}

// A lead's letter is refused: for ever, then the next rung and the managers are
// told at once; for now, then they are told when half of the step is over,
// which is before the lead would have been reminded.
func TestF51F52NextRungIsTold(t *testing.T) {
	ps := []parish{
		{"rcpt5", realtest.AtRcpt, said(550)}, {"data5", realtest.AtData, said(554)}, {"dot5", realtest.AtDot, said(554)},
		{"rcpt4", realtest.AtRcpt, said(451)}, {"data4", realtest.AtData, said(452)}, {"dot4", realtest.AtDot, said(421)},
	}
	w := newWorld(t, options{acknowledge: "20s", script: refusing(ps)})
	w.parishes(ps)
	w.start()
	w.concernEach(ps)
	for _, p := range ps {
		told := w.about(p, "la-lead", "could not be reached")
		w.about(p, "manager", "could not be reached")
		c, l := w.of(p)
		step := c.Limit.Sub(c.Opened) / 2
		after, forever := told.At.Sub(c.Opened), p.err.(*smtp.SMTPError).Code >= 500
		switch {
		case forever && (after > step/2 || l.State != "failed"):
			t.Errorf("%s: told after %v, letter is %s", p.id, after, l.State)
		case !forever && (after < step/2 || after > step || l.State != "due"):
			t.Errorf("%s: told after %v of %v, letter is %s", p.id, after, step, l.State)
		}
		if l.Code != p.err.(*smtp.SMTPError).Code {
			t.Errorf("%s: code %d", p.id, l.Code)
		}
	}
	w.addressed()
}

// The relay takes nothing from anybody, at each verb before it knows whom for:
// the next rung is written down in time and told as soon as the relay works.
func TestF51RelayTakesNothing(t *testing.T) {
	var open atomic.Bool
	var refused [3]atomic.Int32
	w := newWorld(t, options{acknowledge: "16s"})
	w.post = realtest.Sink(t, realtest.SinkOptions{CA: w.imap.CA, Users: map[string]string{"desk": "secret"}, Script: func(s realtest.Step) error {
		switch {
		case open.Load():
			return nil
		case s.Verb == realtest.AtHello && refused[0].Add(1) <= 2:
			return said(421)
		case s.Verb == realtest.AtAuth && refused[1].Add(1) <= 2:
			return said(454)
		case s.Verb == realtest.AtMail:
			refused[2].Add(1)
			return said(451)
		}
		return nil
	}})
	w.smtpAddr = w.post.Addr()
	w.configure()
	conf, err := os.ReadFile(w.config)
	w.must(err)
	login := fmt.Sprintf("[smtp]\nuser = \"desk\"\npassword_file = %q\n", filepath.Join(w.dir, "imap-password"))
	w.must(os.WriteFile(w.config, bytes.Replace(conf, []byte("[smtp]\n"), []byte(login), 1), 0o600))
	w.start()
	w.concern("they post about me every night")
	realtest.Poll(t, 20*time.Second, "next rung written down", func() error {
		var es []app.Event
		w.json(&es, "case", "chronology", w.state("SUBMITTED").Ref)
		if !slices.ContainsFunc(es, func(e app.Event) bool { return e.Verb == "UNDELIVERED" }) {
			return fmt.Errorf("%d events", len(es))
		}
		return nil
	})
	open.Store(true)
	told := w.letter("la-lead", "could not be reached")
	if c := w.state("SUBMITTED"); told.At.After(c.Limit) {
		t.Errorf("told %v after the limit", told.At.Sub(c.Limit))
	}
	w.letter("manager", "could not be reached")
	for i, verb := range []realtest.Verb{realtest.AtHello, realtest.AtAuth, realtest.AtMail} {
		if refused[i].Load() == 0 {
			t.Errorf("nothing was refused at %s", verb)
		}
	}
}

// The line is lost at each moment of a letter. Lost before the final dot it has
// not gone and is sent later, once; after the dot nobody knows, and the same
// bytes go once more ten minutes later, whether the server had kept them or not.
func TestF53F54LineLost(t *testing.T) {
	ps := []parish{{id: "mail", verb: realtest.AtRcpt}, {id: "data", verb: realtest.AtData}, {id: "dot", verb: realtest.AtDot}, {id: "kept", verb: realtest.AtKept}}
	var cut sync.Map // parishes that had their fault
	w := newWorld(t, options{script: func(s realtest.Step) error {
		for _, p := range ps {
			if !is(s, p.verb, "lead-"+p.id) {
				continue
			}
			if _, again := cut.LoadOrStore(p.id, true); !again {
				return realtest.ErrDrop
			}
		}
		return nil
	}})
	w.parishes(ps)
	forward := w.inside()
	w.concernEach(ps)
	realtest.Poll(t, 20*time.Second, "all lines lost", func() error {
		for _, p := range ps {
			if _, l := w.of(p); l.State != "due" && l.State != "maybe-sent" || !had(&cut, p.id) {
				return fmt.Errorf("%s: letter is %q", p.id, l.State)
			}
		}
		return nil
	})
	for _, p := range ps {
		if _, l := w.of(p); (p.id == "dot" || p.id == "kept") && l.State != "maybe-sent" || p.id == "mail" && l.State != "due" {
			t.Errorf("%s: letter is %q", p.id, l.State)
		}
	}
	forward(10*time.Minute + time.Second)
	for _, p := range ps {
		w.about(p, "lead-"+p.id, "ew concern")
	}
	again := w.about(ps[3], "lead-kept", "ew concern")
	w.sent(2*len(ps), 20*time.Second)
	if n := len(w.post.All()); n != 2*len(ps)+1 {
		t.Errorf("%d letters arrived", n)
	}
	first := slices.IndexFunc(w.post.All(), realtest.To(address("lead-kept")))
	if !bytes.Equal(w.post.All()[first].Raw, again.Raw) {
		t.Error("the second copy is another letter")
	}
	w.sound(len(ps))
	w.addressed()
}

func had(m *sync.Map, key string) bool {
	_, ok := m.Load(key)
	return ok
}

// inside runs the worker in this process, on a clock that forward puts forward.
func (w *world) inside() (forward func(time.Duration)) {
	w.t.Helper()
	var ahead atomic.Int64
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	cfg, err := config.Load(w.config, os.LookupEnv)
	w.must(err)
	clock := app.Clock{Now: now, Wait: func(at time.Time) time.Duration { return at.Sub(now()) }}
	a, err := app.New(w.t.Context(), cfg, clock, slog.New(slog.DiscardHandler))
	w.must(err)
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	w.t.Cleanup(func() {
		stop()
		w.must(<-ended)
		w.must(a.Close())
	})
	return func(d time.Duration) { ahead.Add(int64(d)) }
}
