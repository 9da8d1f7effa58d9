package mailer

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/textproto"

	"github.com/wneessen/go-mail"
)

var errNotHere = errors.New("plain is only for a relay on this machine")

// call is one attempt to reach the relay. It watches how far go-mail came,
// because go-mail's errors do not say, and keeps the connection, which go-mail
// does not close when it fails.
type call struct {
	set    *Settings
	gate   *gate
	token  string          // or password, as last asked for
	ctx    context.Context // the letter's, not go-mail's shorter one
	line   *line
	step   step
	state  tls.ConnectionState
	offers []string // mechanisms of AUTH
}

// dial opens a fresh line: connect, EHLO, TLS, AUTH.
func (s *Sender) dial(ctx context.Context) (*line, error) {
	c := s.call(ctx)
	err := c.place()
	return c.line, err
}

func (s *Sender) call(ctx context.Context) *call {
	return &call{set: &s.set, gate: &s.gate, ctx: ctx}
}

// place makes the call; line is set on success only. A token that was refused
// because it was old is replaced, once (F48).
func (c *call) place() error {
	if err := c.gate.enter(); err != nil {
		c.step = stepAuth
		return err
	}
	err := c.try()
	if c.stale(err) {
		err = c.try()
	}
	c.gate.leave(err, c.set.Again)
	return err
}

func (c *call) try() (err error) {
	c.step, c.state = stepConnect, tls.ConnectionState{}
	if c.token, err = c.secret(); err != nil {
		return judge(c.ctx, stepAuth, false, err)
	}
	client, err := mail.NewClient(c.set.Host, c.options(c.token)...)
	if err != nil {
		return judge(c.ctx, c.step, false, err)
	}
	talk, err := client.DialToSMTPClientWithContext(c.ctx)
	if err != nil {
		return c.failed(err)
	}
	c.line.smtp = talk
	return nil
}

func (c *call) options(secret string) []mail.Option {
	opts := []mail.Option{
		mail.WithPort(c.set.Port),
		mail.WithTimeout(c.set.Patience),
		mail.WithHELO(c.set.Hello),
		mail.WithoutSMTPUTF8(),
		mail.WithTLSConfig(c.tls()),
		mail.WithTLSPolicy(mail.TLSMandatory),
		mail.WithDialContextFunc(c.open),
	}
	switch c.set.Security {
	case Implicit:
		opts = append(opts, mail.WithSSL())
	case Plain:
		opts = append(opts, mail.WithTLSPolicy(mail.NoTLS))
	}
	if c.set.User != "" {
		opts = append(opts, mail.WithSMTPAuthCustom(c.auth(secret)))
	}
	return opts
}

// tls verifies the relay's certificate against Host.
func (c *call) tls() *tls.Config {
	return &tls.Config{
		ServerName: c.set.Host,
		RootCAs:    c.set.Roots,
		MinVersion: tls.VersionTLS12,
		VerifyConnection: func(s tls.ConnectionState) error { // runs after the verification, not instead
			c.state = s
			c.step = stepHello
			return nil
		},
	}
}

// open is go-mail's dialler.
func (c *call) open(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	raw, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	if c.set.Security == Plain && !here(raw) {
		raw.Close()
		return nil, errNotHere
	}
	c.line = &line{wire: &wire{Conn: raw}, set: c.set}
	c.line.tie(c.ctx)
	c.step = stepHello
	if c.set.Security != Implicit {
		return c.line.wire, nil
	}
	c.step = stepTLS
	secure := tls.Client(c.line.wire, c.tls())
	return secure, secure.HandshakeContext(ctx)
}

func here(c net.Conn) bool {
	a, ok := c.RemoteAddr().(*net.TCPAddr)
	return ok && a.IP.IsLoopback()
}

// failed drops the line and finds the step at which err happened.
func (c *call) failed(err error) error {
	if c.line != nil {
		c.line.loose()
		c.line.hang()
		c.line = nil
	}
	if c.step == stepHello && c.set.Security == StartTLS && c.state.Version == 0 {
		c.step, err = stripped(err)
	}
	return judge(c.ctx, c.step, false, err)
}

// stripped gives a name to go-mail's nameless complaint that STARTTLS is not
// offered: the only failure before TLS that is neither an answer, nor garbled,
// nor of the network, nor of TLS itself.
func stripped(err error) (step, error) {
	var answer *textproto.Error
	var garbled textproto.ProtocolError
	switch {
	case untrusted(err):
		return stepTLS, err
	case errors.As(err, &answer), errors.As(err, &garbled), why(context.Background(), err) != unreadable:
		return stepHello, err
	}
	return stepTLS, errNoTLS
}
