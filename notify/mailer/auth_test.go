package mailer

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// tokenRelay is a relay that takes one token.
type tokenRelay struct {
	smtp.Session
	port int

	mu    sync.Mutex
	good  string          // guarded by mu
	no    *smtp.SMTPError // guarded by mu; what a wrong token is answered
	tried []string        // guarded by mu
	left  []byte          // guarded by mu; the answer to the challenge
	at    error           // guarded by mu; what MAIL is answered
}

func startTokenRelay(t testing.TB, good string) *tokenRelay {
	t.Helper()
	r := &tokenRelay{good: good, no: &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 3}, Message: "Authentication unsuccessful"}}
	srv := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return r, nil }))
	srv.Domain, srv.AllowInsecureAuth, srv.ErrorLog = "relay.example", true, quiet{}
	l := listen(t)
	r.port = l.Addr().(*net.TCPAddr).Port
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(l) }()
	t.Cleanup(func() { srv.Close(); l.Close(); <-done })
	return r
}

func (r *tokenRelay) Reset()                               {}
func (r *tokenRelay) Logout() error                        { return nil }
func (r *tokenRelay) Mail(string, *smtp.MailOptions) error { return r.at }
func (r *tokenRelay) AuthMechanisms() []string             { return []string{"XOAUTH2"} }
func (r *tokenRelay) Auth(string) (sasl.Server, error)     { return &tokenCheck{relay: r}, nil }
func (r *tokenRelay) change(f func())                      { r.mu.Lock(); defer r.mu.Unlock(); f() }
func (r *tokenRelay) seen() (tried []string, left string) {
	r.change(func() { tried, left = slices.Clone(r.tried), string(r.left) })
	return
}
func (r *tokenRelay) settings(ts *tokens) Settings {
	set := plainSettings(r.port)
	set.User, set.Mechanism, set.Secret, set.Refused = "desk", "xoauth2", ts.secret, ts.refused
	return set
}

// tokenCheck is the server's side of XOAUTH2.
type tokenCheck struct {
	relay *tokenRelay
	told  bool
}

func (c *tokenCheck) Next(answer []byte) (challenge []byte, done bool, err error) {
	r := c.relay
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.told {
		r.left = answer
		return nil, true, r.no
	}
	token := strings.TrimSuffix(strings.TrimPrefix(string(answer), "user=desk\x01auth=Bearer "), "\x01\x01")
	r.tried = append(r.tried, token)
	if token == r.good {
		return nil, true, nil
	}
	c.told = true
	return []byte(`{"status":"400"}`), false, nil
}

// tokens gives t-1 until it is refused, then t-2 and so on to the last.
type tokens struct {
	mu        sync.Mutex
	now, most int // guarded by mu
	err       error
}

func (s *tokens) secret(context.Context) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return fmt.Sprintf("t-%d", s.now+1), s.err
}

func (s *tokens) refused(string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.now++
	return s.now < s.most
}

// A token that died is replaced once; a new one that is refused too is the end.
func TestF48TokenRefused(t *testing.T) {
	for _, tt := range []struct {
		good  string
		most  int
		tried []string
		well  bool
	}{
		{"t-1", 9, []string{"t-1"}, true},
		{"t-2", 9, []string{"t-1", "t-2"}, true},
		{"none", 9, []string{"t-1", "t-2"}, false},
		{"none", 1, []string{"t-1"}, false},
	} {
		r := startTokenRelay(t, tt.good)
		p := newSender(t, r.settings(&tokens{most: tt.most})).Probe(t.Context())
		if tried, left := r.seen(); !slices.Equal(tried, tt.tried) || left != "" || (p.Err == nil) != tt.well {
			t.Errorf("%+v: %v, tried %v, answered %q", tt, p.Err, tried, left)
		}
		if !tt.well {
			expect(t, p.Err, ErrUnsent, ErrRelay, "auth")
		}
	}
}

// A refused login is tried once a minute, whoever wants a line and however
// often, and works again within a minute of being mended.
func TestF48LoginOnceAMinute(t *testing.T) {
	r := startTokenRelay(t, "none")
	set := r.settings(&tokens{most: 1})
	set.Again = time.Hour
	s := newSender(t, set)
	for range 20 {
		expect(t, s.Send(t.Context(), from, to, letter), ErrUnsent, ErrRelay, "auth")
		if p := s.Probe(t.Context()); p.Step != "auth" {
			t.Errorf("%+v", p)
		}
	}
	if tried, _ := r.seen(); len(tried) != 1 {
		t.Errorf("%d logins", len(tried))
	}
	s.gate.mu.Lock()
	s.gate.until = time.Now()
	s.gate.mu.Unlock()
	r.change(func() { r.good = "t-2" })
	for range 2 {
		if p := s.Probe(t.Context()); p.Err != nil {
			t.Error(p.Err)
		}
	}
}

// While one tries whether the gate opens the others do not.
func TestGateLetsOneThrough(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var g gate
		no := &Error{step: stepAuth, kind: ErrUnsent, code: 535, cause: context.Canceled}
		g.leave(no, time.Minute)
		for range 90 {
			time.Sleep(time.Second)
			if err := g.enter(); errors.Is(err, context.Canceled) {
				t.Fatal("the refusal carries the end of another's context")
			} else if err == nil {
				break
			}
		}
		if g.enter() == nil {
			t.Error("two at once")
		}
		g.leave(errors.New("line broke"), time.Minute)
		if g.enter() != nil {
			t.Error("a broken line says nothing about the login")
		}
		g.leave(nil, time.Minute)
		for range 2 {
			if g.enter() != nil {
				t.Error("shut after a good login")
			}
		}
	})
}

// What a server says about us is told apart, in our words.
func TestHints(t *testing.T) {
	for _, tt := range []struct {
		at, says string
		want     error
	}{
		{"auth", "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant. Visit https://aka.ms/smtp_auth_disabled", ErrAuthOff},
		{"auth", "Authentication unsuccessful, SmtpClientAuthentication is disabled for the Mailbox.", ErrAuthOff},
		{"auth", "Blocked by tenant configured AppOnly AccessPolicy settings.", ErrPolicy},
		{"auth", "Authentication unsuccessful, basic authentication is disabled.", ErrBasic},
		{"mail", "SMTP; Client does not have permissions to send as this sender", ErrSender},
		{"mail", "SendAsDenied; lead@council.example not allowed to send as", ErrSender},
		{"mail", "rejected by the access policy of lead@council.example", nil},
	} {
		r := startTokenRelay(t, "t-1")
		no := &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 139}, Message: tt.says}
		r.at = no
		if tt.at == "auth" {
			r.good, r.no = "none", no
		}
		err := newSender(t, r.settings(&tokens{most: 1})).Send(t.Context(), from, to, letter)
		expect(t, err, ErrUnsent, ErrRelay, tt.at)
		for _, h := range []error{ErrAuthOff, ErrPolicy, ErrBasic, ErrSender} {
			if errors.Is(err, h) != (h == tt.want) || h == tt.want && !strings.Contains(err.Error(), h.Error()) {
				t.Errorf("%s: %v", tt.says, err)
			}
		}
		if strings.ContainsAny(err.Error(), "@") {
			t.Errorf("repeats the server: %v", err)
		}
	}
	if e := judge(t.Context(), stepDot, false, &textproto.Error{Code: 550, Msg: "5.7.60 SMTP; Client does not have permissions to send as this sender"}); !errors.Is(e, ErrUnsent) || errors.Is(e, ErrRefused) {
		t.Errorf("a sender we may not use is no fault of the letter: %v", e)
	}
}

// Without a token the relay is not asked, and why there is none can be read.
func TestNoToken(t *testing.T) {
	r := startTokenRelay(t, "t-1")
	away, no := errors.New("endpoint away"), errors.New("secret wrong")
	for err, also := range map[error]error{away: nil, no: ErrRelay} {
		given := err
		if also != nil {
			given = fmt.Errorf("%w: %w", also, err)
		}
		got := newSender(t, r.settings(&tokens{err: given})).Send(t.Context(), from, to, letter)
		expect(t, got, ErrUnsent, also, "auth")
		if !errors.Is(got, err) || !strings.Contains(got.Error(), err.Error()) {
			t.Errorf("got %v", got)
		}
	}
	if tried, _ := r.seen(); len(tried) != 0 {
		t.Errorf("tried %v", tried)
	}
}
