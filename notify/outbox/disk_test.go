package outbox

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// A letter that cannot be kept is owed as before, and whoever sent it learns
// that the disk is at fault: the worker must end.
func TestBrokenDiskIsTold(t *testing.T) {
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	b := &Box{Ledger: l, Now: func() time.Time { return noon }, Log: slog.New(slog.DiscardHandler)}
	x := ledger.Letter{ID: "one", Kind: casefile.Opened, Person: "lead", Detail: "{}", Created: noon}
	if err := l.Update(t.Context(), func(tx *ledger.Tx) error { return tx.Write(x) }); err != nil {
		t.Fatal(err)
	}
	err = b.unwritten(t.Context(), x, fmt.Errorf("keep letter: %w", evidence.ErrDisk))
	if !errors.Is(err, evidence.ErrDisk) || !errors.Is(err, ledger.ErrEarly) {
		t.Errorf("told %v", err)
	}
	if due, err := l.Overdue(t.Context(), noon.Add(time.Hour), noon.Add(time.Hour), 9); err != nil || len(due) != 1 {
		t.Errorf("owed are %v, %v", due, err)
	}
}
