package workflow

import (
	"context"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// ClocksPart is the trouble of a case whose clocks cannot be replayed.
const ClocksPart = "clocks"

// unreadError reports a case that runs by a policy which this worker has not read.
type unreadError struct{ c casefile.Case }

func (e unreadError) Error() string {
	return fmt.Sprintf("%s runs by a policy that was not read yet", e.c.Ref)
}

// knows reports an unreadError, so that nothing is decided by another policy than
// the case's own. A policy that is not in the ledger either holds nothing up.
func (o *Office) knows(c casefile.Case, now time.Time) error {
	if o.Reopen == nil || o.rules(now).Knows(c) {
		return nil
	}
	if lost := o.lost.Load(); lost != nil && lost.Has(string(c.Ref)) {
		return nil
	}
	return unreadError{c}
}

// reread reads the policies of the ledger again because of a case.
func (o *Office) reread(ctx context.Context, c casefile.Case) error {
	books, err := o.Reopen(ctx)
	if err != nil {
		return fmt.Errorf("read the policies again: %w", err)
	}
	for v, b := range o.Rules.Books {
		if books[v] == nil {
			books[v] = b
		}
	}
	o.books.Store(&books)
	if !o.rules(o.Now()).Knows(c) {
		lost := casefile.IDs(c.Ref)
		if was := o.lost.Load(); was != nil {
			lost = was.With(string(c.Ref))
		}
		o.lost.Store(&lost)
	}
	return nil
}

// astray tells managers, once a day, of cases whose clocks cannot be replayed and
// that run by the present policy therefore, too early rather than not at all.
func (o *Office) astray(tx *ledger.Tx, c casefile.Case, now time.Time) (xs []ledger.Letter, err error) {
	rules := o.rules(now)
	if c.Story == "" && rules.Knows(c) {
		return nil, nil
	}
	if _, err := c.Standing(rules, now); err == nil {
		return nil, nil
	}
	for _, p := range c.Told(rules.Roster, sla.Manager) {
		first, err := tx.Once(ClocksPart+"/"+p.Person, now, 24*time.Hour)
		if err != nil {
			return nil, err
		}
		if first {
			xs = append(xs, o.blank(Trouble, p.Person, Detail{Trouble: ClocksPart, Since: now}, now))
		}
	}
	return xs, nil
}
