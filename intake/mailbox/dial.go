package mailbox

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// errCut stands for whatever go-imap returned when no answer came; what the
// line itself saw is told by [session.explain].
var errCut = errors.New("no answer")

const dialTimeout = 20 * time.Second

// keepAlive finds a peer that is gone while nothing is owed, within a minute.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 20 * time.Second, Interval: 10 * time.Second, Count: 4}

// session is one logged-in line. After any error it is closed, never used again.
type session struct {
	client  *imapclient.Client
	line    *line
	ear     *ear
	caps    imap.CapSet
	expires time.Time // NotAfter of the server's certificate; zero without TLS
	forget  func() bool
}

// connect opens a line and logs in. Its error wraps one of this package's. When
// ctx ends the line is closed at once. A token that was refused because it was
// old is replaced, once (F48).
func (w *Watcher) connect(ctx context.Context, h *imapclient.UnilateralDataHandler) (*session, error) {
	s, err := w.dial(ctx, h)
	if errors.Is(err, errStale) {
		return w.dial(ctx, h)
	}
	return s, err
}

func (w *Watcher) dial(ctx context.Context, h *imapclient.UnilateralDataHandler) (*session, error) {
	dialer := net.Dialer{Timeout: dialTimeout, KeepAliveConfig: keepAlive}
	raw, err := dialer.DialContext(ctx, "tcp", w.Addr)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnreachable, err)
	}
	s := &session{line: &line{Conn: raw, stall: w.Stall}}
	s.forget = context.AfterFunc(ctx, func() { raw.Close() })
	if err := s.begin(ctx, w, h); err != nil {
		err = s.explain(err)
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) begin(ctx context.Context, w *Watcher, h *imapclient.UnilateralDataHandler) error {
	if err := s.secure(ctx, w, &imapclient.Options{UnilateralDataHandler: h}); err != nil {
		return err
	}
	if err := s.client.WaitGreeting(); err != nil {
		return refused("greeting", err, ErrThrottled)
	}
	return s.login(ctx, w)
}

// secure puts TLS on the line before go-imap sees it.
func (s *session) secure(ctx context.Context, w *Watcher, o *imapclient.Options) error {
	if w.Plain {
		s.listen(s.line, "", o)
		return nil
	}
	greeting := ""
	if w.StartTLS {
		if err := s.startTLS(); err != nil {
			return err
		}
		greeting = "* OK\r\n"
	}
	conn := tls.Client(s.line, s.tlsConfig(w))
	if err := conn.HandshakeContext(ctx); err != nil {
		return tlsTrouble(err)
	}
	s.listen(conn, greeting, o)
	return nil
}

func (s *session) listen(conn net.Conn, greeting string, o *imapclient.Options) {
	s.ear = &ear{Conn: conn, line: s.line, greeting: []byte(greeting)}
	s.client = imapclient.New(s.ear, o)
	s.ear.attach(s.client.Closed())
}

// tlsConfig is the configured one, told whom to expect, and noting until when
// the certificate is good.
func (s *session) tlsConfig(w *Watcher) *tls.Config {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if w.TLS != nil {
		c = w.TLS.Clone()
	}
	if c.ServerName == "" {
		c.ServerName, _, _ = net.SplitHostPort(w.Addr) // checked by Watcher.check
	}
	also := c.VerifyConnection
	c.VerifyConnection = func(state tls.ConnectionState) error {
		s.expires = earliest(state.PeerCertificates)
		if also != nil {
			return also(state)
		}
		return nil
	}
	return c
}

func earliest(chain []*x509.Certificate) (t time.Time) {
	for _, c := range chain {
		if t.IsZero() || c.NotAfter.Before(t) {
			t = c.NotAfter
		}
	}
	return t
}

func tlsTrouble(err error) error {
	switch {
	case err == nil:
		return nil
	case untrusted(err):
		return fmt.Errorf("%w: %w", ErrCertificate, err)
	}
	return errCut
}

// login says who we are. The capabilities are asked for afterwards, for they
// change with the login and go-imap's own note of them may be late.
func (s *session) login(ctx context.Context, w *Watcher) (err error) {
	if w.Token != nil {
		err = s.authenticate(ctx, w)
	} else {
		err = s.password(w)
	}
	if err != nil {
		return err
	}
	if s.caps, err = s.client.Capability().Wait(); err != nil {
		return refused("capabilities", err, ErrServer)
	}
	return nil
}

func (s *session) password(w *Watcher) error {
	password, err := w.Password()
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSecret, err)
	}
	if err := s.client.Login(w.User, password).Wait(); err != nil {
		return refused("log in", err, ErrRefused)
	}
	return nil
}

// explain turns errCut into what the line knows; other errors pass.
func (s *session) explain(err error) error {
	if !errors.Is(err, errCut) {
		return err
	}
	if s.ear != nil && s.ear.throttled() {
		return ErrThrottled
	}
	if cause := s.line.why(); cause != nil {
		return fmt.Errorf("%w: %w", ErrLine, cause)
	}
	return fmt.Errorf("%w: an answer was not understood", ErrLine)
}

// close ends the line first, so that no reader of a body waits for ever, and
// then waits for go-imap to let go of it.
func (s *session) close() {
	s.forget()
	_ = s.line.Conn.Close() // nothing is owed to the server
	if s.client != nil {
		_ = s.client.Close()
	}
}
