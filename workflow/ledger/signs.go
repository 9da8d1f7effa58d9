package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"
)

// Signs returns what was noted of the messages under keys: one sign for each
// message that was taken in under a key, in no order; a key of which nothing was
// noted is absent.
func (l *Ledger) Signs(ctx context.Context, keys []string) (map[string][]string, error) {
	signs := make(map[string][]string, len(keys))
	for some := range slices.Chunk(keys, 500) {
		if err := l.signs(ctx, some, signs); err != nil {
			return nil, fmt.Errorf("look up signs: %w", err)
		}
	}
	return signs, nil
}

func (l *Ledger) signs(ctx context.Context, keys []string, into map[string][]string) error {
	args := make([]any, len(keys))
	for i, k := range keys {
		args[i] = k
	}
	rows, err := l.read.QueryContext(ctx, `SELECT door_key, sign FROM signs WHERE door_key IN (`+places(1, len(keys))+`)`, args...)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		var key, sign string
		err := rows.Scan(&key, &sign)
		into[key] = append(into[key], sign)
		return err
	})
}

// Sign notes one sign for each key, beside those that are noted already.
func (l *Ledger) Sign(ctx context.Context, signs map[string]string) error {
	err := l.Update(ctx, func(tx *Tx) error {
		for _, key := range slices.Sorted(maps.Keys(signs)) {
			if _, err := tx.exec(`INSERT INTO signs (door_key, sign) VALUES ($1,$2) ON CONFLICT (door_key, sign) DO NOTHING`, key, clean(signs[key])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("note signs: %w", err)
	}
	return nil
}
