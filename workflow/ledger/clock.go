package ledger

import (
	"context"
	"fmt"
	"time"
)

// Clock is what the database server's clock shows, UTC; ok is false where the
// database has none of its own.
func (l *Ledger) Clock(ctx context.Context) (now time.Time, ok bool, err error) {
	if l.d.together {
		return now, false, nil
	}
	var at int64
	const text = `SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)`
	if err := l.write.QueryRowContext(ctx, text).Scan(&at); err != nil {
		return now, false, fmt.Errorf("read the database's clock: %w", err)
	}
	return instant(at), true, nil
}
