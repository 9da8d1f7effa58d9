package app

import (
	"context"
	"errors"
	"time"

	"dutydesk/config"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// unhurried leaves what a decision owes to the sweep of the worker, which finds
// it within seconds.
type unhurried struct{}

func (unhurried) Offer(...ledger.Job) {}

// Acting opens an office beside the worker, for one act of an operator. The
// ledger must be there and up to date.
func Acting(ctx context.Context, cfg *config.Config) (o *workflow.Office, done func() error, err error) {
	l, err := ledger.Open(ctx, cfg.LedgerTarget())
	if err != nil {
		return nil, nil, err
	}
	key, err := ledgerKey(ctx, l, cfg.KeyFile())
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	rules, err := LedgerRules(ctx, cfg, l)
	if err != nil {
		return nil, nil, errors.Join(err, l.Close())
	}
	if b, err := Book(cfg); err == nil && rules.Books[b.Version] != nil { // another is in force once the worker has read it
		rules.Version = b.Version
	}
	return &workflow.Office{Ledger: l, Rules: rules, Key: key, Prefix: cfg.Service.ReferencePrefix, Now: time.Now, Reminder: unhurried{}}, l.Close, nil
}
