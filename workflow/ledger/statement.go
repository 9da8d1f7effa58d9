package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// prepare readies the statements that earlier decisions asked for. It runs
// between transactions: SQLite has one writing connection, and pgx keeps its
// own statements.
func (l *Ledger) prepare(ctx context.Context) error {
	if !l.d.together { // many write at once there, and want nothing
		return nil
	}
	for _, text := range l.wanted {
		s, err := l.write.PrepareContext(ctx, plain(text))
		if err != nil {
			return fmt.Errorf("prepare: %w", err)
		}
		l.stmts[text] = s
	}
	l.wanted = nil
	return nil
}

var place = regexp.MustCompile(`\$\d+`)

// plain writes "?" for "$1" and so on where they stand in order. SQLite looks
// up numbered places one by one, which takes long in a statement of many rows.
func plain(text string) string {
	for i, p := range place.FindAllString(text, -1) {
		if p != "$"+strconv.Itoa(i+1) {
			return text
		}
	}
	return place.ReplaceAllString(text, "?")
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

// run runs one statement and returns how many rows it touched.
func (t *Tx) run(text string, args ...any) (n int64, err error) {
	var r sql.Result
	if s := t.stmt(text); s != nil {
		r, err = s.ExecContext(t.ctx, args...)
	} else {
		r, err = t.tx.ExecContext(t.ctx, text, args...)
	}
	if err == nil {
		n, err = r.RowsAffected()
	}
	t.wrote = t.wrote || n > 0 || err != nil
	return n, err
}

// ask runs one query for at most one row.
func (t *Tx) ask(text string, args ...any) *sql.Row {
	if s := t.stmt(text); s != nil {
		return s.QueryRowContext(t.ctx, args...)
	}
	return t.tx.QueryRowContext(t.ctx, text, args...)
}

// list runs one query for many rows.
func (t *Tx) list(text string, args ...any) (*sql.Rows, error) {
	if s := t.stmt(text); s != nil {
		return s.QueryContext(t.ctx, args...)
	}
	return t.tx.QueryContext(t.ctx, text, args...)
}

// tables are those whose rows can be pending.
var tables = []string{"cases", "events", "letters", "jobs", "digests"}

// exec runs one statement and returns how many rows it touched. What is pending
// in a table it names is written first.
func (t *Tx) exec(text string, args ...any) (int64, error) {
	if err := t.catchUp(text); err != nil {
		return 0, err
	}
	return t.run(text, args...)
}

// execKey is exec for a statement that concerns the one row called key only.
func (t *Tx) execKey(key, text string, args ...any) (int64, error) {
	if err := t.catchUpKey(key); err != nil {
		return 0, err
	}
	return t.run(text, args...)
}

// catchUp writes what is pending in the tables that text names.
func (t *Tx) catchUp(text string) error {
	if t.before.empty() && t.own.empty() {
		return nil
	}
	for _, table := range tables {
		if strings.Contains(text, table) && (t.before.has(table) || t.own.has(table)) {
			return t.flush()
		}
	}
	return nil
}

// catchUpKey writes what is pending if the row called key is part of it.
func (t *Tx) catchUpKey(key string) error {
	if t.before.keys[key] || t.own.keys[key] {
		return t.flush()
	}
	return nil
}

// scanner is a row.
type scanner interface{ Scan(...any) error }

// row asks for at most one row, with exec's care for what is pending.
func (t *Tx) row(text string, args ...any) scanner {
	if err := t.catchUp(text); err != nil {
		return failed{err}
	}
	return t.ask(text, args...)
}

// rowKey is row for a query that concerns the one row called key only.
func (t *Tx) rowKey(key, text string, args ...any) scanner {
	if err := t.catchUpKey(key); err != nil {
		return failed{err}
	}
	return t.ask(text, args...)
}

// changeKey runs a statement that changes the row called key or none, and
// returns what it says of it; sql.ErrNoRows if there was none.
func (t *Tx) changeKey(key, text string, args ...any) scanner {
	return changed{t, t.rowKey(key, text, args...)}
}

type changed struct {
	t   *Tx
	row scanner
}

func (c changed) Scan(dest ...any) error {
	err := c.row.Scan(dest...)
	c.t.wrote = c.t.wrote || !errors.Is(err, sql.ErrNoRows)
	return err
}

type failed struct{ err error }

func (f failed) Scan(...any) error { return f.err }
