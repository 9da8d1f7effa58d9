package main

import (
	"database/sql"
	"errors"
	"os"
	"strings"
	"testing"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
)

// Every look at a case is noted before it is shown: by whom, for whom and why.
func TestReadsAreNoted(t *testing.T) {
	t.Setenv("SUDO_USER", "operator")
	d := newDesk(t, "embedded")
	d.concern()
	ref := rows[app.Case](d, "case", "list")[0].Ref
	letter := rows[app.Letter](d, "letters", "list")[0].ID
	if seen := rows[app.Read](d, "case", "reads", ref); len(seen) != 0 {
		t.Fatalf("%+v", seen)
	}
	d.run("case", "show", ref)
	d.run("case", "chronology", ref, "--for", "lead", "--because", "the panel meets")
	d.run("letters", "show", letter)
	seen := rows[app.Read](d, "case", "reads", ref)
	if len(seen) != 3 || seen[0].What != "case show" || seen[2].What != "letters show" || seen[1].What != "case chronology" || seen[1].Person != "lead" || seen[1].Why != "the panel meets" {
		t.Errorf("%+v", seen)
	}
	if os.Getuid() == 0 && seen[0].Reader != "operator" {
		t.Errorf("%+v", seen[0])
	}
}

// Nothing is shown for somebody who is kept from the case, and the try is
// noted; nor for somebody whom nobody knows.
func TestNoChronologyForSomebodyInConflict(t *testing.T) {
	d := newDesk(t, "embedded")
	d.take("From: learner@college.example\r\nTo: safeguarding@council.example\r\nSubject: help\r\n\r\nit is Person manager\r\n")
	ref := rows[app.Case](d, "case", "list")[0].Ref
	text, code := d.run("case", "chronology", ref, "--for", "manager")
	if code != 65 || strings.Contains(text, "The reporter") || !strings.Contains(text, "conflict of interest") {
		t.Errorf("exit %d, %s", code, text)
	}
	if seen := rows[app.Read](d, "case", "reads", ref); len(seen) != 1 || seen[0].What != "case chronology (refused)" || seen[0].Person != "manager" {
		t.Errorf("%+v", seen)
	}
	if text, code := d.run("case", "chronology", ref, "--for", "nobody"); code != 64 || strings.Contains(text, "The reporter") {
		t.Errorf("exit %d, %s", code, text)
	}
}

// What cannot be noted is not shown.
func TestNoReadWithoutItsNote(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	ref := rows[app.Case](d, "case", "list")[0].Ref
	cfg, err := config.Load(d.config, func(string) (string, bool) { return "", false })
	d.must(err)
	raw, err := sql.Open("sqlite", cfg.LedgerTarget())
	d.must(err)
	_, err = raw.ExecContext(t.Context(), "CREATE TRIGGER no_more BEFORE INSERT ON reads BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
	d.must(errors.Join(err, raw.Close()))
	for _, what := range []string{"show", "chronology"} {
		if text, code := d.run("case", what, ref); code == 0 || strings.Contains(text, "SUBMITTED") || strings.Contains(text, "The reporter") {
			t.Errorf("%s: exit %d, %s", what, code, text)
		}
	}
}
