package config

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"log/slog"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// canary stands wherever a secret is read from; it must come out only where the
// secret is asked for.
const canary = "canary-5fd1b7"

// certificate makes one, of an authority or of a server that signs itself.
func certificate(t testing.TB, authority bool) string {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	cert := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: authority, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, cert, cert, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

func environment(vars map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) { v, ok := vars[name]; return v, ok }
}

func loadGood(t *testing.T, vars map[string]string) (*Config, error) {
	t.Helper()
	dir, text := goodConfig(t)
	return Load(writeConfig(t, dir, text), environment(vars))
}

func TestAllProblemsAreListedAtOnce(t *testing.T) {
	dir, text := goodConfig(t)
	text = strings.NewReplacer(`level = "info"`, `level = "loud"`, `poll = "30s"`, `pol = "30s"`, `lead = "lead"`, `lead = "leed"`, `tls = "starttls"`, `tls = "none"`).Replace(text)
	_, err := Load(writeConfig(t, dir, text), noEnv)
	var ps Problems
	if !errors.As(err, &ps) || len(ps) != 4 {
		t.Fatalf("got %v", err)
	}
	for i, key := range []string{"mailbox.pol", "smtp.tls", "organisation.lead", "log.level"} {
		if ps[i].Key != key {
			t.Errorf("problem %d is %v, want %s", i, ps[i], key)
		}
	}
	if want := filepath.Join(dir, "dutydesk.toml") + ":29:1: mailbox.pol: unknown key; did you mean poll?"; ps[0].Error() != want {
		t.Errorf("got  %s\nwant %s", ps[0], want)
	}
}

func TestMissingFileNamesTheWayOut(t *testing.T) {
	var ps Problems
	if _, err := Load(filepath.Join(t.TempDir(), "none.toml"), noEnv); !errors.As(err, &ps) || !strings.Contains(err.Error(), "config describe") {
		t.Error(err)
	}
}

// What trial allows and production does not, each by itself.
func TestProductionRefusesTrialParts(t *testing.T) {
	base := map[string]string{"DUTYDESK_ENVIRONMENT": "production", "DUTYDESK_MAILBOX__PROVIDER__TLS": "implicit"}
	for _, tt := range []struct{ name, value, says string }{
		{"", "", ""},
		{"DUTYDESK_MAILBOX__PROVIDER__TLS", "none", `"none" is refused in production`},
		{"DUTYDESK_REDIS__URL", "embedded", "refused in production"},
		{"DUTYDESK_DATA", "data", "depends on where the program is started"},
		{"DUTYDESK_DESK__PATIENCE", "6m", "too long for production"},
		{"DUTYDESK_ROLES__MANAGERS", "", "nobody would hear of breaches"},
		{"DUTYDESK_DIGEST__AT", "", "nobody would notice that the desk is dead"},
		{"DUTYDESK_MAILBOX__SAFEGUARDING__CA_FILE", "self.pem", "server's own certificate"},
	} {
		dir, text := goodConfig(t)
		vars := map[string]string{tt.name: strings.Replace(tt.value, "self.pem", filepath.Join(dir, "self.pem"), 1)}
		for k, v := range base {
			if _, ok := vars[k]; !ok {
				vars[k] = v
			}
		}
		_, err := Load(writeConfig(t, dir, text), environment(vars))
		if tt.says == "" {
			if err != nil {
				t.Error(err)
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), tt.says) || !strings.HasPrefix(err.Error(), "$"+tt.name+": ") {
			t.Errorf("%s: %v", tt.name, err)
		}
	}
}

func TestEnvironmentOverridesEveryKey(t *testing.T) {
	c, err := loadGood(t, map[string]string{
		"DUTYDESK_SERVICE__NAME":                 "Another desk",
		"DUTYDESK_ROLES__MANAGERS":               "la-lead, manager",
		"DUTYDESK_SLA__ACKNOWLEDGE":              "90m",
		"DUTYDESK_MAILBOX__SAFEGUARDING__FOLDER": "Concerns",
		"DUTYDESK_PERSON__LA_LEAD__NAME":         "Helen M",
		"DUTYDESK_WEB__LISTEN":                   "",
		"DUTYDESK_SMTP__PASSWORD":                "from env",
	})
	if err != nil {
		t.Fatal(err)
	}
	password, err := c.SMTP.Secret()
	got := []any{c.Service.Name, c.Roles.Managers, c.SLA.Acknowledge.String(), c.Mailboxes[0].Folder, c.Mailboxes[1].Folder, c.Persons[3].Name, c.Web.Listen, password, err}
	want := []any{"Another desk", []string{"la-lead", "manager"}, "1h30m", "Concerns", "INBOX", "Helen M", "", "from env", nil}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	_, err = loadGood(t, map[string]string{"DUTYDESK_SLA__ACKNOWLEDGE": "soon"})
	if err == nil || !strings.HasPrefix(err.Error(), "$DUTYDESK_SLA__ACKNOWLEDGE: sla.acknowledge: ") {
		t.Error(err)
	}
}

// A variable that looks like ours and is no key's was meant to be one.
func TestUnknownVariables(t *testing.T) {
	dir, text := goodConfig(t)
	path := writeConfig(t, dir, text)
	for _, tt := range []struct{ line, says string }{
		{"DUTYDESK_SMPT__ADDRESS=x", "$DUTYDESK_SMPT__ADDRESS: unknown variable; did you mean DUTYDESK_SMTP__ADDRESS?"},
		{"DUTYDESK_SMTP_PASSWORD=" + canary, "did you mean DUTYDESK_SMTP__PASSWORD?"},
		{"DUTYDESK_MAILBOX__SAFEGARDING__USER=x", "did you mean DUTYDESK_MAILBOX__SAFEGUARDING__USER?"},
		{"DUTYDESK_PERSON__NOBODY__NAME=x", "$DUTYDESK_PERSON__NOBODY__NAME: unknown variable"},
		{"DUTYDESK_FROBNICATE=x", "config describe"},
	} {
		_, err := LoadIn(path, []string{"PATH=/bin", tt.line})
		var ps Problems
		if !errors.As(err, &ps) || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), canary) {
			t.Errorf("%v\nwant %s", err, tt.says)
		}
	}
	c, err := LoadIn(path, []string{"PATH=/bin", "DUTYDESK_SWEEP=20m", "DUTYDESK_SERVICE__NAME=Another=desk", "dutydesk_other=x"})
	if err != nil || c.Service.Name != "Another=desk" {
		t.Error(err)
	}
}

// Managers may be missing on trial; in production the place is named.
func TestProductionWantsManagers(t *testing.T) {
	dir, text := goodConfig(t)
	text = strings.NewReplacer(`managers = ["manager", "service-lead"]`, "managers = []", `tls = "none"`, `tls = "implicit"`).Replace(text)
	if _, err := Load(writeConfig(t, dir, text), noEnv); err != nil {
		t.Errorf("on trial: %v", err)
	}
	_, err := Load(writeConfig(t, dir, strings.Replace(text, `"trial"`, `"production"`, 1)), noEnv)
	line := strings.Count(text[:strings.Index(text, "managers = []")], "\n") + 1
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("dutydesk.toml:%d:1: roles.managers: ", line)) || strings.Count(err.Error(), "\n") > 0 {
		t.Errorf("in production: %v, want line %d", err, line)
	}
}

// Every scalar key of the struct has its variable, or a new section would be
// forgotten.
func TestEveryKeyHasItsVariable(t *testing.T) {
	asked := map[string]bool{}
	dir, text := goodConfig(t)
	Load(writeConfig(t, dir, text), func(name string) (string, bool) { asked[name] = true; return "", false })
	for f := range reflect.TypeFor[Config]().Fields() {
		name, table := "DUTYDESK_"+strings.ToUpper(keyOf(f)), f.Type
		if isList(table) {
			continue // by name, see above
		}
		if !isTable(table) {
			if !asked[name] {
				t.Error(name)
			}
			continue
		}
		for _, key := range keys(table) {
			if !asked[name+"__"+strings.ToUpper(key)] {
				t.Error(name, key)
			}
		}
	}
}

// A credential of systemd comes before the environment, and that before the file.
func TestSecretsAreLookedForInOrder(t *testing.T) {
	creds := t.TempDir()
	vars := map[string]string{"CREDENTIALS_DIRECTORY": creds, "DUTYDESK_SMTP__PASSWORD": "second"}
	c, err := loadGood(t, vars)
	if err != nil {
		t.Fatal(err)
	}
	os.WriteFile(filepath.Join(creds, "smtp"), []byte("first\n"), 0o400)
	if got, err := c.SMTP.Secret(); got != "first" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	os.Remove(filepath.Join(creds, "smtp"))
	if got, err := c.SMTP.Secret(); got != "second" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	os.WriteFile(filepath.Join(creds, "imap-provider"), []byte("mine\n"), 0o400)
	for i, want := range []string{canary, "mine"} {
		if got, err := c.Mailboxes[i].Secret(); got != want || err != nil {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestLedgerTarget(t *testing.T) {
	for _, tt := range []struct{ vars, want string }{
		{"", "DIR/data/ledger.db"},
		{"URL=sqlite:/elsewhere/l.db", "/elsewhere/l.db"},
		{"URL=postgres://d@127.0.0.1/d", "postgres://d@127.0.0.1/d"},
		{"URL=postgres://d@127.0.0.1/d PASSWORD=a:b/c", "postgres://d:a%3Ab%2Fc@127.0.0.1/d"},
		{"URL=postgres://d:a%3Ab@127.0.0.1/d", "postgres://d:a%3Ab@127.0.0.1/d"},
		{"URL=postgres://d@db.example/d?sslmode=verify-full PASSWORD_FILE=DIR/smtp-password", "postgres://d:" + canary + "@db.example/d?sslmode=verify-full"},
		{"URL=postgres:///d?host=/run/postgresql", "postgres:///d?host=/run/postgresql"},
		{"URL= URL_FILE=DIR/url", "postgres://127.0.0.1/x"},
	} {
		dir, text := goodConfig(t)
		vars := map[string]string{}
		for _, v := range strings.Fields(strings.ReplaceAll(tt.vars, "DIR", dir)) {
			name, value, _ := strings.Cut(v, "=")
			vars["DUTYDESK_LEDGER__"+name] = value
		}
		c, err := Load(writeConfig(t, dir, text), environment(vars))
		if err != nil {
			t.Error(err)
			continue
		}
		if got, want := c.LedgerTarget(), strings.ReplaceAll(tt.want, "DIR", dir); got != want {
			t.Errorf("%s: %s", tt.vars, got)
		}
	}
}

// No way of printing a configuration prints a secret, wherever it came from.
func TestSecretsNeverPrint(t *testing.T) {
	c, err := loadGood(t, map[string]string{
		"DUTYDESK_SMTP__PASSWORD": canary, "DUTYDESK_MAILBOX__PROVIDER__PASSWORD": canary,
		"DUTYDESK_REDIS__URL":  "redis://:" + canary + "@127.0.0.1:6379/0",
		"DUTYDESK_LEDGER__URL": "postgres://desk:" + canary + "@127.0.0.1/desk",
	})
	if err != nil {
		t.Fatal(err)
	}
	if password, err := c.Redis.Secret(); password != canary || err != nil {
		t.Error("the password in the Redis URL was lost", err)
	}
	s, out := NewSecret(canary), &bytes.Buffer{}
	deep := struct{ secret *Config }{c}
	for _, v := range []any{s, &s, c, *c, c.SMTP, &c.SMTP, c.Mailboxes, deep, []Secret{s}, map[string]Secret{"a": s}, struct{ s Secret }{s}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(out, verb, v)
		}
		b, _ := json.Marshal(v)
		out.Write(b)
		slog.New(slog.NewTextHandler(out, nil)).Info("x", "v", v)
		slog.New(slog.NewJSONHandler(out, nil)).Info("x", "v", v)
	}
	if err := c.Show(out); err != nil {
		t.Fatal(err)
	}
	if i := strings.Index(out.String(), canary); i >= 0 {
		t.Errorf("printed: …%s…", out.String()[max(0, i-80):i+20])
	}
	if !strings.Contains(out.String(), `# password = "(secret)", from $DUTYDESK_SMTP__PASSWORD`) {
		t.Error("show does not say where the password comes from")
	}
}

// A refused file may hold a secret in the wrong place; the refusal repeats none.
func TestProblemsRepeatNoSecret(t *testing.T) {
	for _, lines := range []string{"[smtp]\npassword = \"" + canary + "\"", "[ledger]\nurl = \"postgres://u:" + canary + "@h/d\"",
		"[redis]\nurl = \"rediz://:" + canary + "@h\"", "[redis]\nurl = \"redis://:" + canary + "@h:x\"", "[ledger]\nurl = \"u:" + canary + "@h/d\""} {
		dir := t.TempDir()
		_, err := Load(writeConfig(t, dir, lines), noEnv)
		if err == nil || strings.Contains(err.Error(), canary) {
			t.Error(err)
		}
	}
}

// What describe prints is in order, once the passwords are there; and show
// prints a file that says the same again.
func TestDescribeAndShowAreRead(t *testing.T) {
	var text, once, twice bytes.Buffer
	if err := Describe(&text); err != nil {
		t.Fatal(err)
	}
	vars := map[string]string{"DUTYDESK_SMTP__PASSWORD": "x", "DUTYDESK_MAILBOX__SAFEGUARDING__PASSWORD": "y"}
	dir := t.TempDir()
	c, err := Load(writeConfig(t, dir, text.String()), environment(vars))
	if err != nil {
		t.Fatal(err)
	}
	c.Show(&once)
	c, err = Load(writeConfig(t, dir, once.String()), environment(vars))
	if err != nil {
		t.Fatal(err)
	}
	if c.Show(&twice); twice.String() != once.String() {
		t.Errorf("once\n%s\ntwice\n%s", &once, &twice)
	}
}

// With every "#" before a key taken away, describe still prints a file with no
// unknown key and nothing but defaults: what it says of defaults is true.
func TestDescribeTellsTheDefaults(t *testing.T) {
	var text, plain, all bytes.Buffer
	Describe(&text)
	vars := map[string]string{"DUTYDESK_SMTP__PASSWORD": "x", "DUTYDESK_MAILBOX__SAFEGUARDING__PASSWORD": "y"}
	var lines []string
	for _, line := range strings.Split(text.String(), "\n") {
		if key, _, ok := strings.Cut(line, " = "); ok && strings.HasPrefix(key, "# ") && !strings.Contains(key[2:], " ") {
			line = line[2:]
		}
		lines = append(lines, line)
	}
	for _, tt := range []struct {
		text string
		out  *bytes.Buffer
	}{{text.String(), &plain}, {strings.Join(lines, "\n"), &all}} {
		c, err := Load(writeConfig(t, t.TempDir(), tt.text), environment(vars))
		if err != nil {
			t.Fatal(err)
		}
		c.Show(tt.out)
	}
	if plain.String() != all.String() {
		t.Errorf("the defaults are\n%s\nbut described as\n%s", &plain, &all)
	}
}

// Every key says what it means.
func TestEveryKeyIsDocumented(t *testing.T) {
	var walk func(reflect.Type)
	walk = func(table reflect.Type) {
		for f := range table.Fields() {
			if doc := f.Tag.Get("doc"); f.IsExported() && (keyOf(f) == "" || len(doc) < 10 || !strings.HasSuffix(doc, ".")) {
				t.Errorf("%s.%s: %q", table.Name(), f.Name, doc)
			}
			if isTable(f.Type) && f.IsExported() {
				walk(f.Type)
			}
			if isList(f.Type) {
				walk(f.Type.Elem())
			}
		}
	}
	walk(reflect.TypeFor[Config]())
}

func FuzzLoad(f *testing.F) {
	good, err := os.ReadFile("testdata/good.toml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(good))
	f.Add("a.b.c = [[1, {x = 2}], 'y']\n[mailbox.x]\n[[smtp.y]]")
	f.Fuzz(func(t *testing.T, text string) {
		path := filepath.Join(t.TempDir(), "f.toml")
		os.WriteFile(path, []byte(text), 0o600)
		_, err := Load(path, noEnv)
		var ps Problems
		if err != nil && !errors.As(err, &ps) {
			t.Errorf("not problems: %v", err)
		}
		for _, p := range ps {
			if p.Line < 1 || p.Column < 1 || p.Line > strings.Count(text, "\n")+2 {
				t.Errorf("no such place: %v", p)
			}
		}
	})
}
