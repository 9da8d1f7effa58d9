package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"time"
)

// Probed is what [Sender.Probe] found.
type Probed struct {
	Step    string    // where it failed: connect, tls, hello, auth or noop; "" when all is well
	TLS     string    // "TLS 1.3", or "" on a plain line
	Expires time.Time // when the relay's certificate ends, zero on a plain line
	Offers  []string  // mechanisms of AUTH, known once AUTH was tried
	Err     error     // an [*Error], or nil
}

// Probe tries the relay with a line of its own: connect, TLS, AUTH, NOOP. It
// sends no mail.
func (s *Sender) Probe(ctx context.Context) Probed {
	c := s.call(ctx)
	err := c.place()
	if err == nil {
		err = c.line.do(ctx, stepNoop, s.set.Patience, c.line.smtp.Noop)
		c.line.loose()
		c.line.quit()
	}
	p := Probed{Offers: c.offers, Err: err}
	if c.state.Version != 0 {
		p.TLS = tls.VersionName(c.state.Version)
		p.Expires = c.state.PeerCertificates[0].NotAfter
	}
	var e *Error
	if errors.As(err, &e) {
		p.Step = e.Step()
	}
	return p
}
