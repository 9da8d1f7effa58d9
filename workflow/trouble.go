package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// errNobody reports a roster without anybody to tell.
var errNobody = errors.New("nobody to tell")

// Trouble records that a part of the desk is down, and tells managers once it
// has been down for as long as patience. It is called again and again while
// the trouble lasts.
func (o *Office) Trouble(ctx context.Context, part string, patience time.Duration) error {
	t, err := o.Ledger.Down(ctx, part, o.Now())
	if err != nil || !t.Told.IsZero() || o.Now().Sub(t.Since) < patience {
		return err
	}
	err = o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if first, err := tx.ToldOf(part, now); err != nil || !first {
			return err
		}
		return o.tell(tx, Trouble, Detail{Trouble: part, Since: t.Since}, now)
	})
	if err != nil {
		return fmt.Errorf("tell of trouble: %w", err)
	}
	return nil
}

// Recovered records that a part works. Managers hear of it if they were to hear
// of the trouble. A letter of the trouble that did not go yet never goes: the
// later one tells both, and must not be followed by an older.
func (o *Office) Recovered(ctx context.Context, part string) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		t, ended, err := tx.Up(part)
		if err != nil || !ended || t.Told.IsZero() {
			return err
		}
		d := Detail{Trouble: part, Since: t.Since}
		if err := tx.Unsay(Trouble, o.blank(Trouble, "", d, now).Detail, now); err != nil {
			return err
		}
		return o.tell(tx, Recovered, d, now)
	})
	if err != nil {
		return fmt.Errorf("tell of recovery: %w", err)
	}
	return nil
}

// Outage tells managers of a trouble that is over and could not be written down
// while it lasted: the ledger itself was away.
func (o *Office) Outage(ctx context.Context, part string, since time.Time) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		return o.tell(tx, Recovered, Detail{Trouble: part, Since: since}, now)
	})
	if err != nil {
		return fmt.Errorf("tell of outage: %w", err)
	}
	return nil
}

// Warn tells managers once of something that was found and does not end by
// itself.
func (o *Office) Warn(ctx context.Context, part string, since time.Time) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		return o.tell(tx, Trouble, Detail{Trouble: part, Since: since}, now)
	})
	if err != nil {
		return fmt.Errorf("warn of %s: %w", part, err)
	}
	return nil
}

// tell writes a letter about the desk itself to every manager, or to the local
// authority lead if there is none.
func (o *Office) tell(tx *ledger.Tx, kind casefile.Kind, d Detail, now time.Time) error {
	to := o.rules(now).Roster.Holders("", sla.Manager)
	if len(to) == 0 {
		to = o.rules(now).Roster.Holders("", sla.LALead)
	}
	if len(to) == 0 {
		return errNobody
	}
	to = o.spared(kind, d.Trouble, to)
	var letters []ledger.Letter
	for _, p := range to {
		letters = append(letters, o.blank(kind, p, d, now))
	}
	return tx.Write(letters...)
}
