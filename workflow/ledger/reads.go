package ledger

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
)

// Read is one look at a case on the command line. It is never changed or
// removed.
type Read struct {
	Case   casefile.Ref
	At     time.Time
	Reader string // login name of whoever ran the command
	What   string // the command
	Person string // person id of whoever asked for it; "" if nobody was named
	Why    string
}

// OpenNoting opens the ledger to add single lines to its logs, also while a
// worker uses it. Nothing is migrated. A file that is missing or empty gives
// ErrNone.
func OpenNoting(ctx context.Context, target string) (*Ledger, error) {
	l := newLedger(target)
	if l.d.name != "postgres" {
		if err := filled(target); err != nil {
			return nil, err
		}
	}
	if err := l.connect(target); err != nil {
		return nil, fmt.Errorf("open ledger: %w", err)
	}
	if err := l.Ping(ctx); err != nil {
		return nil, errors.Join(err, l.Close())
	}
	return l, nil
}

// NoteRead writes down that somebody looks at a case. It is durable when
// NoteRead returns nil: only then may the case be shown.
func (l *Ledger) NoteRead(ctx context.Context, r Read) error {
	err := l.Update(ctx, func(tx *Tx) error {
		_, err := tx.exec(`INSERT INTO reads (id, case_ref, at, reader, what, person, why) VALUES ($1,$2,$3,$4,$5,$6,$7)`,
			rand.Text(), string(r.Case), ms(r.At), clean(r.Reader), r.What, r.Person, clean(r.Why))
		return err
	})
	if err != nil {
		return fmt.Errorf("note a read of %s: %w", r.Case, err)
	}
	return nil
}

// Reads lists who looked at a case, oldest first; at all cases if ref is "".
func (l *Ledger) Reads(ctx context.Context, ref casefile.Ref) (rs []Read, err error) {
	where, args := ofCase(ref)
	rows, err := l.read.QueryContext(ctx, `SELECT case_ref, at, reader, what, person, why FROM reads`+where+` ORDER BY at, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list reads: %w", err)
	}
	err = each(rows, func() error {
		var r Read
		var at int64
		err := rows.Scan(&r.Case, &at, &r.Reader, &r.What, &r.Person, &r.Why)
		r.At = instant(at)
		rs = append(rs, r)
		return err
	})
	return rs, err
}
