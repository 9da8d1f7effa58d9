package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

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
}

// Update runs f as one transaction: all it wrote is durable when Update returns
// nil, nothing of it otherwise. f may run more than once, so it must set its
// results anew each time, and must touch nothing but the transaction.
func (l *Ledger) Update(ctx context.Context, f func(*Tx) error) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if l.line == nil {
		return l.alone(ctx, f)
	}
	r := &request{ctx: ctx, f: f, done: make(chan struct{})}
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
	if err := f(&Tx{ctx: ctx, l: l, tx: tx}); err != nil {
		return err
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

// prepare readies the statements that earlier decisions asked for. It runs
// between transactions: SQLite has one writing connection, and pgx keeps its
// own statements.
func (l *Ledger) prepare(ctx context.Context) error {
	for _, text := range l.wanted {
		s, err := l.write.PrepareContext(ctx, text)
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		l.stmts[text] = s
	}
	l.wanted = nil
	return nil
}

// stmt returns the prepared statement for text, nil if there is none yet.
func (t *Tx) stmt(text string) *sql.Stmt {
	if !t.l.d.together {
		return nil
	}
	s := t.l.stmts[text]
	if s == nil {
		if !slices.Contains(t.l.wanted, text) {
			t.l.wanted = append(t.l.wanted, text)
		}
		return nil
	}
	return t.tx.StmtContext(t.ctx, s)
}

// exec runs one statement and returns how many rows it touched.
func (t *Tx) exec(text string, args ...any) (int64, error) {
	var r sql.Result
	var err error
	if s := t.stmt(text); s != nil {
		r, err = s.ExecContext(t.ctx, args...)
	} else {
		r, err = t.tx.ExecContext(t.ctx, text, args...)
	}
	if err != nil {
		t.wrote = true
		return 0, err
	}
	n, err := r.RowsAffected()
	t.wrote = t.wrote || n > 0 || err != nil
	return n, err
}

// change runs a statement that changes one row at most and returns what it says
// of it; sql.ErrNoRows if there was none.
func (t *Tx) change(text string, args ...any) scanner {
	return changed{t, t.row(text, args...)}
}

// scanner is a row.
type scanner interface{ Scan(...any) error }

type changed struct {
	t   *Tx
	row *sql.Row
}

func (c changed) Scan(dest ...any) error {
	err := c.row.Scan(dest...)
	c.t.wrote = c.t.wrote || !errors.Is(err, sql.ErrNoRows)
	return err
}

// row asks for at most one row.
func (t *Tx) row(text string, args ...any) *sql.Row {
	if s := t.stmt(text); s != nil {
		return s.QueryRowContext(t.ctx, args...)
	}
	return t.tx.QueryRowContext(t.ctx, text, args...)
}
