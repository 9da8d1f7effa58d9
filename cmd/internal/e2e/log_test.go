package e2e

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/realtest"
)

// While the database is away the log stays readable, and says once that it is
// back (F14, F22).
func TestF22LogWithoutPostgres(t *testing.T) {
	p := realtest.Postgres(t, "fsync=on")
	w := newWorld(t, options{ledger: p.Database()})
	w.start()
	w.concern("so that jobs are owed")
	w.letter("lead", "ew concern")
	before := len(w.worker.Stderr())
	p.Kill()
	w.worker.Says(30*time.Second, "part of the desk is down\" part=ledger")
	w.concern("while it is away")
	w.worker.Says(60*time.Second, "unsaid=") // the outage lasts until some lines were kept back
	p.Start()
	const back = "part of the desk works again\" part=ledger"
	w.worker.Says(30*time.Second, back)
	said := w.worker.Stderr()[before:]
	lines := strings.Count(said, "\n")
	t.Logf("%d lines", lines)
	if lines > 60 || strings.Count(said, back) != 1 {
		t.Errorf("%d lines:\n%s", lines, said)
	}
	realtest.Poll(t, 60*time.Second, "both cases", func() error {
		if n := len(w.books().Cases); n != 2 {
			return fmt.Errorf("%d cases", n)
		}
		return nil
	})
}
