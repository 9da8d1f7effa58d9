package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Mark writes down value under name unless something is written there, and
// returns what stands: of several workers that begin together the first one's
// word holds for all.
func (l *Ledger) Mark(ctx context.Context, name, value string) (stands string, err error) {
	return l.mark(ctx, `INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING`, name, value)
}

// Remark writes down value under name, whatever stood there.
func (l *Ledger) Remark(ctx context.Context, name, value string) error {
	_, err := l.mark(ctx, `INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value`, name, value)
	return err
}

func (l *Ledger) mark(ctx context.Context, write, name, value string) (stands string, err error) {
	err = l.Update(ctx, func(tx *Tx) error {
		if _, err := tx.exec(write, name, value); err != nil {
			return err
		}
		return tx.row(selectMark, name).Scan(&stands)
	})
	if err != nil {
		return "", fmt.Errorf("mark %s: %w", name, err)
	}
	return stands, nil
}

const selectMark = `SELECT value FROM marks WHERE name = $1`

// Marked is what is written down under name, "" if nothing is.
func (l *Ledger) Marked(ctx context.Context, name string) (value string, err error) {
	err = l.read.QueryRowContext(ctx, selectMark, name).Scan(&value)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", fmt.Errorf("read mark %s: %w", name, err)
	}
	return value, nil
}
