package config

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

const someID = "01234567-89ab-cdef-0123-456789abcdef"

// microsoftMail is the good configuration with the first mailbox and the relay
// at Microsoft.
func microsoftMail(t *testing.T) (dir, text string) {
	t.Helper()
	dir, text = goodConfig(t)
	for _, name := range []string{"imap", "smtp"} {
		secret := filepath.Join(dir, name+"-secret")
		if err := os.WriteFile(secret, []byte(canary+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		old := `password_file = "` + filepath.Join(dir, name+"-password") + `"`
		text = strings.Replace(text, old, `auth = "microsoft"
tenant = "council.example"
client_id = "`+someID+`"
secret_file = "`+secret+`"
secret_expires = 2027-03-01`, 1)
	}
	return dir, text
}

func TestMicrosoftLogin(t *testing.T) {
	dir, text := microsoftMail(t)
	c, err := Load(writeConfig(t, dir, text), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range []Login{c.Mailboxes[0].Login(), c.SMTP.Login()} {
		secret, err := l.Secret()
		if !l.Token() || l.Auth != "microsoft" || l.Tenant != "council.example" || l.ClientID != someID || secret != canary || err != nil {
			t.Errorf("%+v, %v", l, err)
		}
		if want := time.Date(2027, 3, 1, 0, 0, 0, 0, time.UTC); !l.Expires.Equal(want) {
			t.Errorf("ends %v", l.Expires)
		}
	}
	if l := c.Mailboxes[1].Login(); l.Token() || !l.Expires.IsZero() {
		t.Errorf("a password became %+v", l)
	}
	if files := strings.Join(c.SecretFiles(), " "); !strings.Contains(files, "imap-secret") || !strings.Contains(files, "smtp-secret") {
		t.Errorf("the doctor looks at %s only", files)
	}
	var shown bytes.Buffer
	if err := c.Show(&shown); err != nil || strings.Contains(shown.String(), canary) || !strings.Contains(shown.String(), `secret_expires = "2027-03-01"`) {
		t.Errorf("%v: %s", err, &shown)
	}
	again := filepath.Join(dir, "shown.toml")
	if err := os.WriteFile(again, shown.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Load(again, noEnv); err != nil {
		t.Errorf("what is shown cannot be loaded: %v", err)
	}
}

// A client secret comes from the same places as a password.
func TestSecretFromElsewhere(t *testing.T) {
	dir, text := microsoftMail(t)
	text = strings.Replace(text, "secret_file = \""+filepath.Join(dir, "smtp-secret")+"\"\n", "", 1)
	c, err := Load(writeConfig(t, dir, text), environment(map[string]string{"DUTYDESK_SMTP__PASSWORD": "from env"}))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := c.SMTP.Secret(); s != "from env" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
	credentials := t.TempDir()
	if err := os.WriteFile(filepath.Join(credentials, "imap-safeguarding"), []byte("from systemd"), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err = Load(writeConfig(t, dir, text), environment(map[string]string{"DUTYDESK_SMTP__PASSWORD": "from env", "CREDENTIALS_DIRECTORY": credentials}))
	if err != nil {
		t.Fatal(err)
	}
	if s, err := c.Mailboxes[0].Secret(); s != "from systemd" || err != nil {
		t.Errorf("%q, %v", s, err)
	}
}

// What is wrong with a login by token is said where it stands.
func TestF61BrokenLogins(t *testing.T) {
	dir, good := microsoftMail(t)
	imap, smtp := filepath.Join(dir, "imap-secret"), filepath.Join(dir, "smtp-secret")
	for _, b := range []broken{
		{`auth = "microsoft"`, `auth = ▸"microsft"`, "mailbox.auth", `did you mean microsoft?`},
		{`auth = "microsoft"`, `auth = "google"`, "mailbox.tenant", `auth = "microsoft"`},
		{`auth = "microsoft"`, `auth = "password"`, "mailbox.secret_file", `given with auth = "password"`},
		{`tenant = "council.example"`, ``, "mailbox.tenant", "Directory (tenant) ID"},
		{`tenant = "council.example"`, `tenant = ▸"our tenant"`, "mailbox.tenant", "is no tenant"},
		{`client_id = "` + someID + `"`, ``, "mailbox.client_id", "Application (client) ID"},
		{`client_id = "` + someID + `"`, `client_id = ▸"dutydesk"`, "mailbox.client_id", "is no id"},
		{`secret_file = "` + imap + `"`, ``, "mailbox.secret_file", "no secret is given"},
		{`secret_file = "` + smtp + `"`, ``, "smtp.secret_file", "no secret is given"},
		{`secret_file = "` + imap + `"`, `▸client_secret = "x"`, "mailbox.client_secret", "a secret does not belong in this file"},
		{`secret_file = "` + imap + `"`, `password_file = ▸"` + imap + `"`, "mailbox.password_file", `set auth = "password"`},
		{`secret_expires = 2027-03-01`, `secret_expires = ▸"March"`, "mailbox.secret_expires", "write it like 2027-03-01"},
		{`secret_expires = 2027-03-01`, `secret_expires = ▸"2027-02-30"`, "mailbox.secret_expires", "is no day"},
		{`secret_expires = 2027-03-01`, `secret_expires = ▸12`, "mailbox.secret_expires", "must be a day"},
		{`secret_expires = 2027-03-01`, `token_url = ▸"http://login.example/token"`, "mailbox.token_url", "unencrypted"},
		{`secret_expires = 2027-03-01`, `token_url = ▸"login.example"`, "mailbox.token_url", "is no URL"},
		{`secret_expires = 2027-03-01`, `token_url = ▸"https://a:b@login.example/"`, "mailbox.token_url", "is no URL"},
		{"user = \"desk\"\n", "\n", "smtp.auth", "without a user"},
	} {
		if strings.Contains(b.put, "▸") {
			t.Run(b.key+" "+b.says, func(t *testing.T) { b.try(t, dir, good) })
			continue
		}
		_, err := Load(writeConfig(t, dir, strings.Replace(good, b.old, b.put, 1)), noEnv)
		if err == nil || !strings.Contains(err.Error(), ": "+b.key+": ") || !strings.Contains(err.Error(), b.says) {
			t.Errorf("%s: %v", b.key, err)
		}
	}
}

func TestTokenURLInProduction(t *testing.T) {
	dir, text := microsoftMail(t)
	text = strings.Replace(text, "secret_expires = 2027-03-01", `token_url = "http://127.0.0.1:1/token"`, 1)
	if _, err := Load(writeConfig(t, dir, text), noEnv); err != nil {
		t.Errorf("on trial: %v", err)
	}
	_, err := Load(writeConfig(t, dir, text), environment(map[string]string{"DUTYDESK_ENVIRONMENT": "production"}))
	if err == nil || !strings.Contains(err.Error(), "mailbox.token_url: would send the secret unencrypted, which is refused in production") {
		t.Error(err)
	}
}
