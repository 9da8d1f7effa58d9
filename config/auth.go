package config

import (
	"strings"
	"time"
)

// byPassword is the auth that needs no token.
const byPassword = "password"

// Login is how a mail server is logged in to.
type Login struct {
	Auth    string // "password", "microsoft" or "google"
	User    string // login name; for google the user that the service account stands in for
	Expires time.Time
	Secret  func() (string, error)

	Tenant, ClientID, TokenURL, Scope string // "" for password, or for the provider's own

	file string
}

// Token reports whether a token is logged in with, and not the secret itself.
func (l Login) Token() bool { return l.Auth != byPassword && l.Auth != "" }

// Login is how the mailbox is logged in to.
func (m *Mailbox) Login() Login {
	l := Login{Auth: m.Auth, User: m.User, Expires: m.SecretExpires.Time(), Secret: m.Secret,
		Tenant: m.Tenant, ClientID: m.ClientID, TokenURL: m.TokenURL, Scope: m.Scope, file: m.SecretFile}
	return l.withFile(m.PasswordFile)
}

// Login is how the relay is logged in to.
func (s *SMTP) Login() Login {
	l := Login{Auth: s.Auth, User: s.User, Expires: s.SecretExpires.Time(), Secret: s.Secret,
		Tenant: s.Tenant, ClientID: s.ClientID, TokenURL: s.TokenURL, Scope: s.Scope, file: s.SecretFile}
	return l.withFile(s.PasswordFile)
}

// key is the key of the secret's file, without "_file".
func (l Login) key() string {
	if l.Token() {
		return "secret"
	}
	return "password"
}

func (l Login) withFile(password string) Login {
	if !l.Token() {
		l.file = password
	}
	return l
}

// auth checks that a login has what its way needs, and nothing that belongs to
// another.
func (ch *checker) auth(at string, l Login, password, secret string) {
	foreign := func(key, text, auth string) {
		if text != "" {
			ch.wrong(at+"."+key, `is given with auth = "`+l.Auth+`"`, `set auth = "`+auth+`", or take `+key+" away")
		}
	}
	if l.Auth != "microsoft" {
		foreign("tenant", l.Tenant, "microsoft")
		foreign("client_id", l.ClientID, "microsoft")
	} else {
		ch.needed(at+".tenant", l.Tenant, "copy the Directory (tenant) ID from the app's overview page in the Entra admin centre")
		ch.needed(at+".client_id", l.ClientID, "copy the Application (client) ID from the app's overview page in the Entra admin centre")
	}
	if l.Token() {
		foreign("password_file", password, byPassword)
		ch.tokenURL(at+".token_url", l.TokenURL)
		return
	}
	foreign("secret_file", secret, `microsoft" or "google`)
	foreign("token_url", l.TokenURL, `microsoft" or "google`)
	foreign("scope", l.Scope, `microsoft" or "google`)
}

func (ch *checker) needed(path, text, fix string) {
	if text == "" {
		ch.wrong(path, "is missing", fix)
	}
}

// tokenURL lets secrets travel unencrypted on this machine, and on trial only.
func (ch *checker) tokenURL(path, text string) {
	if ch.production() && text != "" && !strings.HasPrefix(text, "https://") {
		ch.wrong(path, "would send the secret unencrypted, which is refused in production", "it must begin with https://")
	}
}
