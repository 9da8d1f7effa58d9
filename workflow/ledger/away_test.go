package ledger_test

import (
	"errors"
	"path/filepath"
	"testing"

	"dutydesk/workflow/ledger"
)

// A database that cannot be asked is told from one that is refused: the first
// may come back by itself.
func TestAway(t *testing.T) {
	for _, target := range []string{filepath.Join(t.TempDir(), "none", "desk.db"), "postgres://desk@127.0.0.1:1/desk?connect_timeout=2"} {
		if l, err := ledger.Open(t.Context(), target); !errors.Is(err, ledger.ErrAway) || errors.Is(err, ledger.ErrSchema) {
			t.Errorf("open %s: %v, want ErrAway", target, err)
			if l != nil {
				l.Close()
			}
		}
	}
	if _, err := ledger.OpenReading(t.Context(), "postgres://desk@127.0.0.1:1/desk?connect_timeout=2"); !errors.Is(err, ledger.ErrAway) {
		t.Errorf("open for reading: %v, want ErrAway", err)
	}
}
