package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"dutydesk/workflow/casefile"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxTries bounds the repetition of a transaction that lost to another (F26).
const maxTries = 5

// Tx is one decision being written down. It is valid inside the function given
// to [Ledger.Update] only.
type Tx struct {
	ctx   context.Context
	l     *Ledger
	tx    *sql.Tx
	owed  []Job
	wrote bool // something that must not stand if the decision fails

	own    pending  // what this decision wrote and the database was not told
	before *pending // the same of those before it that share the commit
	read   map[casefile.Ref]standing
	rang   string // the job of the alarm that this decision answers
}

func (l *Ledger) newTx(ctx context.Context, tx *sql.Tx, before *pending) *Tx {
	return &Tx{ctx: ctx, l: l, tx: tx, before: before}
}

// Update runs f as one transaction: all it wrote is durable when Update returns
// nil, nothing of it otherwise. f may run more than once, so it must set its
// results anew each time, and must touch nothing but the transaction.
func (l *Ledger) Update(ctx context.Context, f func(*Tx) error) error {
	return l.update(&request{ctx: ctx, f: f})
}

func (l *Ledger) update(r *request) error {
	if err := r.ctx.Err(); err != nil {
		return err
	}
	if l.line == nil {
		return l.alone(r.ctx, r.f)
	}
	r.done = make(chan struct{})
	if err := l.line.enter(r); err != nil {
		return err
	}
	<-r.done
	if r.panicked != nil {
		panic(r.panicked)
	}
	return r.err
}

// alone runs f in its own transaction, again if it lost to another.
func (l *Ledger) alone(ctx context.Context, f func(*Tx) error) (err error) {
	for try := range maxTries {
		if err = l.once(ctx, f); !again(err) {
			return err
		}
		select {
		case <-time.After(rand.N(time.Duration(try+1) * 15 * time.Millisecond)):
		case <-ctx.Done():
			return err
		}
	}
	return err
}

// once runs f in one transaction, of which nothing stands if f fails or panics.
func (l *Ledger) once(ctx context.Context, f func(*Tx) error) (err error) {
	if err := l.prepare(ctx); err != nil {
		return err
	}
	tx, err := l.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	committed := false
	defer func() {
		if !committed {
			err = errors.Join(err, ignoreDone(tx.Rollback()))
		}
	}()
	t := l.newTx(ctx, tx, &pending{})
	if err := f(t); err != nil {
		return err
	}
	if err := t.flush(); err != nil {
		return fmt.Errorf("write: %w", err)
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	committed = true
	return nil
}

// again reports whether a transaction may succeed when repeated: PostgreSQL's
// serialisation failure and deadlock.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "40001" || pg.Code == "40P01")
}

func ignoreDone(err error) error {
	if errors.Is(err, sql.ErrTxDone) {
		return nil
	}
	return err
}
