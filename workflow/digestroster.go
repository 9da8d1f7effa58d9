package workflow

import (
	"context"
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// rosterAhead is how far the weekly check looks ahead.
const rosterAhead = 30 * 24 * time.Hour

// Muster is what the weekly check of the roster found.
type Muster struct {
	Warnings  []casefile.Warning
	Uncovered []string // organisations for which nobody stands in, by id
	Returned  []string // people whom a letter did not reach in the week before, by id
}

// Muster is what a person is told of the roster at the moment at. A letter that
// did not reach somebody counts only if it was about a concern that the person
// may know of, or went to everybody.
func (o *Office) Muster(ctx context.Context, person string, at time.Time) (m Muster, err error) {
	if err := o.learn(ctx); err != nil {
		return m, err
	}
	r := o.rules(at).Roster
	m.Warnings, m.Uncovered = r.Warnings(at, rosterAhead), r.Uncovered()
	since := at.Add(-7 * 24 * time.Hour)
	for _, kind := range []casefile.Kind{DailyList, RosterCheck, PolicyReview} {
		people, err := o.Ledger.Refusals(ctx, since, kind)
		if err != nil {
			return m, err
		}
		m.Returned = append(m.Returned, people...)
	}
	back, err := o.returned(ctx, r, person, since)
	m.Returned = append(m.Returned, back...)
	slices.Sort(m.Returned)
	m.Returned = slices.Compact(m.Returned)
	return m, err
}

// returned are those whom a letter about a case that the person is told of did
// not reach.
func (o *Office) returned(ctx context.Context, r casefile.Roster, person string, since time.Time) (people []string, err error) {
	open, err := o.Ledger.OpenCases(ctx)
	if err != nil {
		return nil, err
	}
	back, err := o.Ledger.Returns(ctx, since)
	for _, x := range back {
		i := slices.IndexFunc(open, func(c casefile.Case) bool { return c.Ref == x.Case })
		if i < 0 {
			continue
		}
		if _, told := role(open[i], r, person); told {
			people = append(people, x.Person)
		}
	}
	return people, err
}

// overseers are those who answer for roster and policy: managers and the service
// lead, or else the local authority lead.
func overseers(r casefile.Roster) (ids []string) {
	ids = append(r.Holders("", sla.Manager), r.Holders("", sla.ServiceLead)...)
	if len(ids) == 0 {
		ids = r.Holders("", sla.LALead)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// oversee writes a letter to each of them.
func (o *Office) oversee(tx *ledger.Tx, kind casefile.Kind, d Detail, now time.Time) error {
	to := overseers(o.rules(now).Roster)
	if len(to) == 0 {
		return errNobody
	}
	var letters []ledger.Letter
	for _, p := range to {
		letters = append(letters, o.blank(kind, p, d, now))
	}
	return tx.Write(letters...)
}
