package app

import (
	"context"
	"time"

	"dutydesk/workflow"
)

// openRounds owes the work that comes round by itself.
func (a *App) openRounds(ctx context.Context) error {
	a.Rounds = &workflow.Rounds{Office: a.Office, ByName: map[string]workflow.Round{}}
	if hour, minute, ok := a.cfg.Desk.ReconcileAt(); ok {
		a.Rounds.ByName["reconcile"] = workflow.Round{Next: workflow.Daily(hour, minute, a.cfg.Zone()), Do: a.reconcile}
	}
	if every := time.Duration(a.cfg.Canary.Every); every > 0 {
		a.Rounds.ByName["canary"] = workflow.Round{Next: workflow.Every(every), Do: a.canary}
	}
	a.openDigests()
	return a.Rounds.Begin(ctx)
}

// missingLook is how soon after a message went missing managers are told.
const missingLook = 5 * time.Second

// tellMissing tells managers of messages that went missing from a mailbox, until
// ctx ends. A ledger that does not answer is tried again.
func (a *App) tellMissing(ctx context.Context) error {
	for {
		if err := a.Office.Missing(ctx); err != nil && ctx.Err() == nil {
			a.log.Warn("missing messages could not be told", "err", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(missingLook):
		}
	}
}
