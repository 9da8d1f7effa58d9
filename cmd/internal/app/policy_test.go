package app

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/config"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla/policy"
)

// written puts a policy into a file and returns a configuration that names it.
func written(t *testing.T, text string) *config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "policy.toml")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg := council()
	cfg.SLA.Policy = file
	return cfg
}

// What is kept in the ledger opens as the same policy again, whatever the file
// says later.
func TestPolicyIsKept(t *testing.T) {
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	p, err := policy.Default()
	if err != nil {
		t.Fatal(err)
	}
	versions := map[string]bool{}
	for _, text := range []string{p.String(), strings.Replace(p.String(), `s2 = "4wh"`, `s2 = "3wh"`, 1)} {
		b, err := Book(written(t, text))
		if err != nil {
			t.Fatal(err)
		}
		versions[b.Version] = true
		if err := keepPolicy(t.Context(), l, b, time.Unix(1, 0)); err != nil {
			t.Fatal(err)
		}
	}
	rules, err := LedgerRules(t.Context(), council(), l)
	if err != nil || len(versions) != 2 || len(rules.Books) != 2 {
		t.Fatalf("%d versions, %d books, %v", len(versions), len(rules.Books), err)
	}
	for v, b := range rules.Books {
		if !versions[v] || b.Version != v {
			t.Errorf("%s opened as %s", v, b.Version)
		}
	}
	_, err = reopen(ledger.Policy{Version: "0123456789ab", Text: p.String(), Holidays: "{}"})
	if !errors.Is(err, errPolicy) {
		t.Errorf("another policy than its name says: %v", err)
	}
}

// A policy that is wrong is wrong as a configuration is, with its place.
func TestPolicyFileIsConfiguration(t *testing.T) {
	_, err := Book(written(t, "title = 7\n"))
	var wrong config.Problems
	if !errors.As(err, &wrong) || wrong[0].Line != 1 {
		t.Errorf("%v", err)
	}
	if fs := checkPolicy(t.Context(), written(t, "title = 7\n")); len(fs) != 1 || fs[0].Grade != Fail {
		t.Errorf("the doctor says %+v", fs)
	}
}

// The doctor names roles that nobody holds, and how far holidays are known.
func TestDoctorOnPolicy(t *testing.T) {
	fs := checkPolicy(t.Context(), council())
	said := ""
	for _, f := range fs {
		said += string(f.Grade) + " " + f.What + "\n"
	}
	for _, want := range []string{"warn policy: nobody holds the role on-call", "warn policy: nobody holds the role senior-officer", "bank holidays known to"} {
		if !strings.Contains(said, want) {
			t.Errorf("%q is not in\n%s", want, said)
		}
	}
}
