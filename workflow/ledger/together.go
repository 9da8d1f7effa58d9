package ledger

import (
	"context"
	"errors"
	"slices"
)

// maxTogether is how many decisions share one commit at most.
const maxTogether = 256

// ErrClosed reports a ledger that is being closed.
var ErrClosed = errors.New("ledger is closing")

// request is one decision waiting for the shared commit.
type request struct {
	ctx      context.Context
	f        func(*Tx) error
	alarm    string // the job of the alarm it answers, "" for any other decision
	err      error
	panicked any // what f panicked with; it belongs to whoever asked
	done     chan struct{}
}

// commitTogether is the only writer of an SQLite ledger. Whoever waits while a
// commit is on its way to the disk shares the next one.
func (l *Ledger) commitTogether() {
	defer close(l.line.ended)
	served := 0
	for {
		if served >= crowd {
			l.line.gather(served)
		}
		batch, ok := l.line.next()
		if !ok {
			return
		}
		served = len(batch)
		l.serve(batch)
		for _, r := range batch {
			close(r.done)
		}
	}
}

// serve writes the batch in as few transactions as it takes. A decision that
// wrote something and then failed is taken out and tried alone, so that one
// failure is nobody else's.
func (l *Ledger) serve(batch []*request) {
	for len(batch) > 1 {
		failed, err := l.together(batch)
		switch {
		case err == nil:
			return
		case failed == everybody:
			for _, r := range batch {
				r.err = err
			}
			return
		case failed == somebody:
			for _, r := range batch {
				l.single(r)
			}
			return
		}
		l.single(batch[failed])
		batch = slices.Concat(batch[:failed], batch[failed+1:])
	}
	for _, r := range batch {
		l.single(r)
	}
}

// Whose fault it was that a batch could not be written, if not one decision's.
const (
	somebody  = -1 // one of them, it is not known which
	everybody = -2 // the database's
)

// together writes the batch as one transaction, and says whose fault it was if
// it could not.
func (l *Ledger) together(batch []*request) (failed int, err error) {
	failed = everybody
	err = l.once(context.Background(), func(tx *Tx) error {
		if err := tx.readAhead(batch); err != nil {
			return err
		}
		for i, r := range batch {
			t := l.newTx(tx.ctx, tx.tx, tx.before)
			r.try(t)
			switch {
			case r.err == nil:
				tx.before.add(&t.own)
			case t.wrote:
				failed = i
			}
			if tx.before.broken {
				failed = somebody
			}
			if failed != everybody {
				return r.err
			}
		}
		return tx.told(&failed)
	})
	return failed, err
}

// told writes what is pending of a whole batch.
func (t *Tx) told(failed *int) error {
	err := t.flush()
	if err != nil {
		*failed = somebody
	}
	return err
}

// single writes one decision as a transaction of its own.
func (l *Ledger) single(r *request) {
	r.err = l.alone(context.WithoutCancel(r.ctx), func(tx *Tx) error {
		r.try(tx)
		return r.err
	})
}

// try runs the decision. What it panics with is kept for whoever asked: the
// writer must live on for all the others.
func (r *request) try(tx *Tx) {
	if r.panicked != nil {
		return
	}
	if r.err = r.ctx.Err(); r.err != nil {
		return
	}
	defer func() {
		if r.panicked = recover(); r.panicked != nil {
			r.err, tx.wrote = errPanicked, true
		}
	}()
	r.err = r.f(tx)
}

var errPanicked = errors.New("decision panicked")
