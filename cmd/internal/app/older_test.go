package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/config"
	"dutydesk/intake/evidence"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// A ledger that was restored from before the evidence is found out, by doctor
// and at the start; one that was away for a moment is not.
func TestLedgerOlderThanEvidence(t *testing.T) {
	w := newWard(t)
	cfg := &config.Config{Data: t.TempDir()}
	s, err := evidence.Open(cfg.EvidenceDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	a := &App{Ledger: w.ledger, Store: s, Office: w.Office, clock: RealClock(), log: slog.New(slog.DiscardHandler)}
	beat := func(at time.Time) {
		t.Helper()
		if err := w.ledger.Update(t.Context(), func(tx *ledger.Tx) error { _, err := tx.Beat(at, 0); return err }); err != nil {
			t.Fatal(err)
		}
	}
	look := func(when string, doctor, letters int) {
		t.Helper()
		if err := a.older(t.Context()); err != nil {
			t.Fatal(err)
		}
		w.want(w.after(0, workflow.Trouble), letters, when)
		if found := checkOlder(t.Context(), w.ledger, cfg); len(found) != doctor {
			t.Errorf("%s: %+v", when, found)
		}
	}
	look("a first start", 0, 0)
	x, err := s.Seal(t.Context(), strings.NewReader("a report"))
	if err != nil {
		t.Fatal(err)
	}
	beat(time.Now().Add(-10 * time.Minute))
	look("sealed while the ledger was away", 0, 0)
	beat(time.Now().Add(-24 * time.Hour))
	look("yesterday's ledger", 1, 1)
	old := time.Now().Add(-48 * time.Hour)
	if err := os.Chtimes(filepath.Join(cfg.EvidenceDir(), "exhibits", string(x.Digest)), old, old); err != nil {
		t.Fatal(err)
	}
	look("the folder alone is young", 0, 1)
}
