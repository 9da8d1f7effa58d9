package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
)

// Trouble is a part of the desk that is down.
type Trouble struct {
	Name  string
	Since time.Time
	Told  time.Time // when managers were told; zero if they were not yet
}

// Down records that a part is down since at, and returns the trouble as it
// stands: an earlier record is kept.
func (l *Ledger) Down(ctx context.Context, name string, at time.Time) (t Trouble, err error) {
	t.Name = name
	err = l.Update(ctx, func(tx *Tx) error {
		var since, told int64
		if _, err := tx.exec(`INSERT INTO troubles (name, since, told_at) VALUES ($1, $2, 0) ON CONFLICT (name) DO NOTHING`, name, ms(at)); err != nil {
			return err
		}
		err := tx.row(`SELECT since, told_at FROM troubles WHERE name = $1`, name).Scan(&since, &told)
		t.Since, t.Told = instant(since), instant(told)
		return err
	})
	return t, err
}

// Troubles lists the troubles that last, the oldest first.
func (l *Ledger) Troubles(ctx context.Context) (ts []Trouble, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT name, since, told_at FROM troubles ORDER BY since, name`)
	if err != nil {
		return nil, fmt.Errorf("list troubles: %w", err)
	}
	err = each(rows, func() error {
		var t Trouble
		var since, told int64
		err := rows.Scan(&t.Name, &since, &told)
		t.Since, t.Told = instant(since), instant(told)
		ts = append(ts, t)
		return err
	})
	return ts, err
}

// ToldOf records that managers were told of a trouble. It reports false if they
// were before.
func (t *Tx) ToldOf(name string, at time.Time) (bool, error) {
	n, err := t.exec(`UPDATE troubles SET told_at = $1 WHERE name = $2 AND told_at = 0`, ms(at), name)
	return n == 1, err
}

// Up records that a part works again and returns the trouble that ended; ok is
// false if there was none. The chronicle of troubles is the letters about them.
func (t *Tx) Up(name string) (ended Trouble, ok bool, err error) {
	var since, told int64
	err = t.changeKey(name, `DELETE FROM troubles WHERE name = $1 RETURNING since, told_at`, name).Scan(&since, &told)
	if errors.Is(err, sql.ErrNoRows) {
		return ended, false, nil
	}
	return Trouble{Name: name, Since: instant(since), Told: instant(told)}, err == nil, err
}

// Unsay ends the debt of letters about the desk itself, of a kind and with a
// detail, that no try has begun to send at now: they would not be true any more.
func (t *Tx) Unsay(kind casefile.Kind, detail string, now time.Time) error {
	if err := t.flush(); err != nil {
		return fmt.Errorf("unsay %s: %w", kind, err)
	}
	if _, err := t.run(unsayJobs, ms(now), string(kind), detail); err != nil {
		return fmt.Errorf("unsay %s: %w", kind, err)
	}
	if _, err := t.run(unsayLetters, string(kind), detail); err != nil {
		return fmt.Errorf("unsay %s: %w", kind, err)
	}
	return nil
}

const (
	unsayJobs = `UPDATE jobs SET done_at = $1, why = 'withdrawn' WHERE done_at = 0 AND parked_at = 0 AND kind = 'letter' AND claimed_until <= $1
		AND subject IN (SELECT id FROM letters WHERE kind = $2 AND detail = $3 AND state = 'due' AND case_ref = '')`
	unsayLetters = `UPDATE letters SET state = 'withdrawn' WHERE kind = $1 AND detail = $2 AND state = 'due' AND case_ref = ''
		AND id IN (SELECT subject FROM jobs WHERE kind = 'letter' AND why = 'withdrawn' AND done_at <> 0)`
)

// Lease takes or keeps the lease called name for holder until the given moment.
// It reports false while another holds it.
func (l *Ledger) Lease(ctx context.Context, name, holder string, now, until time.Time) (held bool, err error) {
	err = l.Update(ctx, func(tx *Tx) error {
		n, err := tx.exec(`INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)
			ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
			WHERE leases.holder = excluded.holder OR leases.until < $4`, name, holder, ms(until), ms(now))
		held = n == 1
		return err
	})
	if err != nil {
		return false, fmt.Errorf("lease %s: %w", name, err)
	}
	return held, nil
}
