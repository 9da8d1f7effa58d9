package workflow

import (
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// standing finds the case that a mail which came before belongs to, "" if there
// is none. One that is open comes first. closed is true when there is none open
// and the mail was sent once more, by another way: then somebody asks again, and
// a closed case has no clock. The same bytes are the same delivery, seen again
// by a mailbox that was renumbered or restored (F40).
func (o *Office) standing(tx *ledger.Tx, copies []ledger.Copy) (c casefile.Case, closed bool, err error) {
	if len(copies) == 0 {
		return c, false, nil
	}
	for _, x := range copies {
		c, err := tx.Case(x.Case)
		if err != nil || !c.State.Over() {
			return c, false, err
		}
	}
	c, err = tx.Case(copies[0].Case)
	return c, !copies[0].Same, err
}

// reopen opens a new case for a mail whose case was closed. Each of the two says
// of the other, and nobody who must not know of the old one learns of the new.
func (o *Office) reopen(tx *ledger.Tx, a Arrived, held string, old casefile.Case, now time.Time) error {
	a.kept, a.after = old.Excluded, old.Ref
	return o.begin(tx, a, held, now)
}

// link adds to the opening of a case what it has to do with a closed one, and
// the same to that one's chronology.
func (o *Office) link(tx *ledger.Tx, a Arrived, out *casefile.Outcome, now time.Time) error {
	if a.after == "" {
		return nil
	}
	out.Events = append(out.Events, casefile.Event{At: now, By: "desk", Verb: casefile.Note, Arrival: a.ID,
		Text: "the same mail came before, on case " + string(a.after) + ", which is closed"})
	old, err := tx.Case(a.after)
	if err != nil {
		return err
	}
	return o.store(tx, old.Remark("desk", "the same mail was sent again; case "+string(out.Case.Ref)+" was opened for it", a.ID, o.rules(now), now), "", now)
}
