package ledgertest

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"dutydesk/workflow/ledger"
)

// AppendOnly proves that the database itself refuses to change or remove an
// event or the note of a read, whoever asks. Raw is the database behind the ledger's back.
func AppendOnly(t *testing.T, l *ledger.Ledger, raw *sql.DB) {
	b := &book{T: t, Ledger: l}
	c := b.opened()
	b.must(b.NoteRead(t.Context(), ledger.Read{Case: c.Ref, At: noon, Reader: "root"}))
	for _, text := range []string{"UPDATE events SET note = 'nothing happened'", "DELETE FROM events", "UPDATE reads SET reader = 'nobody'", "DELETE FROM reads"} {
		if _, err := raw.ExecContext(t.Context(), text); err == nil || !strings.Contains(err.Error(), "s is append-only") {
			t.Errorf("%s: %v", text, err)
		}
	}
	b.wantChronology(c.Ref, "opened")
}

// Schemas proves that a ledger is told from one that was never begun, from one
// of an older program and from one of a newer (F27). It leaves raw spoilt.
func Schemas(t *testing.T, l *ledger.Ledger, raw *sql.DB) {
	for _, step := range []struct {
		then string
		want error
	}{
		{"SELECT 1", nil},
		{"INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)", ledger.ErrSchema},
		{"DELETE FROM goose_db_version WHERE version_id > 9", ledger.ErrOlder},
		{"DELETE FROM goose_db_version WHERE version_id > 0", ledger.ErrNone},
		{"DROP TABLE goose_db_version", ledger.ErrNone},
	} {
		if _, err := raw.ExecContext(t.Context(), step.then); err != nil {
			t.Fatal(err)
		}
		if err := l.Schema(t.Context()); !errors.Is(err, step.want) {
			t.Errorf("after %s: %v, want %v", step.then, err, step.want)
		}
	}
	if blank, err := l.Blank(t.Context()); !blank || err != nil {
		t.Errorf("without schema: blank %v, %v", blank, err)
	}
}

// Newer proves that a ledger written by a newer program is refused and left
// alone (F27).
func Newer(t *testing.T, raw *sql.DB, open func() error) {
	if _, err := raw.ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, true)"); err != nil {
		t.Fatal(err)
	}
	if err := open(); !errors.Is(err, ledger.ErrSchema) || !strings.Contains(err.Error(), "newer") {
		t.Errorf("open: %v, want ErrSchema", err)
	}
}
