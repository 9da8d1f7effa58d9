package app

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"dutydesk/config"
	"dutydesk/intake/evidence"
	"dutydesk/workflow/ledger"
)

// ErrGone reports a desk that has begun before and a ledger that knows nothing
// of it.
var ErrGone = errors.New("the ledger is gone")

// begunMark is where a ledger says that a desk was begun with it.
const begunMark = "begun"

// begunFile says in the data folder that a ledger belongs to it.
func begunFile(cfg *config.Config) string { return filepath.Join(cfg.Data, "begun") }

// Lost reports a ledger that is missing or empty although the desk has begun:
// then there is evidence, or the data folder says so. It is ErrGone with what to
// do. Whatever else is wrong is said by who opens the ledger.
func Lost(ctx context.Context, cfg *config.Config) error {
	fresh, err := neverBegun(ctx, cfg.LedgerTarget())
	if err != nil || !fresh {
		return nil
	}
	relics, err := relics(ctx, cfg)
	if err != nil || len(relics) == 0 {
		return err
	}
	where := cfg.LedgerTarget()
	if cfg.Postgres() {
		where = "in PostgreSQL" // the URL may hold a password
	}
	return fmt.Errorf("ledger %s: %w or empty, but the desk has begun before: restore the ledger from the backup; to begin anew, move away %s",
		where, ErrGone, strings.Join(relics, " and "))
}

// neverBegun holds for a ledger that is missing, or that says nothing of a
// beginning and has no arrival: one that a desk began to use and had nothing
// written in is marked, so that a crash before the first arrival locks nobody out.
func neverBegun(ctx context.Context, target string) (bool, error) {
	l, err := ledger.OpenReading(ctx, target)
	if errors.Is(err, ledger.ErrNone) {
		return true, nil
	}
	if err != nil {
		return false, err
	}
	defer l.Close()
	blank, err := l.Blank(ctx)
	if err != nil || !blank {
		return false, err
	}
	if known, err := l.Marked(ctx, begunMark); err == nil && known != "" {
		return false, nil
	}
	return true, nil
}

// relics are what an earlier life of the desk left: evidence, and the word that
// there was a ledger.
func relics(ctx context.Context, cfg *config.Config) (found []string, err error) {
	s, err := evidence.OpenReading(cfg.EvidenceDir())
	if err == nil {
		defer s.Close()
		for _, err := range s.Digests(ctx) {
			if err != nil {
				return nil, err
			}
			found = append(found, cfg.EvidenceDir())
			break
		}
	}
	if _, err := os.Stat(begunFile(cfg)); err == nil {
		found = append(found, begunFile(cfg))
	}
	return found, nil
}

// begin writes down, in the ledger and then in the data folder, that the two
// belong together.
func (a *App) begin(ctx context.Context) error {
	id, err := a.Ledger.Mark(ctx, begunMark, strings.ToLower(rand.Text()))
	if err != nil {
		return err
	}
	if _, err := keep(begunFile(a.cfg), func() string { return id }); err != nil {
		return fmt.Errorf("note the ledger in the data folder: %w", err)
	}
	return nil
}
