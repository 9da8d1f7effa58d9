package ledger

import (
	"context"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
)

// Policy is a policy that cases run under, as the texts it is opened from again.
type Policy struct {
	Version  string
	Text     string // TOML
	Holidays string // JSON
	Since    time.Time
}

// KeepPolicy keeps a policy for ever. One that is kept already stays as it is.
func (l *Ledger) KeepPolicy(ctx context.Context, p Policy) error {
	err := l.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO policies (version, policy, holidays, since) VALUES ($1, $2, $3, $4) ON CONFLICT (version) DO NOTHING`, p.Version, p.Text, p.Holidays, ms(p.Since))
		return err
	})
	if err != nil {
		return fmt.Errorf("keep policy: %w", err)
	}
	return nil
}

// Policies lists those that were ever in force, the first one first.
func (l *Ledger) Policies(ctx context.Context) (ps []Policy, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT version, policy, holidays, since FROM policies ORDER BY since, version`)
	if err != nil {
		return nil, fmt.Errorf("list policies: %w", err)
	}
	err = each(rows, func() error {
		var p Policy
		var since int64
		err := rows.Scan(&p.Version, &p.Text, &p.Holidays, &since)
		p.Since = instant(since)
		ps = append(ps, p)
		return err
	})
	return ps, err
}

const listClocked = `SELECT ref FROM cases WHERE state NOT IN (` + over + `) AND policy_version <> '' AND ref > $1 ORDER BY ref LIMIT $2`

// Clocked lists the references of open cases that run by a policy, in their own
// order: at most limit of those behind the one called last.
func (l *Ledger) Clocked(ctx context.Context, last casefile.Ref, limit int) (refs []casefile.Ref, err error) {
	rows, err := l.read.QueryContext(ctx, listClocked, string(last), limit)
	if err != nil {
		return nil, fmt.Errorf("list cases by policy: %w", err)
	}
	err = each(rows, func() error {
		var ref casefile.Ref
		err := rows.Scan(&ref)
		refs = append(refs, ref)
		return err
	})
	return refs, err
}
