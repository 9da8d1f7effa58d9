package mailer

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

const from, to = "desk@council.example", "lead@college.example"

var letter = []byte("Subject: Safeguarding SG-7K3F9\r\n\r\n.a line that starts with a dot\r\n")

func secret(s string) func(context.Context) (string, error) {
	return func(context.Context) (string, error) { return s, nil }
}

func TestSendsExactBytesToOneRecipient(t *testing.T) {
	ca := newAuthority(t)
	for _, how := range []Security{StartTLS, Implicit, Plain} {
		t.Run(string(how), func(t *testing.T) {
			set := Settings{Host: "127.0.0.1", Security: how, Roots: ca.roots, User: "desk", Secret: secret("right")}
			cert := ca.issue(t, nil)
			if how == Plain {
				cert = nil
			}
			r := startRelay(t, cert, how == Implicit)
			set.Port = r.port
			if err := newSender(t, set).Send(t.Context(), from, to, letter); err != nil {
				t.Fatal(err)
			}
			want := posted{from, to, string(letter)}
			if got := r.posted(); len(got) != 1 || got[0] != want {
				t.Errorf("posted %q, want %q", got, want)
			}
		})
	}
}

// What each answer at each verb means for the letter.
func TestF51F52EveryVerb(t *testing.T) {
	for _, tt := range []struct {
		verb, answer string
		want, also   error
		step         string
	}{
		{"connect", "421 4.3.2 closing", ErrLater, nil, "hello"},
		{"connect", "554 5.3.2 go away", ErrUnsent, ErrRelay, "hello"},
		{"hello", "421 4.3.2 closing", ErrLater, nil, "hello"},
		{"hello", "550 5.7.1 unknown", ErrUnsent, ErrRelay, "hello"},
		{"auth", "454 4.7.0 later", ErrLater, nil, "auth"},
		{"auth", "535 5.7.8 wrong", ErrUnsent, ErrRelay, "auth"},
		{"mail", "451 4.3.0 later", ErrLater, nil, "mail"},
		{"mail", "550 5.7.60 not your sender", ErrUnsent, ErrRelay, "mail"},
		{"rcpt", "450 4.2.1 busy", ErrLater, nil, "rcpt"},
		{"rcpt", "452 4.2.2 full", ErrLater, nil, "rcpt"},
		{"rcpt", "550 5.1.1 <lead@college.example> nobody", ErrRefused, nil, "rcpt"},
		{"rcpt", "530 5.7.0 log in first", ErrUnsent, ErrRelay, "rcpt"},
		{"rcpt", "rubbish", ErrUnsent, nil, "rcpt"},
		{"data", "451 4.3.0 later", ErrLater, nil, "data"},
		{"data", "554 5.5.1 no valid recipients", ErrRefused, nil, "data"},
		{"dot", "451 4.7.1 greylisted", ErrLater, nil, "dot"},
		{"dot", "552 5.3.4 too big", ErrRefused, nil, "dot"},
		{"dot", "rubbish", ErrMaybeSent, nil, "dot"},
	} {
		t.Run(tt.verb+" "+tt.answer[:3], func(t *testing.T) {
			set := plainSettings(scripted(t, map[string]string{tt.verb: tt.answer}))
			set.User, set.Secret = "desk", secret("right")
			err := newSender(t, set).Send(t.Context(), from, to, letter)
			expect(t, err, tt.want, tt.also, tt.step)
			if strings.ContainsAny(err.Error(), "@<") || strings.Contains(err.Error(), "nobody") {
				t.Errorf("the error repeats the server or an address: %v", err)
			}
			if tt.answer != "rubbish" {
				expectCode(t, err, tt.answer)
			}
		})
	}
}

func expect(t *testing.T, err, want, also error, step string) {
	t.Helper()
	n := 0
	for _, kind := range []error{ErrRefused, ErrLater, ErrUnsent, ErrMaybeSent} {
		if errors.Is(err, kind) {
			n++
		}
	}
	if n != 1 || !errors.Is(err, want) || errors.Is(err, ErrRelay) != (also == ErrRelay) {
		t.Errorf("err = %v, want %v, %v", err, want, also)
	}
	var e *Error
	if !errors.As(err, &e) || e.Step() != step {
		t.Errorf("err = %v, want step %s", err, step)
	}
}

func expectCode(t *testing.T, err error, answer string) {
	t.Helper()
	var e *Error
	if errors.As(err, &e); e == nil || !strings.HasPrefix(answer, fmt.Sprintf("%d %s", e.Code(), e.Enhanced())) {
		t.Errorf("err = %v, want the codes of %q", err, answer)
	}
}

// A reset while the letter is being written: it certainly did not go, and no
// half letter was committed.
func TestF53ResetBeforeTheDot(t *testing.T) {
	r := startRelay(t, nil, false)
	r.when("body", reset)
	big := append(bytes.Repeat([]byte("a line of a long letter\r\n"), 500_000), '\r', '\n')
	err := newSender(t, plainSettings(r.port)).Send(t.Context(), from, to, big)
	expect(t, err, ErrUnsent, nil, "body")
	if len(r.posted()) != 0 {
		t.Error("half a letter was delivered")
	}
}

// The answer to the dot is lost: nobody can know, and we say so.
func TestF54CutAfterTheDot(t *testing.T) {
	ca := newAuthority(t)
	for _, tt := range []struct {
		when string
		kept int
	}{{"dot", 0}, {"committed", 1}} {
		for _, how := range []Security{Plain, StartTLS} {
			t.Run(tt.when+" "+string(how), func(t *testing.T) {
				set := plainSettings(0)
				r := startRelay(t, nil, false)
				if how == StartTLS {
					r = startRelay(t, ca.issue(t, nil), false)
					set.Security, set.Roots = StartTLS, ca.roots
				}
				set.Port = r.port
				r.when(tt.when, reset)
				s := newSender(t, set)
				expect(t, s.Send(t.Context(), from, to, letter), ErrMaybeSent, nil, "dot")
				if n := len(r.posted()); n != tt.kept {
					t.Errorf("%d letters kept, want %d", n, tt.kept)
				}
				r.when(tt.when, nil)
				if err := s.Send(t.Context(), from, to, letter); err != nil {
					t.Errorf("the next letter: %v", err)
				}
			})
		}
	}
}

// A relay that stalls is left as soon as the context ends, at every verb.
func TestStallHonoursContext(t *testing.T) {
	for verb, want := range map[string]error{"hello": ErrUnsent, "mail": ErrUnsent, "rcpt": ErrUnsent, "dot": ErrMaybeSent} {
		t.Run(verb, func(t *testing.T) {
			r := startRelay(t, nil, false)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			held := make(chan struct{})
			r.when(verb, func(*smtp.Conn) error {
				cancel()
				<-held
				return nil
			})
			t.Cleanup(func() { close(held) })
			err := newSender(t, plainSettings(r.port)).Send(ctx, from, to, letter)
			if !errors.Is(err, want) || !errors.Is(err, context.Canceled) {
				t.Errorf("err = %v, want %v and %v", err, want, context.Canceled)
			}
		})
	}
}

func TestSilentRelayRunsOutOfPatience(t *testing.T) {
	l := listen(t)
	defer l.Close()
	set := plainSettings(l.Addr().(*net.TCPAddr).Port)
	set.Patience = 50 * time.Millisecond
	expect(t, newSender(t, set).Send(t.Context(), from, to, letter), ErrUnsent, nil, "hello")
}

// A hundred letters at once need only the few lines we may have.
func TestBurstSharesLines(t *testing.T) {
	ca := newAuthority(t)
	r := startRelay(t, ca.issue(t, nil), true)
	s := newSender(t, Settings{Host: "127.0.0.1", Port: r.port, Security: Implicit, Roots: ca.roots, Lines: 3})
	var wg sync.WaitGroup
	for i := range 100 {
		wg.Go(func() {
			if err := s.Send(t.Context(), from, fmt.Sprintf("lead%d@college.example", i), letter); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n := len(r.posted()); n != 100 {
		t.Errorf("%d letters posted, want 100", n)
	}
	if n := r.opened(); n > 3 {
		t.Errorf("%d lines opened, want at most 3", n)
	}
}

// A line that died while nobody used it costs the next letter nothing.
func TestDeadParkedLineIsNoticed(t *testing.T) {
	for _, how := range []string{"cut", "421"} {
		t.Run(how, func(t *testing.T) {
			r := startRelay(t, nil, false)
			var conn *smtp.Conn
			r.when("mail", func(c *smtp.Conn) error { conn = c; return nil })
			s := newSender(t, plainSettings(r.port))
			if err := s.Send(t.Context(), from, to, letter); err != nil {
				t.Fatal(err)
			}
			if how == "cut" {
				reset(conn)
			} else {
				r.when("mail", once(&smtp.SMTPError{Code: 421, EnhancedCode: smtp.EnhancedCode{4, 4, 2}, Message: "too many letters"}))
			}
			if err := s.Send(t.Context(), from, to, letter); err != nil {
				t.Fatal(err)
			}
			if n := r.opened(); n != 2 {
				t.Errorf("%d lines opened, want 2", n)
			}
		})
	}
}

func once(err error) func(*smtp.Conn) error {
	var o sync.Once
	return func(*smtp.Conn) (out error) {
		o.Do(func() { out = err })
		return out
	}
}

// A refused letter leaves no trace on the line for the next one.
func TestRefusalKeepsTheLine(t *testing.T) {
	r := startRelay(t, nil, false)
	r.when("rcpt", once(&smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "nobody"}))
	s := newSender(t, plainSettings(r.port))
	expect(t, s.Send(t.Context(), from, to, letter), ErrRefused, nil, "rcpt")
	if err := s.Send(t.Context(), from, "deputy@college.example", letter); err != nil {
		t.Fatal(err)
	}
	if got := r.posted(); r.opened() != 1 || got[0].to != "deputy@college.example" {
		t.Errorf("lines %d, posted %q", r.opened(), got)
	}
}

func TestIdleLineIsClosed(t *testing.T) {
	r := startRelay(t, nil, false)
	set := plainSettings(r.port)
	set.Idle = time.Millisecond
	s := newSender(t, set)
	if err := s.Send(t.Context(), from, to, letter); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.left: // the relay saw QUIT
	case <-time.After(5 * time.Second):
		t.Error("the idle line is still open")
	}
}

// Whoever stands in the middle, the letter stays here.
func TestT20UntrustedRelayIsRefused(t *testing.T) {
	ca, other := newAuthority(t), newAuthority(t)
	for name, change := range map[string]func(*x509.Certificate){
		"wrong host":       func(c *x509.Certificate) { c.IPAddresses = nil; c.DNSNames = []string{"other.example"} },
		"expired":          func(c *x509.Certificate) { c.NotAfter = time.Now().Add(-time.Minute) },
		"not for a server": func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} },
		"unknown signer":   nil,
	} {
		for _, how := range []Security{StartTLS, Implicit} {
			t.Run(name+" "+string(how), func(t *testing.T) {
				signer := ca
				if change == nil {
					signer = other
				}
				r := startRelay(t, signer.issue(t, change), how == Implicit)
				s := newSender(t, Settings{Host: "127.0.0.1", Port: r.port, Security: how, Roots: ca.roots})
				expect(t, s.Send(t.Context(), from, to, letter), ErrUnsent, ErrRelay, "tls")
				if len(r.posted()) != 0 {
					t.Error("the letter was sent")
				}
			})
		}
	}
}

func TestT20StartTLSStrippedIsRefused(t *testing.T) {
	r := startRelay(t, nil, false)
	said := false
	r.when("mail", func(*smtp.Conn) error { said = true; return nil })
	set := Settings{Host: "127.0.0.1", Port: r.port, Security: StartTLS, User: "desk", Secret: secret("right")}
	expect(t, newSender(t, set).Send(t.Context(), from, to, letter), ErrUnsent, ErrRelay, "tls")
	if said || len(r.posted()) != 0 {
		t.Error("we spoke on a line without TLS")
	}
}

func TestSettingsAreChecked(t *testing.T) {
	good := plainSettings(25)
	for name, change := range map[string]func(*Settings){
		"no host":                func(s *Settings) { s.Host = "" },
		"no port":                func(s *Settings) { s.Port = 0 },
		"plain beyond loopback":  func(s *Settings) { s.Host = "192.0.2.1" },
		"plain to a name":        func(s *Settings) { s.Host = "relay.example" },
		"unknown security":       func(s *Settings) { s.Security = "opportunistic" },
		"user without secret":    func(s *Settings) { s.User = "desk" },
		"hello with a line":      func(s *Settings) { s.Hello = "a\r\nMAIL" },
		"mechanism nobody knows": func(s *Settings) { s.Mechanism = "ntlm" },
	} {
		set := good
		change(&set)
		if _, err := New(set); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// The corpus of GHSA-wpwj-69cm-q9c5 and friends: nothing but a plain address
// ever reaches a relay, and what does is exactly what was asked for.
func TestV14AddressesCannotSmuggle(t *testing.T) {
	r := startRelay(t, nil, false)
	s := newSender(t, plainSettings(r.port))
	for _, bad := range []string{
		"", "lead", "@college.example", "lead@", `"lead"@college.example`, `"a> SIZE=9 <b"@college.example`,
		`"lead@evil.example> ORCPT=x"@college.example`, "lead@college.example> NOTIFY=NEVER", "<lead@college.example>",
		"lead@college.example,other@evil.example", "lead@college.example\r\nRCPT TO:<other@evil.example>", "lead@college.example\n",
		"lead@[127.0.0.1]", "@relay:lead@college.example", "Lead <lead@college.example>", "lead(comment)@college.example",
		"le ad@college.example", "lead@coll\u00e9ge.example", "l\u00e9ad@college.example", "lead@college..example", ".lead@college.example",
		"lead@-college.example", strings.Repeat("a", 65) + "@college.example", "lead@" + strings.Repeat("a.", 130) + "example", "lead\x00@college.example",
	} {
		for _, pair := range [][2]string{{from, bad}, {bad, to}} {
			if pair[0] == "" { // the null reverse-path
				continue
			}
			err := s.Send(t.Context(), pair[0], pair[1], letter)
			if !errors.Is(err, ErrUnfit) || !errors.Is(err, ErrRefused) {
				t.Errorf("%q: err = %v, want %v", pair, err, ErrUnfit)
			}
		}
	}
	for _, good := range []string{"o'brien+dd1.abc@college.example", "a.b-c_d@x", "{}|~`^?=/*&%$#!@college.example"} {
		if err := s.Send(t.Context(), from, good, letter); err != nil {
			t.Errorf("%q: %v", good, err)
		}
		if got := r.posted(); got[len(got)-1].to != good {
			t.Errorf("the relay heard %q, want %q", got[len(got)-1].to, good)
		}
	}
	if n := len(r.posted()); n != 3 {
		t.Errorf("%d letters left, want 3", n)
	}
}

// What must not be answered goes out with the null reverse-path (RFC 3834).
func TestNullSender(t *testing.T) {
	r := startRelay(t, nil, false)
	s := newSender(t, plainSettings(r.port))
	for _, sender := range []string{"", from, ""} { // on a fresh line and on a parked one
		if err := s.Send(t.Context(), sender, to, letter); err != nil {
			t.Fatal(err)
		}
		if got := r.posted(); got[len(got)-1].from != sender {
			t.Errorf("the relay heard %q, want %q", got[len(got)-1].from, sender)
		}
	}
}

func TestOnlyFitBytesLeave(t *testing.T) {
	r := startRelay(t, nil, false)
	s := newSender(t, plainSettings(r.port))
	for name, raw := range map[string]string{
		"empty": "", "no end": "a", "bare LF": "a\n.\nMAIL\r\n", "bare CR": "a\r.\rb\r\n", "eight bits": "caf\u00e9\r\n",
		"NUL": "a\x00\r\n", "long line": strings.Repeat("a", 999) + "\r\n",
	} {
		if err := s.Send(t.Context(), from, to, []byte(raw)); !errors.Is(err, ErrUnfit) {
			t.Errorf("%s: err = %v, want %v", name, err, ErrUnfit)
		}
	}
	if len(r.posted()) != 0 {
		t.Error("unfit bytes left")
	}
}

func TestProbe(t *testing.T) {
	ca := newAuthority(t)
	good := startRelay(t, ca.issue(t, nil), false)
	stripped := startRelay(t, nil, false)
	shut := listen(t)
	shut.Close()
	for _, tt := range []struct {
		name, pass, step string
		port             int
	}{
		{"all is well", "right", "", good.port},
		{"wrong password", "wrong", "auth", good.port},
		{"no TLS", "right", "tls", stripped.port},
		{"nobody there", "right", "connect", shut.Addr().(*net.TCPAddr).Port},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := newSender(t, Settings{Host: "127.0.0.1", Port: tt.port, Roots: ca.roots, User: "desk", Secret: secret(tt.pass)})
			p := s.Probe(t.Context())
			if p.Step != tt.step || (p.Err == nil) != (tt.step == "") {
				t.Errorf("step %q, %v; want %q", p.Step, p.Err, tt.step)
			}
			if tt.port == good.port && (p.TLS != "TLS 1.3" || p.Expires.IsZero() || len(p.Offers) != 1) {
				t.Errorf("TLS %q until %v, offers %q", p.TLS, p.Expires, p.Offers)
			}
			if p.Err != nil && strings.Contains(p.Err.Error(), tt.pass) {
				t.Errorf("the secret is told: %v", p.Err)
			}
		})
	}
}

// BenchmarkSend is one letter over a kept TLS line.
func BenchmarkSend(b *testing.B) {
	ca := newAuthority(b)
	r := startRelay(b, ca.issue(b, nil), true)
	s := newSender(b, Settings{Host: "127.0.0.1", Port: r.port, Security: Implicit, Roots: ca.roots})
	for b.Loop() {
		if err := s.Send(b.Context(), from, to, letter); err != nil {
			b.Fatal(err)
		}
	}
}

// A dot that did not leave this machine was not heard by anybody.
func TestF54TornDotIsUnsent(t *testing.T) {
	ours, theirs := net.Pipe()
	theirs.Close()
	w := &wire{Conn: ours}
	if _, err := w.Write([]byte("\r\n.\r\n")); err == nil || !w.torn.Load() {
		t.Errorf("err = %v, torn = %v", err, w.torn.Load())
	}
	for torn, want := range map[bool]error{true: ErrUnsent, false: ErrMaybeSent} {
		if err := judge(t.Context(), stepDot, torn, io.EOF); !errors.Is(err, want) {
			t.Errorf("torn %v: err = %v, want %v", torn, err, want)
		}
	}
}
