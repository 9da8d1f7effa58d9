package workflow

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// Then is what a round decided: it is written in the transaction that ends the
// round, with whatever letters it owes ([Office.Tell]).
type Then func(tx *ledger.Tx, now time.Time) error

// Round is work that is owed for every period: a daily reconciliation, a weekly
// digest, an hourly canary.
type Round struct {
	// Next is when the period after a moment begins, in whole seconds, later
	// than that moment.
	Next func(after time.Time) time.Time
	// Do does the work of one period. It may take long, and it may run again
	// for the same period after a crash or an error: what must be done once
	// belongs into Then, which may be nil.
	Do func(ctx context.Context, period time.Time) (Then, error)
}

// Rounds are the rounds of a desk by name: small letters and hyphens. Each is
// owed as one job of the ledger; the transaction that finishes it owes the next.
// Periods that passed while nothing ran are done once, for the last of them
// that was owed.
type Rounds struct {
	Office *Office
	ByName map[string]Round // not changed after Begin

	mu      sync.Mutex
	failing map[string]error // last trouble of each round; guarded by mu
}

const (
	roundLease = 3 * time.Minute // kept alive while the round runs
	roundAgain = time.Minute     // after an error
)

// Begin owes the coming period of every round, unless it is owed already. It is
// called at every start, by any number of workers.
func (r *Rounds) Begin(ctx context.Context) error {
	err := r.Office.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		for _, name := range slices.Sorted(maps.Keys(r.ByName)) {
			next := r.ByName[name].Next(now)
			due, err := tx.RoundDue(name)
			if err == nil && (due.IsZero() || due.After(next)) {
				err = tx.OweRound(name, next)
			}
			if err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("begin rounds: %w", err)
	}
	return nil
}

// Do pays the debt of one round (it is a queue.Doer). It answers the ledger's
// sentinels when there is nothing to do. A round that fails is tried again in a
// minute; one that this program does not know ends.
func (r *Rounds) Do(ctx context.Context, jobID string) error {
	c, err := r.Office.Ledger.Claim(ctx, jobID, r.Office.Now(), roundLease)
	if err != nil {
		return err
	}
	then, err := r.run(ctx, c)
	if err == nil {
		err = r.finish(ctx, c, then)
	}
	r.note(c.Subject, err)
	if err == nil || errors.Is(err, ledger.ErrLost) {
		return err
	}
	err = fmt.Errorf("round %s: %w", c.Subject, err)
	return errors.Join(err, r.Office.Ledger.Release(context.WithoutCancel(ctx), c, r.Office.Now().Add(roundAgain), "could not be done"))
}

// run does the work while it keeps the claim alive.
func (r *Rounds) run(ctx context.Context, c ledger.Claim) (Then, error) {
	round, known := r.ByName[c.Subject]
	period, err := c.Period()
	if !known || err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	go r.hold(ctx, stop, c)
	return round.Do(ctx, period)
}

// hold extends the claim until ctx ends. Whoever lost it must stop.
func (r *Rounds) hold(ctx context.Context, stop func(), c ledger.Claim) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-time.After(roundLease / 3):
		}
		if errors.Is(r.Office.Ledger.Extend(ctx, c, r.Office.Now().Add(roundLease)), ledger.ErrLost) {
			stop()
		}
	}
}

// finish ends the round of this period and owes the next.
func (r *Rounds) finish(ctx context.Context, c ledger.Claim, then Then) error {
	return r.Office.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if err := tx.Finish(c, now); err != nil {
			return err
		}
		if then != nil {
			if err := then(tx, now); err != nil {
				return err
			}
		}
		round, known := r.ByName[c.Subject]
		if !known {
			return nil
		}
		return tx.OweRound(c.Subject, round.Next(now))
	})
}

func (r *Rounds) note(name string, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.failing == nil {
		r.failing = map[string]error{}
	}
	if r.failing[name] = err; err == nil || errors.Is(err, ledger.ErrLost) {
		delete(r.failing, name)
	}
}

// Check reports a round whose last run failed in this process; it is for the
// health of the desk. The error names the round and nobody.
func (r *Rounds) Check(context.Context) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range slices.Sorted(maps.Keys(r.failing)) {
		return fmt.Errorf("the round %q fails: %w", name, r.failing[name])
	}
	return nil
}

// Every is a period of equal length, counted from the zero time.
func Every(d time.Duration) func(time.Time) time.Time {
	return func(after time.Time) time.Time { return after.Truncate(d).Add(d).Truncate(time.Second).UTC() }
}

// Daily is a period that begins every day at an hour and minute of a place. A
// time that a change of clocks leaves out is taken as time.Date takes it.
func Daily(hour, minute int, zone *time.Location) func(time.Time) time.Time {
	return func(after time.Time) time.Time {
		y, m, d := after.In(zone).Date()
		for {
			if at := time.Date(y, m, d, hour, minute, 0, 0, zone); at.After(after) {
				return at.UTC()
			}
			d++
		}
	}
}

// Weekly is [Daily] on one day of the week.
func Weekly(day time.Weekday, hour, minute int, zone *time.Location) func(time.Time) time.Time {
	daily := Daily(hour, minute, zone)
	return func(after time.Time) time.Time {
		at := daily(after)
		for at.In(zone).Weekday() != day {
			at = daily(at)
		}
		return at
	}
}

// Tell writes a letter about the desk itself to every manager. A round uses it
// in its Then.
func (o *Office) Tell(tx *ledger.Tx, kind casefile.Kind, d Detail, now time.Time) error {
	return o.tell(tx, kind, d, now)
}
