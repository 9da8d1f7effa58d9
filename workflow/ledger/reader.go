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
// Nothing is migrated; every Update fails. A file that is missing or empty gives
// ErrNone, one that cannot be asked ErrAway.
func OpenReading(ctx context.Context, target string) (*Ledger, error) {
	l := newLedger(target)
	var err error
	if l.d.name == "postgres" {
		l.read, err = sql.Open("pgx", target+options(target)+"default_transaction_read_only=on")
	} else if err = filled(target); err == nil {
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

// filled reports a file in which no ledger was ever begun, as ErrNone.
func filled(path string) error {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return fmt.Errorf("%s: %w", path, ErrNone)
	}
	return err
}

// options is the mark that further options of a URL begin with.
func options(target string) string {
	if strings.Contains(target, "?") {
		return "&"
	}
	return "?"
}
