package workflow

import (
	"context"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// gather decides whether a letter goes out by itself or as a line of its
// person's digest, which it opens when none is open. What it returns is to be
// written. A line keeps the letter's own name and capability: it is answered as
// the letter would have been, and gives no power over another case.
func (o *Office) gather(tx *ledger.Tx, x ledger.Letter, now time.Time) ([]ledger.Letter, error) {
	flood := o.Rules.Flood
	if !flood.Alerts(x.Kind) {
		return []ledger.Letter{x}, nil
	}
	recent, err := tx.Alert(x, now, now.Add(-flood.Within), flood.After)
	if err != nil || !flood.Gathers(x.Kind, recent) {
		return []ledger.Letter{x}, err
	}
	return o.line(tx, x, now)
}

// line makes a letter a line of its person's digest.
func (o *Office) line(tx *ledger.Tx, x ledger.Letter, now time.Time) (_ []ledger.Letter, err error) {
	digest := o.digest(x, now)
	for {
		if x.Digest, err = tx.Gather(x.Person); err != nil || x.Digest != "" {
			return []ledger.Letter{x}, err
		}
		x.Digest = digest.ID
		if opened, err := tx.OpenDigest(digest); opened || err != nil {
			return []ledger.Letter{digest, x}, err
		}
	}
}

// digest is the letter that x is the first line of. It is owed when it closes,
// and the post has as long for it as it would have had for x.
func (o *Office) digest(x ledger.Letter, now time.Time) ledger.Letter {
	closes := o.Rules.Flood.Closes(now, o.Rules)
	d := o.blank(casefile.Digest, x.Person, Detail{Outage: outageOf(x)}, closes)
	d.Role, d.Urgent, d.GiveUp = x.Role, true, closes.Add(x.GiveUp.Sub(now))
	return d
}

// unread records that a digest did not reach its person: for each of its lines
// the next rung is told, as if it had been a letter.
func (o *Office) unread(tx *ledger.Tx, digest ledger.Letter, why string, now time.Time) error {
	first, err := tx.Overtaken(digest.ID)
	if err != nil || !first {
		return err
	}
	lines, err := tx.Lines(digest.ID)
	for i := 0; i < len(lines) && err == nil; i++ {
		err = o.undelivered(tx, lines[i], why, now)
	}
	return err
}

// UnreadDigest takes a bounce or an absence notice that came back for a digest.
// It concerns many cases, so that it joins none.
func (o *Office) UnreadDigest(ctx context.Context, a Arrived, digest ledger.Letter, why string) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if err := tx.Finish(a.Claim, now); err != nil {
			return err
		}
		if err := o.dispose(tx, a, "", ledger.Aside, why); err != nil {
			return err
		}
		if err := o.miss(tx, digest.Person, a, now); err != nil {
			return err
		}
		return o.unread(tx, digest, why, now)
	})
	o.absent.Store(nil)
	if err != nil {
		return fmt.Errorf("digest came back: %w", err)
	}
	return nil
}
