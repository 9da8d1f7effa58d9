package workflow

import (
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// names finds out who is named in an arrival, and who only among those who got
// a copy of it or in words that nobody sees.
func (o *Office) names(a *Arrived) {
	firm := o.Rules.Roster.Named(a.Mentions)
	also := o.Rules.Roster.Named(a.Copied)
	a.named, a.copied = firm.With(also.List()...), ""
	for _, id := range also.List() {
		if !firm.Has(id) {
			a.copied = a.copied.With(id)
		}
	}
}

// fitting finds the case among those of earlier copies of a mail that this one
// belongs to, the zero Case if there is none: each keeps people from it who are
// not named in this copy, and somebody may have sent the other before it, with
// more recipients, so that nobody hears of this. Whoever was kept from such a
// case by a person is kept from the new one as well.
func (o *Office) fitting(tx *ledger.Tx, a *Arrived, copies []ledger.Copy) (none casefile.Case, err error) {
	seen := map[casefile.Ref]bool{}
	for _, x := range copies {
		if seen[x.Case] {
			continue
		}
		seen[x.Case] = true
		c, err := tx.Case(x.Case)
		if err != nil {
			return none, err
		}
		if c.State.Over() {
			continue
		}
		silent, err := o.silences(tx, a, c)
		if err != nil || !silent || x.Same {
			return c, err
		}
	}
	return none, nil
}

// silences reports whether a case keeps people from it, since it was opened, who
// are not named in this copy of its mail.
func (o *Office) silences(tx *ledger.Tx, a *Arrived, c casefile.Case) (bool, error) {
	if c.Excluded == "" {
		return false, nil
	}
	lines, err := tx.Conflicts(c.Ref, "desk")
	if err != nil {
		return false, err
	}
	then, silent := casefile.NamedIn(lines...), false
	for _, id := range then.List() {
		silent = silent || !a.named.Has(id)
	}
	for _, id := range c.Excluded.List() {
		if silent && !then.Has(id) {
			a.kept = a.kept.With(id)
		}
	}
	return silent, nil
}

// barredAll tells managers who may know of the case that everybody who could act
// is named in it, and that it went to one of them.
func (o *Office) barredAll(tx *ledger.Tx, out casefile.Outcome, now time.Time) error {
	if !slices.ContainsFunc(out.Events, func(e casefile.Event) bool { return e.Verb == casefile.Readmit }) {
		return nil
	}
	var xs []ledger.Letter
	for _, p := range out.Case.Told(o.rules(now).Roster, sla.Manager) {
		xs = append(xs, o.blank(Trouble, p.Person, Detail{Trouble: UnownedPart, Since: now}, now))
	}
	return tx.Write(xs...)
}
