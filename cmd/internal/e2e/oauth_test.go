package e2e

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
)

// byToken makes the world's mail servers take tokens alone, and the desk log in
// as auth says. more is added to both logins.
func (w *world) byToken(auth, secret, more string) *realtest.TokenServer {
	w.t.Helper()
	tokens := realtest.Tokens(w.t)
	tokens.Change(func(s *realtest.TokenServer) { s.Secret = "secret-value" })
	w.imap = realtest.Dovecot(w.t, realtest.DovecotOptions{CA: w.imap.CA, Tokens: tokens})
	w.post = realtest.Sink(w.t, realtest.SinkOptions{CA: w.imap.CA, Tokens: tokens})
	w.configure()
	if auth == "google" {
		secret = tokens.ServiceAccount()
	}
	file := filepath.Join(w.dir, "token-secret")
	w.must(os.WriteFile(file, []byte(secret), 0o600))
	login := fmt.Sprintf("auth = %q\nsecret_file = %q\ntoken_url = %q\n%s\n", auth, file, tokens.URL(), more)
	conf, err := os.ReadFile(w.config)
	w.must(err)
	old := fmt.Sprintf("password_file = %q\n", filepath.Join(w.dir, "imap-password"))
	conf = bytes.Replace(conf, []byte(old), []byte(login), 1)
	conf = bytes.Replace(conf, []byte("[smtp]\n"), []byte("[smtp]\nuser = \"desk\"\n"+login), 1)
	w.must(os.WriteFile(w.config, conf, 0o600))
	return tokens
}

const microsoftLogin = "tenant = \"council.example\"\nclient_id = \"01234567-89ab-cdef-0123-456789abcdef\"\n"

// At both providers the desk reads and writes mail with tokens alone.
func TestMailByToken(t *testing.T) {
	for auth, more := range map[string]string{"microsoft": microsoftLogin, "google": ""} {
		t.Run(auth, func(t *testing.T) {
			w := newWorld(t, options{kept: "Kept"})
			tokens := w.byToken(auth, "secret-value", more)
			w.start()
			w.concern("they follow me home")
			if l := w.letter("lead", "ew concern"); l.User != "desk" {
				t.Errorf("the letter came from %q", l.User)
			}
			found, err := w.doctor()
			for _, what := range []string{auth + " gives a token for smtp", auth + " gives a token for mailbox main", "mailbox main answers", "takes letters"} {
				if grade(found, what) != app.OK {
					t.Errorf("%s is not ok: %v %+v", what, err, found)
				}
			}
			for _, form := range tokens.Asked() {
				if auth == "microsoft" && form.Get("scope") != "https://outlook.office365.com/.default" {
					t.Errorf("asked for %q", form.Get("scope"))
				}
			}
			w.quiet(realtest.TokenMark, "PRIVATE KEY", "secret-value")
		})
	}
}

// quiet fails the test when the worker said a secret.
func (w *world) quiet(secrets ...string) {
	w.t.Helper()
	said := w.worker.Stdout() + w.worker.Stderr()
	for _, secret := range secrets {
		if strings.Contains(said, secret) {
			w.t.Errorf("the worker said %q", secret)
		}
	}
}

// A token that is revoked is replaced without anybody's help; a secret that is
// refused is asked about once a minute, named, and told apart from a mail server
// that is down.
func TestF48TokensRevoked(t *testing.T) {
	w := newWorld(t, options{patience: "1s"})
	tokens := w.byToken("microsoft", "secret-value", microsoftLogin)
	w.start()
	w.concern("the first")
	w.letter("lead", "ew concern")
	w.letter("deputy", "ew concern")
	asked := len(tokens.Asked())

	tokens.Revoke()
	w.imap.Kill()
	w.imap.Start()
	w.concern("the second")
	w.letter("lead", "ew concern")
	if n := len(tokens.Asked()) - asked; n > 2 { // one for each server
		t.Errorf("%d tokens after one was revoked", n)
	}

	tokens.Revoke()
	tokens.Change(func(s *realtest.TokenServer) { s.Secret = "another" })
	asked = len(tokens.Asked())
	w.imap.Kill()
	w.imap.Start()
	w.worker.Says(60*time.Second, "AADSTS7000215")
	w.worker.Says(60*time.Second, "state=refused")
	realtest.Poll(t, 30*time.Second, "readiness tells", func() error {
		if _, body := w.get("/readyz"); !strings.Contains(body, "mailbox main") {
			return fmt.Errorf("readyz: %s", body)
		}
		return nil
	})
	if n := len(tokens.Asked()) - asked; n > 4 {
		t.Errorf("the endpoint was asked %d times", n)
	}
	found, err := w.doctor()
	if err == nil || grade(found, "mailbox main: microsoft gives no token (AADSTS7000215)") != app.Fail || grade(found, "smtp: microsoft gives no token (AADSTS7000215)") != app.Fail {
		t.Errorf("%v %+v", err, found)
	}
	if fix := fixOf(found, "gives no token"); !strings.Contains(fix, "Value, not its Secret ID") {
		t.Errorf("fix: %s", fix)
	}
	if fix := fixOf(found, "mailbox main: probe"); !strings.Contains(fix, "Value, not its Secret ID") {
		t.Errorf("fix of the mailbox: %s", fix)
	}
}

func fixOf(found []app.Finding, what string) string {
	for _, f := range found {
		if strings.Contains(f.What, what) {
			return f.Fix
		}
	}
	return "not found"
}

// Tokens that no mail server takes: the doctor names what the server's operator
// must grant, and the worker tries once a minute.
func TestF48TokensThatOpenNothing(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded", patience: "1s"})
	tokens := w.byToken("microsoft", "secret-value", microsoftLogin)
	tokens.Change(func(s *realtest.TokenServer) { s.Dead = true })
	found, err := w.doctor()
	if err == nil || grade(found, "gives a token for mailbox main") != app.OK {
		t.Errorf("%v %+v", err, found)
	}
	if fix := fixOf(found, "login refused"); !strings.Contains(fix, "IMAP.AccessAsApp") || !strings.Contains(fix, "Add-MailboxPermission") {
		t.Errorf("fix of the mailbox: %s", fix)
	}
	if fix := fixOf(found, "failed at auth"); !strings.Contains(fix, "SMTP.SendAsApp") {
		t.Errorf("fix of the relay: %s", fix)
	}
	before := len(tokens.Asked())
	w.start()
	w.worker.Says(60*time.Second, "state=refused")
	w.worker.Says(60*time.Second, "letter put off") // that which tells managers
	if n := len(tokens.Asked()) - before; n > 4 {
		t.Errorf("%d tokens for a login that is refused", n)
	}
}

// 30 days before a secret ends managers are told, and the desk stays ready.
func TestSecretThatEnds(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded", patience: "1s"})
	end := time.Now().Add(20 * 24 * time.Hour).UTC().Format(time.DateOnly)
	w.byToken("microsoft", "secret-value", microsoftLogin+"secret_expires = "+end)
	w.start()
	w.letter("manager", "ends within 30 days")
	if _, body := w.get("/readyz"); body != "ok\n" {
		t.Errorf("readyz: %s", body)
	}
	if found, _ := w.doctor(); grade(found, "mailbox main: the secret ends on") != app.Warn {
		t.Errorf("%+v", found)
	}
}

// A provider's sentence, which may name a person, is in no output.
func TestT17ProviderSaysNames(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded"})
	tokens := w.byToken("microsoft", "secret-value", microsoftLogin)
	tokens.Change(func(s *realtest.TokenServer) {
		s.Answer = func(url.Values) (int, string) {
			return 400, realtest.OAuthError("invalid_grant", "AADSTS50034: The user account canary@council.example does not exist")
		}
	})
	w.start()
	w.worker.Says(60*time.Second, "AADSTS50034")
	out, err := w.dutydesk("doctor")
	if err == nil || !strings.Contains(string(out), "AADSTS50034") || strings.Contains(string(out), "canary") {
		t.Errorf("%v: %s", err, out)
	}
	w.quiet("canary")
}
