package e2e

import (
	"testing"

	"dutydesk/cmd/internal/realtest"
)

// F22: managers hear that the database is down while it is, and that it is back.
func TestF22DatabaseDownIsTold(t *testing.T) {
	p := realtest.Postgres(t, "fsync=on")
	w := newWorld(t, options{ledger: p.Database(), patience: "4s"})
	w.start()
	w.concern("before")
	w.letter("lead", "ew concern")
	p.Kill()
	w.letter("manager", "database did not answer")
	p.Start()
	w.letter("manager", "working again")
}
