package ledger

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// Setting is one setting of the database that durability rests on.
type Setting struct {
	Name, Value, Want string
	OK                bool
}

// Settings reads them from the open database.
func (l *Ledger) Settings(ctx context.Context) ([]Setting, error) {
	ask := []Setting{
		{Name: "PRAGMA journal_mode", Want: "wal"}, {Name: "PRAGMA synchronous", Want: "2"}, {Name: "PRAGMA foreign_keys", Want: "1"},
	}
	if l.d.name == "postgres" {
		ask = []Setting{{Name: "SHOW fsync", Want: "on"}, {Name: "SHOW full_page_writes", Want: "on"}, {Name: "SHOW synchronous_commit", Want: "on"}}
	}
	for i := range ask {
		s := &ask[i]
		if err := l.write.QueryRowContext(ctx, s.Name).Scan(&s.Value); err != nil {
			return nil, fmt.Errorf("read %s: %w", s.Name, err)
		}
		s.OK = s.Value == s.Want || s.Name == "SHOW synchronous_commit" && s.Value != "off" // a replica may be waited for, or not
	}
	return ask, nil
}

// Ping reports whether the ledger answers, or ErrAway.
func (l *Ledger) Ping(ctx context.Context) error {
	var one int
	if err := l.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("ask ledger: %w: %w", ErrAway, damaged(err))
	}
	return nil
}

// Dialect is "sqlite" or "postgres".
func (l *Ledger) Dialect() string { return l.d.name }

// Schema reports a schema that is not the one this program knows: ErrNone if
// there is none, ErrOlder if Open would bring it up to date, else ErrSchema.
func (l *Ledger) Schema(ctx context.Context) error {
	var begun bool
	if err := l.read.QueryRowContext(ctx, l.d.begun).Scan(&begun); err != nil {
		return fmt.Errorf("look for schema: %w", damaged(err))
	}
	if !begun {
		return ErrNone
	}
	want, err := newest()
	if err != nil {
		return err
	}
	var have int
	if err := l.read.QueryRowContext(ctx, `SELECT COALESCE(max(version_id), 0) FROM goose_db_version`).Scan(&have); err != nil {
		return fmt.Errorf("read schema version: %w", err)
	}
	switch {
	case have == 0: // a migration that was cut off
		return ErrNone
	case have < want:
		return fmt.Errorf("schema is %d, this program knows %d: %w", have, want, ErrOlder)
	case have > want:
		return fmt.Errorf("schema is %d, this program knows %d: %w", have, want, ErrSchema)
	}
	return nil
}

// newest is the number of the last migration: "0012_clocks.sql" is 12.
func newest() (n int, err error) {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		digits, _, _ := strings.Cut(path.Base(name), "_")
		number, err := strconv.Atoi(digits)
		if err != nil {
			return 0, fmt.Errorf("migration %s has no number: %w", name, err)
		}
		n = max(n, number)
	}
	return n, nil
}

// Blank reports a ledger in which nothing ever arrived, also one without schema.
func (l *Ledger) Blank(ctx context.Context) (bool, error) {
	if err := l.Schema(ctx); errors.Is(err, ErrNone) {
		return true, nil
	}
	var n int
	if err := l.read.QueryRowContext(ctx, `SELECT count(*) FROM (SELECT id FROM arrivals LIMIT 1) AS one`).Scan(&n); err != nil {
		return false, fmt.Errorf("look for arrivals: %w", damaged(err))
	}
	return n == 0, nil
}
