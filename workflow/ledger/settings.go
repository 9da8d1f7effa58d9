package ledger

import (
	"context"
	"fmt"
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
		s.OK = s.Value == s.Want
	}
	return ask, nil
}

// Ping reports whether the ledger answers.
func (l *Ledger) Ping(ctx context.Context) error {
	var one int
	if err := l.read.QueryRowContext(ctx, "SELECT 1").Scan(&one); err != nil {
		return fmt.Errorf("ask ledger: %w", err)
	}
	return nil
}

// Dialect is "sqlite" or "postgres".
func (l *Ledger) Dialect() string { return l.d.name }
