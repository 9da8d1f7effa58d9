package ledger

import (
	"context"
	"fmt"
	"time"
)

// Unwritten is why a letter's job was put off when the letter could not be
// written or kept.
const Unwritten = "could not be written"

// putOff is longer than a letter that could not be written is ever put off.
const putOff = 2 * time.Minute

const countUnwritten = `SELECT count(*) FROM jobs JOIN letters ON letters.id = jobs.subject
	WHERE jobs.done_at = 0 AND jobs.parked_at = 0 AND jobs.due_at < $1 AND jobs.kind = 'letter' AND jobs.why = $2 AND letters.created_at < $3`

// UnwrittenCount counts the letters that were decided on before a moment and
// could not be written or kept when that was last tried, as seen at now.
func (l *Ledger) UnwrittenCount(ctx context.Context, now, before time.Time) (n int, err error) {
	if err = l.read.QueryRowContext(ctx, countUnwritten, ms(now.Add(putOff)), Unwritten, ms(before)).Scan(&n); err != nil {
		return 0, fmt.Errorf("count unwritten letters: %w", err)
	}
	return n, nil
}
