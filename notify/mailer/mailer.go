// Package mailer turns letters into bytes and hands those bytes, unchanged, to
// one SMTP relay.
//
// It knows RFC 5322, RFC 5321 and how the relay is reached. It must never know
// what a case is, whether a letter is owed or was tried before, or what to do
// about a failure: that it says, in its errors, and others decide. No address
// and no text of a server ever appears in an error. It is the only package
// that imports go-mail.
package mailer

import (
	"context"
	"crypto/x509"
	"errors"
	"net"
	"sync"
	"time"
)

// Security is how the line to the relay is protected.
type Security string

// The three ways. Plain is refused unless the relay is on this machine.
const (
	StartTLS Security = "starttls" // RFC 3207, mandatory, certificate verified; port 587
	Implicit Security = "tls"      // RFC 8314, certificate verified; port 465
	Plain    Security = "plain"    // loopback only
)

// Settings name the relay. Zero values take the default in brackets.
type Settings struct {
	Host     string // name or IP literal; the certificate must match it
	Port     int
	Security Security       // [StartTLS]
	Roots    *x509.CertPool // who may sign the relay's certificate [the system's]
	Hello    string         // what we call ourselves in EHLO, a domain, never the machine's name ["localhost"]

	User      string                                // "" sends without AUTH
	Secret    func(context.Context) (string, error) // password or bearer token, asked once per line
	Mechanism string                                // "plain", "login" or "xoauth2" [the first of plain, login the relay offers]

	// Refused, if any, hears of a token (xoauth2) that the relay refused. true
	// means that Secret would now give another one, which is tried once, at once.
	// The error of a Secret that gives tokens is repeated: it must be fit for a
	// log, and wrap [ErrRelay] if a person must mend it.
	Refused func(token string) bool
	Again   time.Duration // between two logins after a refused one [1 min]

	Lines    int           // lines kept to the relay at the same time [4]
	Idle     time.Duration // an unused line is closed after this [30 s]
	Patience time.Duration // for each answer [30 s]
	Verdict  time.Duration // for the answer to the final dot, which nobody should hurry [2 min]
}

// Sender hands letters to the relay over a few lines that it keeps open
// between letters. It is safe for use by many goroutines.
type Sender struct {
	set   Settings
	slots chan struct{} // one token per line that may be open

	gate gate

	mu     sync.Mutex
	parked []*line // guarded by mu; open lines nobody uses, newest last
	closed bool    // guarded by mu
}

// New checks the settings; it does not connect. The error names the setting.
func New(set Settings) (*Sender, error) {
	set = set.withDefaults()
	if err := set.check(); err != nil {
		return nil, err
	}
	return &Sender{set: set, slots: make(chan struct{}, set.Lines)}, nil
}

// Send submits raw, a whole RFC 5322 mail as [Render] writes it, to one
// recipient. A from of "" is the null reverse-path. nil means that the relay answered 250 to the final dot. Any error
// is an [*Error] and matches exactly one of [ErrRefused], [ErrLater],
// [ErrUnsent] and [ErrMaybeSent].
func (s *Sender) Send(ctx context.Context, from, to string, raw []byte) error {
	if err := fit(from, to, raw); err != nil {
		return err
	}
	select {
	case s.slots <- struct{}{}:
	case <-ctx.Done():
		return &Error{step: stepConnect, kind: ErrUnsent, why: "waiting for a line", cause: ctx.Err()}
	}
	defer func() { <-s.slots }()
	l, err := s.begin(ctx, from)
	if err == nil {
		err = l.deliver(ctx, to, raw)
	}
	s.park(l, err)
	return err
}

// Close ends the unused lines at once and the others after their letter.
func (s *Sender) Close() error {
	s.mu.Lock()
	s.closed = true
	lines := s.parked
	s.parked = nil
	s.mu.Unlock()
	for _, l := range lines {
		l.quit()
	}
	return nil
}

func (set Settings) withDefaults() Settings {
	if set.Security == "" {
		set.Security = StartTLS
	}
	if set.Hello == "" {
		set.Hello = "localhost"
	}
	if set.Lines <= 0 {
		set.Lines = 4
	}
	set.Again = orElse(set.Again, time.Minute)
	set.Idle = orElse(set.Idle, 30*time.Second)
	set.Patience = orElse(set.Patience, 30*time.Second)
	set.Verdict = orElse(set.Verdict, 2*time.Minute)
	return set
}

func orElse(d, other time.Duration) time.Duration {
	if d > 0 {
		return d
	}
	return other
}

func (set Settings) check() error {
	switch {
	case set.Host == "":
		return errors.New("smtp host: must not be empty")
	case set.Port < 1 || set.Port > 65535:
		return errors.New("smtp port: must be 1 to 65535")
	case set.Security != StartTLS && set.Security != Implicit && set.Security != Plain:
		return errors.New(`smtp security: must be "starttls", "tls" or "plain"`)
	case set.Security == Plain && !loopback(set.Host):
		return errors.New("smtp security: plain is only for a relay on this machine")
	case !domain.MatchString(set.Hello):
		return errors.New("smtp hello: must be a domain name")
	case set.User != "" && set.Secret == nil:
		return errors.New("smtp secret: must be given when there is a user")
	case set.Mechanism != "" && !mechanisms[set.Mechanism]:
		return errors.New(`smtp mechanism: must be "plain", "login" or "xoauth2"`)
	}
	return nil
}

// loopback tells whether host is this machine by its name alone; the address
// that was dialled is checked again.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
