package realtest

import (
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// session is one connection to a [SinkServer].
type session struct {
	sink *SinkServer
	conn *smtp.Conn
	user string
	from string
	to   []string
}

func (s *SinkServer) session(c *smtp.Conn) (smtp.Session, error) {
	x := &session{sink: s, conn: c}
	if err := x.step(AtHello, nil, ""); err != nil {
		return nil, err
	}
	if s.opts.Users == nil && s.opts.Tokens == nil {
		return x, nil
	}
	return &authSession{x}, nil
}

// step asks the script; rcpt is the recipient that is not yet one, if any.
func (x *session) step(v Verb, raw []byte, rcpt string) error {
	s := x.sink
	s.mu.Lock()
	s.steps[v]++
	nth := s.steps[v]
	s.mu.Unlock()
	if s.opts.Script == nil {
		return nil
	}
	to := slices.Clone(x.to)
	if rcpt != "" {
		to = append(to, rcpt)
	}
	err := s.opts.Script(Step{Verb: v, From: x.from, To: to, Raw: raw, Nth: nth})
	if errors.Is(err, ErrDrop) {
		x.conn.Conn().Close()
	}
	return err
}

func (x *session) Mail(from string, _ *smtp.MailOptions) error {
	if (x.sink.opts.Users != nil || x.sink.opts.Tokens != nil) && x.user == "" {
		return smtp.ErrAuthRequired
	}
	x.from, x.to = from, nil
	return x.step(AtMail, nil, "")
}

func (x *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	if err := x.step(AtRcpt, nil, to); err != nil {
		return err
	}
	x.to = append(x.to, to)
	return nil
}

func (x *session) Data(r io.Reader) error {
	if err := x.step(AtData, nil, ""); err != nil {
		return err
	}
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	at := time.Now()
	if err := x.step(AtDot, raw, ""); err != nil {
		return err
	}
	_, encrypted := x.conn.TLSConnectionState()
	x.sink.keep(Accepted{From: x.from, To: slices.Clone(x.to), Raw: raw, At: at, User: x.user, TLS: encrypted})
	return x.step(AtKept, raw, "")
}

func (x *session) Reset()        { x.from, x.to = "", nil }
func (x *session) Logout() error { return nil }

// authSession is a session of a sink that knows its users.
type authSession struct{ *session }

var _ smtp.AuthSession = (*authSession)(nil)

func (x *authSession) AuthMechanisms() []string {
	if x.sink.opts.Tokens != nil {
		return []string{"XOAUTH2"}
	}
	return []string{sasl.Plain}
}

func (x *authSession) Auth(string) (sasl.Server, error) {
	if x.sink.opts.Tokens != nil {
		return &bearer{session: x.session}, nil
	}
	return sasl.NewPlainServer(func(_, user, password string) error {
		if err := x.step(AtAuth, nil, ""); err != nil {
			return err
		}
		if want, ok := x.sink.opts.Users[user]; !ok || want != password {
			return smtp.ErrAuthFailed
		}
		x.user = user
		return nil
	}), nil
}

// bearer is the server's side of XOAUTH2: a bad token gets a challenge, and the
// refusal only when that was answered.
type bearer struct {
	*session
	refused bool
}

// Next implements sasl.Server.
func (b *bearer) Next(answer []byte) (challenge []byte, done bool, err error) {
	if b.refused {
		return nil, true, &smtp.SMTPError{Code: 535, EnhancedCode: smtp.EnhancedCode{5, 7, 3}, Message: "Authentication unsuccessful"}
	}
	if err := b.step(AtAuth, nil, ""); err != nil {
		return nil, true, err
	}
	user, token, ok := strings.Cut(strings.TrimPrefix(string(answer), "user="), "\x01auth=Bearer ")
	if ok && b.sink.opts.Tokens.Good(strings.TrimSuffix(token, "\x01\x01")) {
		b.user = user
		return nil, true, nil
	}
	b.refused = true
	return []byte(`{"status":"400","schemes":"Bearer"}`), false, nil
}
