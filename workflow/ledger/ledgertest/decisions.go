package ledgertest

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// A decision is written whole or not at all, and is nobody else's business.
func decisions(b *book) {
	b.on("a failure takes back all it wrote, and nothing of the others", failures)
	b.on("a refusal disturbs nobody", refusals)
	b.on("a panic is the caller's", panics)
	b.on("a decision that was given up is not carried out", func(b *book) {
		ctx, cancel := context.WithCancel(b.Context())
		cancel()
		j := ledger.Job{ID: b.name("tick"), Kind: ledger.TickJob, Due: noon}
		if err := b.Update(ctx, func(tx *ledger.Tx) error { return tx.Owe(j) }); !errors.Is(err, context.Canceled) {
			b.Errorf("update: %v, want canceled", err)
		}
		if _, err := b.Claim(b.Context(), j.ID, noon, lease); !errors.Is(err, ledger.ErrNotFound) {
			b.Errorf("claim: %v, want ErrNotFound", err)
		}
	})
	b.on("it sees those before it", func(b *book) {
		j := b.job(noon)
		var claims atomic.Int32
		together(30, func(int) error {
			return b.Update(background(b), func(tx *ledger.Tx) error {
				c, err := tx.Claim(j.ID, noon, lease)
				if err != nil {
					return err
				}
				claims.Add(1)
				return tx.Finish(c, noon)
			})
		})
		if _, err := b.Claim(b.Context(), j.ID, noon, lease); !errors.Is(err, ledger.ErrDone) {
			b.Errorf("claim: %v, want ErrDone", err)
		}
	})
}

// failures runs decisions of which every third writes something by each of the
// ways there are, and then fails.
func failures(b *book) {
	const n = 60
	open := make([]casefile.Case, n)
	for i := range open {
		open[i] = b.opened()
	}
	var ran atomic.Int32
	ok := together(n, func(i int) error {
		err := b.Update(background(b), func(tx *ledger.Tx) error {
			ran.Add(1)
			c, err := tx.Case(open[i].Ref)
			if err != nil {
				return err
			}
			c.Reviews++
			x := letter(fmt.Sprint("failing-", b.Name(), i), c.Ref)
			err = tx.Store(casefile.Outcome{Case: c, Events: []casefile.Event{event("done")}}, []ledger.Letter{x}, noon)
			if i%2 == 0 { // so that it reaches the database before the end
				_, asked := tx.Overtaken(x.ID)
				err = errors.Join(err, asked)
			}
			if i%3 == 0 {
				return errors.Join(err, errRefused)
			}
			return err
		})
		if failed := errors.Is(err, errRefused); failed != (i%3 == 0) || err != nil && !failed {
			b.Errorf("%d: %v", i, err)
		}
		return err
	})
	if ok != n-n/3 {
		b.Errorf("%d of %d were written", ok, n)
	}
	for i, c := range open {
		xs, err := b.Letters(b.Context(), c.Ref)
		b.must(err)
		now, err := b.Case(b.Context(), c.Ref)
		b.must(err)
		if written := i%3 != 0; (len(xs) == 1) != written || (now.Reviews == 1) != written {
			b.Errorf("%d: %d letters, %d reviews", i, len(xs), now.Reviews)
		}
		if i%3 == 0 {
			b.wantChronology(c.Ref, "opened")
		}
	}
	b.Logf("%d decisions ran %d times", n, ran.Load())
}

// refusals mixes answers such as ErrEarly with work, the most common thing in a
// ledger's day: nobody runs twice for them.
func refusals(b *book) {
	early := b.job(noon.Add(lease))
	var ran atomic.Int32
	ok := together(60, func(i int) error {
		id := early.ID
		if i%2 == 0 {
			id = b.Name() + fmt.Sprint(i)
		}
		return b.Update(background(b), func(tx *ledger.Tx) error {
			ran.Add(1)
			if i%2 == 0 {
				return tx.Owe(ledger.Job{ID: id, Kind: ledger.TickJob, Due: noon})
			}
			_, err := tx.Claim(id, noon, lease)
			return err
		})
	})
	if ok != 30 || ran.Load() != 60 {
		b.Errorf("%d of 30 were written, 60 decisions ran %d times", ok, ran.Load())
	}
}

// panics must reach whoever asked, leave nothing, and leave the ledger alive.
func panics(b *book) {
	j := ledger.Job{ID: b.name("tick"), Kind: ledger.TickJob, Due: noon}
	ok := together(20, func(i int) (err error) {
		defer func() {
			if said := recover(); said != nil {
				err = fmt.Errorf("panicked: %v", said)
			} else if i == 7 {
				b.Error("the panic was swallowed")
			}
		}()
		return b.Update(background(b), func(tx *ledger.Tx) error {
			if i == 7 {
				if err := tx.Owe(j); err != nil {
					return err
				}
				panic("a story")
			}
			return tx.Owe(ledger.Job{ID: fmt.Sprint(j.ID, i), Kind: ledger.TickJob, Due: noon})
		})
	})
	if ok != 19 {
		b.Errorf("%d of 19 were written", ok)
	}
	if _, err := b.Claim(b.Context(), j.ID, noon, lease); !errors.Is(err, ledger.ErrNotFound) {
		b.Errorf("claim: %v, want ErrNotFound", err)
	}
}
