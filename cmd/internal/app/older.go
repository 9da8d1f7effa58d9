package app

import (
	"context"
	"fmt"
	"time"

	"dutydesk/config"
	"dutydesk/intake/evidence"
	"dutydesk/workflow/ledger"
)

// olderPart is the finding that the ledger is older than the evidence.
const olderPart = "older"

// lateSeal is how long after the ledger's last word an exhibit may have been
// sealed: while the ledger is away mail is sealed before it is refused.
const lateSeal = time.Hour

// sealedSince counts the exhibits that were sealed long after the ledger was
// last written: then it was restored from before them.
func sealedSince(ctx context.Context, l *ledger.Ledger, s *evidence.Store) (n int, last time.Time, err error) {
	if last, err = l.LastBeat(ctx); err != nil || last.IsZero() {
		return 0, last, err
	}
	n, err = s.SealedAfter(ctx, last.Add(lateSeal))
	return n, last, err
}

// older tells managers, once, that the ledger is older than the evidence. It
// comes before this life's first beat.
func (a *App) older(ctx context.Context) error {
	if a.clock.Check == nil { // the demo's leaps are not the disk's time
		return nil
	}
	n, last, err := sealedSince(ctx, a.Ledger, a.Store)
	if err != nil || n == 0 {
		return err
	}
	a.log.Error("the ledger is older than the evidence", "exhibits", n, "ledger", last)
	return a.Office.Warn(ctx, olderPart, last)
}

// checkOlder says the same before the worker starts.
func checkOlder(ctx context.Context, l *ledger.Ledger, cfg *config.Config) []Finding {
	s, err := evidence.OpenReading(cfg.EvidenceDir())
	if err != nil {
		return nil // said of the folder, or there is none yet
	}
	defer s.Close()
	n, last, err := sealedSince(ctx, l, s)
	if err != nil || n == 0 {
		return nil // said of the schema
	}
	return []Finding{warn(fmt.Sprintf("the ledger is older than the evidence: %d exhibits were kept after %s", n, last.In(cfg.Zone()).Format("15:04 on Monday 2 January 2006")),
		"the ledger was restored from a backup, and cases that came since are not in it", "look for a younger backup of the ledger, and run: dutydesk evidence verify")}
}
