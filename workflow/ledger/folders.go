package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Folder is what is remembered of a watched folder from one life of the worker
// to the next.
type Folder struct {
	Name     string // of the watch
	Validity uint32 // its UIDVALIDITY
	Next     uint32 // highest UIDNEXT seen
	Settled  uint32 // every UID below was taken in or counted as gone
	Seen     time.Time

	// Totals over all lives: of messages that went before they were taken in,
	// and of taken ones that somebody else removed.
	Vanished, Removed         uint64
	ToldVanished, ToldRemoved uint64 // of these, managers were told
	Told                      time.Time
}

const folderColumns = `name, validity, next, settled, seen_at, vanished, removed, told_vanished, told_removed, told_at`

func scanFolder(s scanner) (f Folder, err error) {
	var seen, told int64
	err = s.Scan(&f.Name, &f.Validity, &f.Next, &f.Settled, &seen, &f.Vanished, &f.Removed, &f.ToldVanished, &f.ToldRemoved, &told)
	f.Seen, f.Told = instant(seen), instant(told)
	return f, err
}

// Folder is what was remembered of one; it has only its name if nothing was.
func (l *Ledger) Folder(ctx context.Context, name string) (Folder, error) {
	f, err := scanFolder(l.read.QueryRowContext(ctx, `SELECT `+folderColumns+` FROM folders WHERE name = $1`, name))
	if errors.Is(err, sql.ErrNoRows) {
		return Folder{Name: name}, nil
	}
	if err != nil {
		return f, fmt.Errorf("remember folder %s: %w", name, err)
	}
	return f, nil
}

// Folders lists what is remembered of all, by name.
func (l *Ledger) Folders(ctx context.Context) (fs []Folder, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT `+folderColumns+` FROM folders ORDER BY name`)
	if err != nil {
		return nil, fmt.Errorf("list folders: %w", err)
	}
	err = each(rows, func() error {
		f, err := scanFolder(rows)
		fs = append(fs, f)
		return err
	})
	return fs, err
}

// SeeFolder remembers how a folder stands. Vanished and Removed are added to
// the totals; what was told is left as it is.
func (l *Ledger) SeeFolder(ctx context.Context, f Folder) error {
	err := l.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO folders (name, validity, next, settled, seen_at, vanished, removed) VALUES ($1,$2,$3,$4,$5,$6,$7)
			ON CONFLICT (name) DO UPDATE SET validity = excluded.validity, next = excluded.next, settled = excluded.settled, seen_at = excluded.seen_at,
			vanished = folders.vanished + excluded.vanished, removed = folders.removed + excluded.removed`,
			f.Name, int64(f.Validity), int64(f.Next), int64(f.Settled), ms(f.Seen), int64(f.Vanished), int64(f.Removed))
		return err
	})
	if err != nil {
		return fmt.Errorf("remember folder %s: %w", f.Name, err)
	}
	return nil
}

// Missing is how many messages of a folder went since managers were told, and
// counts them as told at a moment.
func (t *Tx) Missing(name string, at time.Time) (vanished, removed uint64, err error) {
	f, err := scanFolder(t.row(`SELECT `+folderColumns+` FROM folders WHERE name = $1`+t.l.d.lock, name))
	if err != nil {
		return 0, 0, fmt.Errorf("folder %s: %w", name, notFound(err))
	}
	_, err = t.exec(`UPDATE folders SET told_vanished = vanished, told_removed = removed, told_at = $1 WHERE name = $2`, ms(at), name)
	return f.Vanished - f.ToldVanished, f.Removed - f.ToldRemoved, err
}

// Reconciled is how many messages of a folder went since this was asked last.
func (t *Tx) Reconciled(name string) (vanished, removed uint64, err error) {
	var f Folder
	var wasVanished, wasRemoved uint64
	err = t.row(`SELECT vanished, removed, reconciled_vanished, reconciled_removed FROM folders WHERE name = $1`+t.l.d.lock, name).
		Scan(&f.Vanished, &f.Removed, &wasVanished, &wasRemoved)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, 0, nil
	}
	if err == nil {
		_, err = t.exec(`UPDATE folders SET reconciled_vanished = vanished, reconciled_removed = removed WHERE name = $1`, name)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("reconcile folder %s: %w", name, err)
	}
	return f.Vanished - wasVanished, f.Removed - wasRemoved, nil
}

// Sealed is an arrival by mail as a reconciliation needs it.
type Sealed struct {
	ID       string
	Key      string // under which it was fetched, also where that was given out before
	SHA256   string
	Size     int64
	Received time.Time
	State    ArrivalState
}

// SealedFrom calls f with every arrival from a mailbox, oldest first.
func (l *Ledger) SealedFrom(ctx context.Context, mailbox string, f func(Sealed)) error {
	rows, err := l.read.QueryContext(ctx, `SELECT id, CASE WHEN reused_key = '' THEN door_key ELSE reused_key END, sha256, size, received_at, state
		FROM arrivals WHERE door = 'mail' AND mailbox = $1 ORDER BY received_at, id`, mailbox)
	if err != nil {
		return fmt.Errorf("list arrivals from %s: %w", mailbox, err)
	}
	return each(rows, func() error {
		var s Sealed
		var at int64
		if err := rows.Scan(&s.ID, &s.Key, &s.SHA256, &s.Size, &at, &s.State); err != nil {
			return err
		}
		s.Received = instant(at)
		f(s)
		return nil
	})
}
