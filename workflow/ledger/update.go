package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// maxTogether is how many decisions share one commit at most.
const maxTogether = 256

// maxTries bounds the repetition of a transaction that lost to another (F26).
const maxTries = 5

// ErrClosed reports a ledger that is being closed.
var ErrClosed = errors.New("ledger is closing")

// Tx is one decision being written down. It is valid inside the function given
// to [Ledger.Update] only.
type Tx struct {
	ctx  context.Context
	l    *Ledger
	tx   *sql.Tx
	owed []Job
}

// request is one decision waiting for the shared commit.
type request struct {
	ctx  context.Context
	f    func(*Tx) error
	err  error
	done chan struct{}
}

// Update runs f as one transaction: all it wrote is durable when Update returns
// nil, nothing of it otherwise. f may run more than once, so it must set its
// results anew each time, and must touch nothing but the transaction.
func (l *Ledger) Update(ctx context.Context, f func(*Tx) error) error {
	if l.queue == nil {
		return l.alone(ctx, f)
	}
	r := &request{ctx: ctx, f: f, done: make(chan struct{})}
	if err := l.enter(ctx, r); err != nil {
		return err
	}
	<-r.done
	return r.err
}

// enter queues r. A ledger that is closed under the caller is an answer, not a
// panic.
func (l *Ledger) enter(ctx context.Context, r *request) (err error) {
	defer func() {
		if recover() != nil {
			err = ErrClosed
		}
	}()
	select {
	case l.queue <- r:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// commitTogether is the only writer of an SQLite ledger. Whoever waits while a
// commit is on its way to the disk shares the next one.
func (l *Ledger) commitTogether() {
	defer close(l.ended)
	for r := range l.queue {
		batch := []*request{r}
	more:
		for len(batch) < maxTogether {
			select {
			case r, ok := <-l.queue:
				if !ok {
					break more
				}
				batch = append(batch, r)
			default:
				break more
			}
		}
		l.commit(batch)
		for _, r := range batch {
			close(r.done)
		}
	}
}

// commit writes the batch as one transaction; if any of it fails, each is
// written alone, so that one refusal is nobody else's.
func (l *Ledger) commit(batch []*request) {
	if len(batch) > 1 {
		err := l.once(context.Background(), func(tx *Tx) error {
			for _, r := range batch {
				if err := r.f(&Tx{ctx: tx.ctx, l: l, tx: tx.tx}); err != nil {
					return err
				}
			}
			return nil
		})
		if err == nil {
			return
		}
	}
	for _, r := range batch {
		r.err = l.alone(context.WithoutCancel(r.ctx), r.f)
	}
}

// alone runs f in its own transaction, again if it lost to another.
func (l *Ledger) alone(ctx context.Context, f func(*Tx) error) (err error) {
	for try := range maxTries {
		if err = l.once(ctx, f); !again(err) {
			return err
		}
		select {
		case <-time.After(time.Duration(try+1) * 7 * time.Millisecond):
		case <-ctx.Done():
			return err
		}
	}
	return err
}

// once runs f in one transaction.
func (l *Ledger) once(ctx context.Context, f func(*Tx) error) error {
	if err := l.prepare(ctx); err != nil {
		return err
	}
	tx, err := l.write.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := f(&Tx{ctx: ctx, l: l, tx: tx}); err != nil {
		return errors.Join(err, ignoreDone(tx.Rollback()))
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
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
		return 0, err
	}
	return r.RowsAffected()
}

// row runs one query for at most one row.
func (t *Tx) row(text string, args ...any) *sql.Row {
	if s := t.stmt(text); s != nil {
		return s.QueryRowContext(t.ctx, args...)
	}
	return t.tx.QueryRowContext(t.ctx, text, args...)
}
