package realtest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"net"
	"net/mail"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
)

// A Verb is a moment of an SMTP conversation at which a [SinkServer] can be scripted.
type Verb string

// The moments, in the order in which they come.
const (
	AtHello Verb = "EHLO" // again after STARTTLS
	AtAuth  Verb = "AUTH"
	AtMail  Verb = "MAIL"
	AtRcpt  Verb = "RCPT"
	AtData  Verb = "DATA" // after 354, before a byte of the mail is read
	AtDot   Verb = "DOT"  // the mail is read and not kept
	AtKept  Verb = "KEPT" // the mail is kept; only the answer is missing
)

// Step is where a conversation stands.
type Step struct {
	Verb Verb
	From string   // "" until MAIL
	To   []string // includes the recipient that RCPT is about
	Raw  []byte   // the mail, at AtDot and AtKept
	Nth  int      // how often this verb has come to the sink, from 1
}

// ErrDrop as the answer of a script closes the connection without a word.
var ErrDrop = errors.New("connection dropped by the script")

// SinkOptions are what a test may want otherwise.
type SinkOptions struct {
	CA       *Authority        // nil makes a new one
	TLS      bool              // TLS from the first byte, in place of STARTTLS
	NoTLS    bool              // neither
	Users    map[string]string // password by user name; not nil asks for AUTH PLAIN before MAIL
	Tokens   *TokenServer      // not nil asks for AUTH XOAUTH2 with a token that it finds good
	MaxBytes int64             // SIZE; 0 is 64 MiB

	// Script, if any, answers each step: nil is yes, *smtp.SMTPError that
	// answer, ErrDrop none. Connections call it at the same time. It may block,
	// until its test ends at most.
	Script func(Step) error
}

// Accepted is a mail that the sink has kept.
type Accepted struct {
	From string // of the envelope; "" is the null sender
	To   []string
	Raw  []byte
	At   time.Time // when the last byte had come
	User string    // who authenticated, if anybody
	TLS  bool
}

// Header returns the first field of that name, "" if there is none.
func (a Accepted) Header(name string) string {
	m, err := mail.ReadMessage(bytes.NewReader(a.Raw))
	if err != nil {
		return ""
	}
	return m.Header.Get(name)
}

// SinkServer is an SMTP server that delivers nowhere. All its methods but Start and
// Stop may be called by any goroutine.
type SinkServer struct {
	CA   *Authority
	t    testing.TB
	opts SinkOptions
	port int
	smtp *smtp.Server  // nil while stopped
	done chan struct{} // closed when smtp has stopped serving

	mu    sync.Mutex
	steps map[Verb]int
	kept  []Accepted
	told  []bool        // told[i]: Expect has returned kept[i]
	news  chan struct{} // closed and replaced whenever kept grows
}

// Sink starts a sink that accepts everything its script does not refuse.
func Sink(t testing.TB, opts SinkOptions) *SinkServer {
	t.Helper()
	if opts.CA == nil {
		opts.CA = CA(t)
	}
	s := &SinkServer{CA: opts.CA, t: t, opts: opts, port: Port(t), steps: map[Verb]int{}, news: make(chan struct{})}
	s.Start()
	t.Cleanup(s.Stop)
	return s
}

// Addr is 127.0.0.1 and the port.
func (s *SinkServer) Addr() string { return address(s.port) }

// Start listens again after Stop, on the same port.
func (s *SinkServer) Start() {
	s.t.Helper()
	if s.smtp != nil {
		return
	}
	l, err := net.Listen("tcp", s.Addr())
	if err != nil {
		s.t.Fatal(err)
	}
	if s.opts.TLS {
		l = tls.NewListener(l, s.CA.Server())
	}
	srv := s.server()
	s.smtp, s.done = srv, make(chan struct{})
	go func() { defer close(s.done); srv.Serve(l) }()
}

func (s *SinkServer) server() *smtp.Server {
	srv := smtp.NewServer(smtp.BackendFunc(s.session))
	srv.Domain = "sink.realtest.example"
	srv.MaxMessageBytes = max(s.opts.MaxBytes, 0)
	if s.opts.MaxBytes == 0 {
		srv.MaxMessageBytes = 64 << 20
	}
	srv.AllowInsecureAuth = s.opts.NoTLS
	srv.ErrorLog = silence{}
	if !s.opts.NoTLS && !s.opts.TLS {
		srv.TLSConfig = s.CA.Server()
	}
	return srv
}

type silence struct{}

func (silence) Printf(string, ...any) {}
func (silence) Println(...any)        {}

// Stop closes the port and every connection. What was kept stays.
func (s *SinkServer) Stop() {
	if s.smtp == nil {
		return
	}
	s.smtp.Close()
	<-s.done
	s.smtp = nil
}

// All returns what has been kept so far, in order.
func (s *SinkServer) All() []Accepted {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.kept)
}

// Expect waits until a mail is kept for which match is true, and returns it.
// Every mail is returned once; the test ends when none comes within.
func (s *SinkServer) Expect(within time.Duration, match func(Accepted) bool) Accepted {
	s.t.Helper()
	deadline := time.After(within)
	for {
		a, news, ok := s.next(match)
		if ok {
			return a
		}
		select {
		case <-news:
		case <-deadline:
			s.t.Fatalf("no such mail within %v; %d kept, %d of them unexpected", within, len(s.All()), len(s.Unexpected()))
		}
	}
}

func (s *SinkServer) next(match func(Accepted) bool) (a Accepted, news <-chan struct{}, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range s.kept {
		if !s.told[i] && match(a) {
			s.told[i] = true
			return a, nil, true
		}
	}
	return Accepted{}, s.news, false
}

// Unexpected returns what no Expect has returned yet.
func (s *SinkServer) Unexpected() (rest []Accepted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range s.kept {
		if !s.told[i] {
			rest = append(rest, a)
		}
	}
	return rest
}

// To matches mails whose envelope names the address.
func To(addr string) func(Accepted) bool {
	return func(a Accepted) bool { return slices.Contains(a.To, addr) }
}

func (s *SinkServer) keep(a Accepted) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept, s.told = append(s.kept, a), append(s.told, false)
	close(s.news)
	s.news = make(chan struct{})
}
