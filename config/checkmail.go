package config

import (
	"fmt"
	"strings"
	"time"
)

// mailboxes checks each watched mailbox, and that no two are the same.
func (ch *checker) mailboxes() {
	if len(ch.Mailboxes) == 0 {
		ch.wrong("mailbox", "no mailbox is watched", "add [[mailbox]] with name, address, user and password_file")
	}
	names, folders := map[string]bool{}, map[string]bool{}
	for i := range ch.Mailboxes {
		m, at := &ch.Mailboxes[i], fmt.Sprintf("mailbox[%d]", i)
		ch.unique(names, at+".name", m.Name)
		ch.unique(folders, at+".folder", m.Folder, strings.ToLower(m.Address), m.User)
		ch.encrypted(at, m.Address, m.TLS)
		ch.authorities(at+".ca_file", m.CAFile)
		ch.profile(at, m)
		if m.Kept == m.Folder {
			ch.wrong(at+".kept", "is the watched folder itself", "name another folder, or leave kept out to let mails stay")
		}
		ch.auth(at, m.Login(), m.PasswordFile, m.SecretFile)
		ch.source(at, m.Login().key(), &m.login, m.credentialName(), m.Login().file, true)
	}
	for i := range ch.Mailboxes {
		ch.kept(i)
	}
}

// kept refuses to move mail into a folder that is watched too: it would be
// taken in again.
func (ch *checker) kept(i int) {
	m := &ch.Mailboxes[i]
	for j := range ch.Mailboxes {
		o := &ch.Mailboxes[j]
		if i != j && m.Kept != "" && m.Kept == o.Folder && m.User == o.User && strings.EqualFold(m.Address, o.Address) {
			ch.wrong(fmt.Sprintf("mailbox[%d].kept", i), fmt.Sprintf("is the watched folder of %q", o.Name), "name a folder that nobody watches")
		}
	}
}

// canary is off, or not so frequent that it hides among its own.
func (ch *checker) canary() {
	const least = 5 * time.Minute
	if every := time.Duration(ch.Canary.Every); every > 0 && every < least {
		ch.wrong("canary.every", fmt.Sprintf("%q is too short", ch.Canary.Every), `give "5m" or more, or "0s" for never`)
	}
}

// profile fails closed: nobody is believed on a server's word unless somebody
// has confirmed that the word is the server's own.
func (ch *checker) profile(at string, m *Mailbox) {
	switch {
	case m.Profile == "none" || m.Profile == "":
		if m.AuthservID != "" {
			ch.wrong(at+".authserv_id", "is given without a profile", `set profile = "generic", or take authserv_id away`)
		}
		return
	case m.Profile == "generic" && m.AuthservID == "":
		ch.wrong(at+".profile", "needs authserv_id", "look at the first Authentication-Results of a mail in this mailbox: the name before its first semicolon")
	}
	if !m.StripsForeign {
		ch.wrong(at+".profile", "is not confirmed", `ask who runs the mail server whether it removes Authentication-Results that others wrote in its name, and set strips_foreign = true; until then profile = "none"`)
	}
}

func (ch *checker) smtp() {
	s := &ch.SMTP
	ch.encrypted("smtp", s.Address, s.TLS)
	ch.authorities("smtp.ca_file", s.CAFile)
	ch.auth("smtp", s.Login(), s.PasswordFile, s.SecretFile)
	ch.source("smtp", s.Login().key(), &s.login, "smtp", s.Login().file, s.User != "")
	if s.User == "" && s.Auth != byPassword {
		ch.wrong("smtp.auth", "is given without a user", "set smtp.user to the mailbox that letters are sent from")
	}
	if s.User == "" && s.PasswordFile != "" {
		ch.wrong("smtp.password_file", "is given without a user", "set smtp.user, or take password_file away")
	}
}

// encrypted refuses mail without TLS but to this machine on trial.
func (ch *checker) encrypted(at, address, tls string) {
	const fix = `set tls = "implicit" or "starttls"`
	switch {
	case tls != "none":
	case ch.production():
		ch.wrong(at+".tls", `"none" is refused in production`, fix)
	case !loopback(address):
		ch.wrong(at+".tls", `"none" would send mail and password unencrypted to another machine`, fix)
	}
}

// unique notes the key at path when another table has the same.
func (ch *checker) unique(seen map[string]bool, path string, parts ...string) {
	key := strings.Join(parts, "\x00")
	if seen[key] {
		ch.wrong(path, fmt.Sprintf("%q was given before", parts[0]), "each must be another")
	}
	seen[key] = parts[0] != ""
}
