package ledger

import (
	"context"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
)

// nextOfAll reads what is still to ring by its partial index.
const nextOfAll = `SELECT subject, min(due_at) FROM jobs WHERE done_at = 0 AND parked_at = 0 AND kind = 'alarm' GROUP BY subject`

// NextOfAll is [Ledger.Next] of every case that waits for an alarm, in one query.
func (l *Ledger) NextOfAll(ctx context.Context) (map[casefile.Ref]time.Time, error) {
	rows, err := l.read.QueryContext(ctx, nextOfAll)
	if err != nil {
		return nil, fmt.Errorf("next alarms: %w", err)
	}
	next := map[casefile.Ref]time.Time{}
	err = each(rows, func() error {
		var ref casefile.Ref
		var due int64
		err := rows.Scan(&ref, &due)
		next[ref] = instant(due)
		return err
	})
	return next, err
}

// ExhibitsOfAll is [Ledger.Exhibits] of every arrival that has some, by the
// arrival's id, in one query.
func (l *Ledger) ExhibitsOfAll(ctx context.Context) (map[string][]Exhibit, error) {
	rows, err := l.read.QueryContext(ctx, `SELECT arrival, `+exhibitColumns+` FROM exhibits ORDER BY arrival, n`)
	if err != nil {
		return nil, fmt.Errorf("list exhibits: %w", err)
	}
	all := map[string][]Exhibit{}
	err = each(rows, func() error {
		var of string
		x, err := scanExhibit(rows, &of)
		all[of] = append(all[of], x)
		return err
	})
	return all, err
}

const exhibitColumns = `n, name, declared, sniffed, how, size, sha256`

// scanExhibit reads exhibitColumns behind what stands before them.
func scanExhibit(s scanner, before ...any) (x Exhibit, err error) {
	err = s.Scan(append(before, &x.N, &x.Name, &x.Declared, &x.Sniffed, &x.How, &x.Size, &x.SHA256)...)
	return x, err
}
