package mailer

import (
	"errors"
	"slices"

	"github.com/wneessen/go-mail/smtp"
)

var mechanisms = map[string]bool{"plain": true, "login": true, "xoauth2": true}

var (
	errNoMechanism = errors.New("the relay offers no way to log in that we may use")
	errSecret      = errors.New("the secret could not be read")
)

// secret asks for the password or token, once per line, so that a renewed one
// is used without a restart. What the asking said is not repeated: it may
// quote a file or a token.
func (c *call) secret() (string, error) {
	if c.set.User == "" {
		return "", nil
	}
	s, err := c.set.Secret(c.ctx)
	if err != nil {
		return "", errSecret
	}
	return s, nil
}

// login chooses a mechanism when it sees what the relay offers. Nothing is
// said before the line is protected: the security of the line is checked by
// go-mail's mechanisms too.
type login struct {
	call   *call
	secret string
	by     smtp.Auth
}

func (c *call) auth(secret string) smtp.Auth { return &login{call: c, secret: secret} }

// Start implements go-mail's smtp.Auth.
func (a *login) Start(server *smtp.ServerInfo) (string, []byte, error) {
	c := a.call
	c.step, c.offers = stepAuth, server.Auth
	bare := c.set.Security == Plain
	switch choose(c.set.Mechanism, server.Auth) {
	case "PLAIN":
		a.by = smtp.PlainAuth("", c.set.User, a.secret, c.set.Host, bare)
	case "LOGIN":
		a.by = smtp.LoginAuth(c.set.User, a.secret, c.set.Host, bare)
	case "XOAUTH2":
		a.by = smtp.XOAuth2Auth(c.set.User, a.secret)
	default:
		return "", nil, errNoMechanism
	}
	return a.by.Start(server)
}

// Next implements go-mail's smtp.Auth.
func (a *login) Next(challenge []byte, more bool) ([]byte, error) { return a.by.Next(challenge, more) }

// choose returns the mechanism that is both wanted and offered, or "".
func choose(wanted string, offered []string) string {
	for _, m := range []struct{ setting, name string }{{"plain", "PLAIN"}, {"login", "LOGIN"}, {"xoauth2", "XOAUTH2"}} {
		asked := wanted == m.setting || wanted == "" && m.setting != "xoauth2"
		if asked && slices.Contains(offered, m.name) {
			return m.name
		}
	}
	return ""
}
