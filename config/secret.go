package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Secret is text that does not print: not by fmt under any verb, not as JSON or
// TOML, not in a log, and not as an unexported field of something else, which
// fmt would otherwise look into.
type Secret struct{ reveal func() string }

// NewSecret hides text.
func NewSecret(text string) Secret { return Secret{func() string { return text }} }

const hidden = "(secret)"

// Reveal is the text; "" if there is none.
func (s Secret) Reveal() string {
	if s.reveal == nil {
		return ""
	}
	return s.reveal()
}

// String hides the secret.
func (Secret) String() string { return hidden }

// GoString hides the secret.
func (Secret) GoString() string { return hidden }

// Format hides the secret under every verb.
func (Secret) Format(f fmt.State, _ rune) { fmt.Fprint(f, hidden) }

// LogValue hides the secret.
func (Secret) LogValue() slog.Value { return slog.StringValue(hidden) }

// MarshalText hides the secret.
func (Secret) MarshalText() ([]byte, error) { return []byte(hidden), nil }

// MarshalJSON hides the secret.
func (Secret) MarshalJSON() ([]byte, error) { return []byte(`"` + hidden + `"`), nil }

// errNoSecret reports a login without a password.
var errNoSecret = errors.New("no password: set password_file")

// login is where a password may come from besides password_file.
type login struct {
	credentials string // $CREDENTIALS_DIRECTORY, or ""
	variable    string // the environment variable that given came from
	given       Secret
}

// credential is the path that systemd's LoadCredential=name gives, or "".
func (l login) credential(name string) string {
	if l.credentials == "" {
		return ""
	}
	path := filepath.Join(l.credentials, name)
	if _, err := os.Stat(path); err != nil {
		return ""
	}
	return path
}

// secret looks in $CREDENTIALS_DIRECTORY, the environment and the file, in this
// order, and reads files anew so that a password may be changed.
func (l login) secret(name, file string) (string, error) {
	path := l.credential(name)
	switch {
	case path != "":
	case l.given.Reveal() != "":
		return l.given.Reveal(), nil
	case file != "":
		path = file
	default:
		return "", errNoSecret
	}
	b, err := os.ReadFile(path)
	if err != nil {
		return "", fmt.Errorf("read password: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// origin says where secret finds a password, or "" when nowhere.
func (l login) origin(name, file string) string {
	switch {
	case l.credential(name) != "":
		return "$CREDENTIALS_DIRECTORY/" + name
	case l.given.Reveal() != "":
		return "$" + l.variable
	}
	return file
}

func (m *Mailbox) credentialName() string { return "imap-" + m.Name }

// Secret is what auth logs in with: the password, the client secret or the JSON
// key. It is read anew each time so that it may be changed.
func (m *Mailbox) Secret() (string, error) { return m.secret(m.credentialName(), m.Login().file) }

// Secret is as for a mailbox; "" if there is no user.
func (s *SMTP) Secret() (string, error) {
	if s.User == "" {
		return "", nil
	}
	return s.secret("smtp", s.Login().file)
}

// Secret is the password; "" if none is configured.
func (r *Redis) Secret() (string, error) {
	s, err := r.secret("redis", r.PasswordFile)
	if errors.Is(err, errNoSecret) {
		return "", nil
	}
	return s, err
}

func (l *Ledger) password() string {
	s, _ := l.secret("ledger", l.PasswordFile)
	return s
}

// whole is the URL, from its file if it is a secret.
func (l *Ledger) whole() (string, error) {
	if l.URLFile == "" {
		return l.URL, nil
	}
	b, err := os.ReadFile(l.URLFile)
	return strings.TrimSpace(string(b)), err
}

// withPassword puts password into a URL that has none.
func withPassword(text, password string) string {
	u, err := url.Parse(text)
	if err != nil || password == "" {
		return text
	}
	if _, has := u.User.Password(); has {
		return text
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String()
}

// SecretFiles are the files that secrets are read from.
func (c *Config) SecretFiles() (files []string) {
	all := []string{c.SMTP.PasswordFile, c.SMTP.SecretFile, c.Redis.PasswordFile, c.Ledger.PasswordFile, c.Ledger.URLFile}
	for _, m := range c.Mailboxes {
		all = append(all, m.PasswordFile, m.SecretFile)
	}
	return slices.DeleteFunc(all, func(f string) bool { return f == "" })
}
