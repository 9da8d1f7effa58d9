package ledger

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"
)

const jobColumns = `id, kind, subject, due_at, gen, offer, attempts, urgent`

func scanJob(s scanner) (j Job, err error) {
	var due int64
	err = s.Scan(&j.ID, &j.Kind, &j.Subject, &due, &j.Gen, &j.Offer, &j.Attempts, &j.Urgent)
	j.Due = instant(due)
	return j, err
}

// jobUpdate leaves a job that is written already as it is, but sets an alarm
// anew that was answered and is waited for again.
const jobUpdate = ` ON CONFLICT (id) DO UPDATE SET done_at = 0, offered_at = 0, gen = jobs.gen + 1 WHERE jobs.kind = 'alarm' AND jobs.done_at <> 0`

// Owe writes jobs down. A job that is written already stands as it is, but an
// alarm that was answered is set anew.
func (t *Tx) Owe(jobs ...Job) error {
	for _, j := range jobs {
		if t.own.keys[j.ID] || t.before.keys[j.ID] {
			if err := t.flush(); err != nil {
				return fmt.Errorf("write jobs: %w", err)
			}
		}
		var offered int64
		if j.Kind == DisposeJob || j.Kind == LetterJob {
			j.Offer, offered = 1, ms(j.Due) // the caller offers it as soon as this is committed
			t.owed = append(t.owed, j)
		}
		t.own.key(j.ID)
		t.own.jobs = append(t.own.jobs, j.ID, string(j.Kind), j.Subject, ms(j.Due), flag(j.Urgent), j.Offer, offered)
	}
	return nil
}

// Owed are the jobs this decision wrote that are due at once. Whoever wrote
// them offers them to the queue after the commit.
func (t *Tx) Owed() []Job { return t.owed }

// The questions of the due window. They are asked every second, and each has
// its partial index.
const (
	anyUpcoming = `SELECT 1 FROM jobs WHERE done_at = 0 AND parked_at = 0 AND offered_at = 0 AND due_at < $1 ORDER BY due_at LIMIT 1`
	listOverdue = `SELECT ` + jobColumns + ` FROM jobs
		WHERE done_at = 0 AND parked_at = 0 AND due_at < $1 AND claimed_until <= $2 ORDER BY due_at LIMIT $3`
)

func offerUpcoming(d dialect) string {
	return `UPDATE jobs SET offered_at = $1, offer = offer + 1 WHERE id IN
		(SELECT id FROM jobs WHERE done_at = 0 AND parked_at = 0 AND offered_at = 0 AND due_at < $2 ORDER BY due_at LIMIT $3` + d.skip + `)
		RETURNING ` + jobColumns
}

// Upcoming lists jobs due before until that were never offered since the last
// [Ledger.Forget], soonest first, and counts them as offered at now. What was
// offered and is lost is found by [Ledger.Overdue].
func (l *Ledger) Upcoming(ctx context.Context, now, until time.Time, limit int) (jobs []Job, err error) {
	var one int
	switch err = l.read.QueryRowContext(ctx, anyUpcoming, ms(until)).Scan(&one); {
	case errors.Is(err, sql.ErrNoRows):
		return nil, nil // nothing to write
	case err != nil:
		return nil, fmt.Errorf("list upcoming jobs: %w", err) // whoever is told of none must not have any counted
	}
	err = l.Update(ctx, func(tx *Tx) error {
		jobs = jobs[:0]
		if err := tx.flush(); err != nil {
			return err
		}
		tx.wrote = true
		rows, err := tx.list(offerUpcoming(tx.l.d), ms(now), ms(until), limit)
		if err != nil {
			return err
		}
		return each(rows, func() error {
			j, err := scanJob(rows)
			jobs = append(jobs, j)
			return err
		})
	})
	if err != nil {
		return nil, fmt.Errorf("list upcoming jobs: %w", err)
	}
	slices.SortFunc(jobs, func(a, b Job) int { return a.Due.Compare(b.Due) })
	return jobs, nil
}

// Overdue lists jobs that were due before the given moment and that nobody
// holds at now, soonest first.
func (l *Ledger) Overdue(ctx context.Context, now, before time.Time, limit int) (jobs []Job, err error) {
	rows, err := l.read.QueryContext(ctx, listOverdue, ms(before), ms(now), limit)
	if err != nil {
		return nil, fmt.Errorf("list overdue jobs: %w", err)
	}
	err = each(rows, func() error {
		j, err := scanJob(rows)
		jobs = append(jobs, j)
		return err
	})
	return jobs, err
}

// Forget takes back every offer: the queue has lost them.
func (l *Ledger) Forget(ctx context.Context) error {
	return l.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE jobs SET offered_at = 0 WHERE done_at = 0 AND parked_at = 0 AND offered_at > 0`)
		return err
	})
}

// Abandon takes back the claims of this instance's own last life, at its start.
// Only one process at a time may bear an instance's name.
func (l *Ledger) Abandon(ctx context.Context) error {
	return l.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`UPDATE jobs SET claimed_until = 0, claim = '' WHERE done_at = 0 AND claimed_until > 0 AND claim LIKE $1`, l.instance+"/%")
		return err
	})
}

// Claim begins a job: only one claim is live at a time, and it ends by itself
// after lease. It answers ErrDone, ErrTaken or ErrEarly otherwise.
func (l *Ledger) Claim(ctx context.Context, id string, now time.Time, lease time.Duration) (c Claim, err error) {
	err = l.Update(ctx, func(tx *Tx) error {
		c, err = tx.Claim(id, now, lease)
		return err
	})
	return c, err
}

// Claim is [Ledger.Claim] as part of a larger decision.
func (t *Tx) Claim(id string, now time.Time, lease time.Duration) (c Claim, err error) {
	c.Token = t.l.instance + "/" + rand.Text()
	c.Job, err = scanJob(t.changeKey(id, `UPDATE jobs SET claim = $1, claimed_until = $2, attempts = attempts + 1
		WHERE id = $3 AND done_at = 0 AND parked_at = 0 AND due_at <= $4 AND claimed_until <= $4 RETURNING `+jobColumns,
		c.Token, ms(now.Add(lease)), id, ms(now)))
	if errors.Is(err, sql.ErrNoRows) {
		return Claim{}, fmt.Errorf("claim %s: %w", id, t.whyNot(id, now))
	}
	if err != nil {
		return Claim{}, fmt.Errorf("claim %s: %w", id, err)
	}
	return c, nil
}

// whyNot says why a job cannot be begun at now.
func (t *Tx) whyNot(id string, now time.Time) error {
	var due, done int64
	err := t.rowKey(id, `SELECT due_at, done_at FROM jobs WHERE id = $1`, id).Scan(&due, &done)
	switch {
	case err != nil:
		return notFound(err)
	case done != 0:
		return ErrDone
	case due > ms(now):
		return ErrEarly
	}
	return ErrTaken
}

// Extend keeps a claim alive until the given moment.
func (l *Ledger) Extend(ctx context.Context, c Claim, until time.Time) error {
	return l.fenced(ctx, c, `UPDATE jobs SET claimed_until = $1 WHERE id = $2 AND claim = $3 AND done_at = 0`, ms(until))
}

// Release puts a job off until again; the sweep or the queue begins it anew.
// The attempt does not count: what failed was not the job's own fault.
func (l *Ledger) Release(ctx context.Context, c Claim, again time.Time, why string) error {
	return l.fenced(ctx, c, `UPDATE jobs SET due_at = $1, why = $4, claim = '', claimed_until = 0, offered_at = 0, gen = gen + 1, attempts = attempts - 1
		WHERE id = $2 AND claim = $3 AND done_at = 0`, ms(again), clean(why))
}

// fenced runs a statement that only the holder of the claim may run.
func (l *Ledger) fenced(ctx context.Context, c Claim, text string, first any, more ...any) error {
	return l.Update(ctx, func(tx *Tx) error { return tx.fenced(c, text, first, more...) })
}

func (t *Tx) fenced(c Claim, text string, first any, more ...any) error {
	n, err := t.execKey(c.ID, text, append([]any{first, c.ID, c.Token}, more...)...)
	if err == nil && n == 0 {
		err = ErrLost
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.ID, err)
	}
	return nil
}

// Finish marks the claimed job done, with whatever else the transaction wrote.
func (t *Tx) Finish(c Claim, now time.Time) error {
	return t.fenced(c, `UPDATE jobs SET done_at = $1, claimed_until = 0 WHERE id = $2 AND claim = $3 AND done_at = 0`, ms(now))
}
