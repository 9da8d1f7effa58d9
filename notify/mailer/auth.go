package mailer

import (
	"errors"
	"slices"
	"strings"

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
	switch {
	case err != nil && c.set.Mechanism == byToken:
		return "", tokenError{err}
	case err != nil:
		return "", errSecret
	}
	return s, nil
}

// byToken is the mechanism whose secret is a bearer token.
const byToken = "xoauth2"

// tokenError is why there is no token, in words of our own.
type tokenError struct{ error }

// Unwrap lets errors.Is find ErrRelay.
func (e tokenError) Unwrap() error { return e.error }

// stale reports whether a token was refused that can be replaced by a better one.
func (c *call) stale(err error) bool {
	return loginRefused(err) && c.set.Mechanism == byToken && c.set.Refused != nil && c.set.Refused(c.token)
}

// loginRefused reports whether the relay knows us and says no, for good.
func loginRefused(err error) bool {
	var e *Error
	return errors.As(err, &e) && e.step == stepAuth && e.code/100 == 5
}

// What more is known about a relay that refuses us, said in addition to
// [ErrRelay].
var (
	// ErrAuthOff: SMTP AUTH is switched off (Exchange 535 5.7.139).
	ErrAuthOff = errors.New("SMTP AUTH is switched off for this mailbox or the whole organisation")
	// ErrPolicy: a policy keeps the application away from this mailbox.
	ErrPolicy = errors.New("an access policy keeps the application out of this mailbox")
	// ErrBasic: the server takes a token and no password.
	ErrBasic = errors.New("the server takes no password")
	// ErrSender: the login may not send in the name of our address.
	ErrSender = errors.New("the login may not send as our address")
)

// hints are parts of what servers say about us, in small letters: Exchange
// (learn.microsoft.com, "Fix issues with … SMTP AUTH") and Gmail.
var hints = []struct {
	says string
	any  bool // at any step; else in answer to AUTH alone
	hint error
}{
	{"smtpclientauthentication is disabled", false, ErrAuthOff},
	{"accesspolicy", false, ErrPolicy},
	{"access policy", false, ErrPolicy},
	{"basic authentication is disabled", false, ErrBasic},
	{"application-specific password required", false, ErrBasic},
	{"does not have permissions to send as", true, ErrSender},
	{"sendasdenied", true, ErrSender},
}

// hint finds what a person must mend in a server's no.
func hint(s step, said string) error {
	said = strings.ToLower(said)
	for _, h := range hints {
		if (h.any || s == stepAuth) && strings.Contains(said, h.says) {
			return h.hint
		}
	}
	return nil
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
