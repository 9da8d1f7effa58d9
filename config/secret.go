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
	"time"
)

// Secret is a string that does not print.
type Secret string

const hidden = "(secret)"

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

// errNoSecret reports a login without a password.
var errNoSecret = errors.New("no password: set password_file")

// Secret is the password, read anew at every login so that it may change.
func (m *Mailbox) Secret() (string, error) {
	return secret(m.password, "imap-"+m.Name, m.PasswordFile)
}

// Secret is the password; "" if there is no user.
func (s *SMTP) Secret() (string, error) {
	if s.User == "" {
		return "", nil
	}
	return secret(s.password, "smtp", s.PasswordFile)
}

// Secret is the password; "" if none is configured.
func (r *Redis) Secret() (string, error) {
	s, err := secret("", "redis", r.PasswordFile)
	if errors.Is(err, errNoSecret) {
		return "", nil
	}
	return s, err
}

// secret looks in the environment's value, in $CREDENTIALS_DIRECTORY and in the
// file, in this order.
func secret(env Secret, name, file string) (string, error) {
	if env != "" {
		return string(env), nil
	}
	if dir := os.Getenv("CREDENTIALS_DIRECTORY"); dir != "" {
		if b, err := os.ReadFile(filepath.Join(dir, name)); err == nil {
			return strings.TrimRight(string(b), "\r\n"), nil
		}
	}
	if file == "" {
		return "", errNoSecret
	}
	b, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read password file: %w", err)
	}
	return strings.TrimRight(string(b), "\r\n"), nil
}

// SecretFiles are the files that secrets are read from.
func (c *Config) SecretFiles() (files []string) {
	all := []string{c.SMTP.PasswordFile, c.Redis.PasswordFile, c.Ledger.PasswordFile}
	for _, m := range c.Mailboxes {
		all = append(all, m.PasswordFile)
	}
	return slices.DeleteFunc(all, func(f string) bool { return f == "" })
}

// LedgerTarget is what the ledger is opened with; it may hold a password and is
// never printed.
func (c *Config) LedgerTarget() string {
	if !c.Postgres() {
		if path := strings.TrimPrefix(c.Ledger.URL, "sqlite:"); path != "" {
			return path
		}
		return filepath.Join(c.Data, "ledger.db")
	}
	password, err := secret("", "ledger", c.Ledger.PasswordFile)
	u, parseErr := url.Parse(c.Ledger.URL)
	if err != nil || parseErr != nil {
		return c.Ledger.URL
	}
	u.User = url.UserPassword(u.User.Username(), password)
	return u.String()
}

// Zone is the service's time zone; the file was refused if there is none.
func (c *Config) Zone() *time.Location {
	z, err := time.LoadLocation(c.Service.TimeZone)
	if err != nil {
		return time.UTC
	}
	return z
}
