package ledgertest

import (
	"database/sql"
	"errors"
	"strings"
	"testing"

	"dutydesk/workflow/ledger"
)

// AppendOnly proves that the database itself refuses to change or remove an
// event, whoever asks. Raw is the database behind the ledger's back.
func AppendOnly(t *testing.T, l *ledger.Ledger, raw *sql.DB) {
	b := &book{T: t, Ledger: l}
	c := b.opened()
	for _, text := range []string{"UPDATE events SET note = 'nothing happened'", "DELETE FROM events"} {
		if _, err := raw.ExecContext(t.Context(), text); err == nil || !strings.Contains(err.Error(), "events is append-only") {
			t.Errorf("%s: %v", text, err)
		}
	}
	b.wantChronology(c.Ref, "opened")
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
