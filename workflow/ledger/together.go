package ledger

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

// maxTogether is how many decisions share one commit at most.
const maxTogether = 256

// In a crowd the next commit waits a moment for those whom the last one served
// to come back: fewer and fuller commits cost a third less.
const (
	crowd  = 16
	moment = time.Millisecond
)

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

// line is where decisions wait for the shared commit.
type line struct {
	mu      sync.Mutex
	waiting []*request // guarded by mu, like closed
	closed  bool
	wake    chan struct{} // holds one token while there may be somebody to serve
	ended   chan struct{}
}

func newLine() *line { return &line{wake: make(chan struct{}, 1), ended: make(chan struct{})} }

// enter puts r at the end of the line.
func (q *line) enter(r *request) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.waiting = append(q.waiting, r)
	q.ring()
	return nil
}

// close lets nobody else in and returns when all in line are served.
func (q *line) close() {
	q.mu.Lock()
	q.closed = true
	q.ring()
	q.mu.Unlock()
	<-q.ended
}

func (q *line) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// gather waits for n to be in line, but only a moment.
func (q *line) gather(n int) {
	late := time.NewTimer(moment)
	defer late.Stop()
	for q.length() < n {
		select {
		case <-q.wake:
		case <-late.C:
			n = 0
		}
	}
	q.ring()
}

// length is how many wait; when nobody else will come it is as good as many.
func (q *line) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return maxTogether
	}
	return len(q.waiting)
}

// next takes those who wait, at most maxTogether; ok is false when the line is
// closed and empty.
func (q *line) next() (batch []*request, ok bool) {
	for {
		<-q.wake
		q.mu.Lock()
		n := min(len(q.waiting), maxTogether)
		batch, q.waiting = q.waiting[:n:n], q.waiting[n:]
		if len(q.waiting) > 0 || q.closed {
			q.ring()
		}
		closed := q.closed
		q.mu.Unlock()
		if n > 0 || closed {
			return batch, n > 0
		}
	}
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
