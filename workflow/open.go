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

// Arrived is an arrival as it was read, with the claim on its disposition.
type Arrived struct {
	ledger.Arrival
	Claim    ledger.Claim
	Exhibits []ledger.Exhibit
	Mentions casefile.Mentions // all that may name somebody who must not be told
	Whole    string            // all words of the mail, if a reader may not see all of them; else ""
	Danger   string            // whether somebody is in danger now, as the reporter was asked: an answer of package sla; "" if they were not
	Away     time.Time         // until when an automatic answer says its person is away; zero if it is none
	Copied   casefile.Mentions // the same of those who got a copy, and of words that nobody sees
	named    casefile.IDs
	kept     casefile.IDs // who was kept from another case of the same mail
	copied   casefile.IDs // those of named who are so by Copied alone
	after    casefile.Ref // the closed case that the same mail had
	Domain   string       // of the sender, lower case; "" if that is not one plain address
	ReplyTo  string       // the author's address, if it may get a receipt; it goes into no log
}

var errNoRef = errors.New("no free case reference in twenty draws")

// Open opens a case for an arrival. Bytes that came before, or the same mail by
// another relay, join the case they have: nobody is told twice. The same mail
// sent again when its case is closed opens a new one. held says why a person
// must read the raw mail, "" if it could be read.
func (o *Office) Open(ctx context.Context, a Arrived, held string) error {
	o.names(&a) // which takes too long for a transaction
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if err := o.take(tx, a, now); err != nil {
			return err
		}
		copies, err := tx.Copies(a.Arrival)
		if err != nil {
			return err
		}
		old, closed, err := o.standing(tx, copies)
		if err == nil && old.Ref != "" && !old.State.Over() {
			old, err = o.fitting(tx, &a, copies)
		}
		switch {
		case err != nil:
			return err
		case closed:
			return o.reopen(tx, a, held, old, now)
		case old.Ref != "":
			return o.join(tx, a, old.Ref, again, now)
		}
		return o.begin(tx, a, held, now)
	})
	if err != nil {
		return fmt.Errorf("open: %w", err)
	}
	return nil
}

// again finishes the disposition of an arrival that came before, in the same
// bytes or by another way: it joins the case it has, and nothing moves twice.
func (o *Office) again(tx *ledger.Tx, a Arrived, now time.Time) (bool, error) {
	if err := o.take(tx, a, now); err != nil {
		return false, err
	}
	copies, err := tx.Copies(a.Arrival)
	if err != nil {
		return false, err
	}
	c, _, err := o.standing(tx, copies)
	if err != nil || c.Ref == "" {
		return false, err
	}
	return true, o.join(tx, a, c.Ref, again, now)
}

// again is why a mail that came before joins its case.
const again = "the same mail came again"

// take finishes the job of an arrival and waits for others with the same mail.
func (o *Office) take(tx *ledger.Tx, a Arrived, now time.Time) error {
	if err := tx.Finish(a.Claim, now); err != nil {
		return err
	}
	return tx.Exclusive(a.Arrival)
}

// join puts an arrival on a case that stands, as a line of its chronology.
func (o *Office) join(tx *ledger.Tx, a Arrived, ref casefile.Ref, why string, now time.Time) error {
	c, err := tx.Case(ref)
	if err != nil {
		return err
	}
	if err := o.dispose(tx, a, ref, ledger.OnCase, why); err != nil {
		return err
	}
	return o.store(tx, c.Remark("desk", why, a.ID, o.rules(now), now), "", now)
}

// begin opens the case under a reference nobody has.
func (o *Office) begin(tx *ledger.Tx, a Arrived, held string, now time.Time) error {
	for range 20 {
		r := casefile.Report{Ref: o.newRef(), Org: a.Org, Arrival: a.ID, Severity: sla.Suggested(a.Danger), Held: held, Excluded: a.named, Copied: a.copied, Kept: a.kept}
		out := casefile.Begin(r, o.rules(now), a.Received)
		crowd := o.Rules.Flood.Crowd(a.Domain, !a.Claim.Urgent)
		for i := range out.Notices {
			out.Notices[i].Crowd = crowd
		}
		fresh, err := tx.Create(out.Case)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		state := ledger.OnCase
		if held != "" {
			state = ledger.Held
		}
		if err := o.dispose(tx, a, r.Ref, state, held); err != nil {
			return err
		}
		if err := o.link(tx, a, &out, now); err != nil {
			return err
		}
		if err := o.store(tx, out, "", now); err != nil {
			return err
		}
		if err := o.barredAll(tx, out, now); err != nil {
			return err
		}
		return o.receipt(tx, a, out, now)
	}
	return errNoRef
}

// dispose records what became of the arrival.
func (o *Office) dispose(tx *ledger.Tx, a Arrived, ref casefile.Ref, state ledger.ArrivalState, why string) error {
	a.State, a.Case, a.Why = state, ref, why
	return tx.Dispose(a.Arrival, a.Exhibits)
}

// Remark puts an arrival that says nothing to anybody on the case of a letter:
// a receipt, a delayed delivery, our own letter come home.
func (o *Office) Remark(ctx context.Context, a Arrived, ref casefile.Ref, why string) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if err := tx.Finish(a.Claim, now); err != nil {
			return err
		}
		return o.join(tx, a, ref, why, now)
	})
	return during("file arrival "+a.ID+" on its case", err)
}

// during says what was done when err happened, if it did.
func during(what string, err error) error {
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	return nil
}

// Aside keeps what a machine answered to a letter about the desk itself. It
// concerns nobody's case and is listed with the arrivals.
func (o *Office) Aside(ctx context.Context, a Arrived, why string) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if err := tx.Finish(a.Claim, now); err != nil {
			return err
		}
		return o.dispose(tx, a, "", ledger.Aside, why)
	})
	return during("set arrival "+a.ID+" aside", err)
}

// Returned takes a bounce or an absence notice that came back for a letter: the
// arrival joins the case and the next rung is told now.
func (o *Office) Returned(ctx context.Context, a Arrived, x ledger.Letter, why string) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if err := tx.Finish(a.Claim, now); err != nil {
			return err
		}
		if err := o.join(tx, a, x.Case, why, now); err != nil {
			return err
		}
		if err := o.miss(tx, x.Person, a, now); err != nil {
			return err
		}
		return o.undelivered(tx, x, why, now)
	})
	o.absent.Store(nil)
	return during("take back letter "+x.ID, err)
}
