package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
)

// OpenReading opens the ledger for looking only, also while a worker uses it.
// Nothing is migrated; every Update fails. A ledger that was never made gives
// ErrNotFound, one that cannot be asked ErrAway.
func OpenReading(ctx context.Context, target string) (*Ledger, error) {
	l := newLedger(target)
	var err error
	if l.d.name == "postgres" {
		l.read, err = sql.Open("pgx", target+options(target)+"default_transaction_read_only=on")
	} else if _, err = os.Stat(target); errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("open ledger %s: %w: start \"dutydesk run\" once to create it", target, ErrNotFound)
	} else if err == nil {
		l.read, err = sql.Open("sqlite", sqliteName(target, readOnly))
	}
	if err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	l.write = l.read
	if err := l.Ping(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// options is the mark that further options of a URL begin with.
func options(target string) string {
	if strings.Contains(target, "?") {
		return "&"
	}
	return "?"
}
