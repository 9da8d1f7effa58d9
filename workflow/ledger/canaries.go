package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Flight is a test mail of our own, a canary, that must come back through the mailbox.
type Flight struct {
	ID   string
	Due  time.Time // by when
	Back time.Time // when it came; zero while it has not
}

// LetFly writes down, before it is sent, that a canary with this print is to be
// back by due. The same id twice is one canary with the first due time.
func (t *Tx) LetFly(id, print string, due time.Time) error {
	_, err := t.exec(`INSERT INTO canaries (id, due_at, sha256) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING`, id, ms(due), print)
	if err != nil {
		return fmt.Errorf("release canary: %w", err)
	}
	return nil
}

// CameBack records that a canary came back. It reports false, and has recorded
// nothing, for one that was never released, or with another print. One that an
// older program sent has none until it is back, and the mail's content then.
func (t *Tx) CameBack(id, print, content string, at time.Time) (bool, error) {
	n, err := t.exec(`UPDATE canaries SET back_at = CASE WHEN back_at = 0 THEN $1 ELSE back_at END,
		sha256 = CASE WHEN sha256 = '' THEN $2 ELSE sha256 END
		WHERE id = $3 AND (sha256 = $2 OR sha256 = '' AND back_at = 0 OR sha256 = $4 AND sha256 <> '')`, ms(at), print, id, content)
	if err != nil {
		return false, fmt.Errorf("canary came back: %w", err)
	}
	return n == 1, nil
}

// LastCanary is the canary that was to be back last before now; ErrNotFound if
// there is none.
func (l *Ledger) LastCanary(ctx context.Context, now time.Time) (c Flight, err error) {
	var due, back int64
	err = l.read.QueryRowContext(ctx, `SELECT id, due_at, back_at FROM canaries WHERE due_at <= $1 ORDER BY due_at DESC LIMIT 1`, ms(now)).Scan(&c.ID, &due, &back)
	if errors.Is(err, sql.ErrNoRows) {
		return c, ErrNotFound
	}
	if err != nil {
		return c, fmt.Errorf("last canary: %w", err)
	}
	c.Due, c.Back = instant(due), instant(back)
	return c, nil
}
