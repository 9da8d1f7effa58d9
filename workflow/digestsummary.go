package workflow

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// Summary is what one person is told every day. Whatever the person must not
// know of is in none of its numbers: it is the one of a desk without those
// concerns (T8, G10).
type Summary struct {
	Open     int // concerns that are not closed
	Today    int // of these, with something owed before the day ends
	Overdue  int // of these, with something that is late now
	Breached int // of these, that missed a limit at any time

	Undelivered int // letters about them that did not reach somebody since yesterday
	Held        int // of them, whose report could not be read by the desk
	Waiting     int // arrivals that are not disposed of; known to nobody, so only for those who answer for the desk

	Counts bool // only what is late is listed: a manager's
	Owed   []Owed
}

// Owed is a concern in a summary with what is owed next.
type Owed struct {
	Case casefile.Case
	casefile.Deadline
	Overdue, Today bool
}

// reading is how long an arrival may take to be disposed of before it counts as
// waiting.
const reading = 2 * time.Minute

// digested are the roles that hear every day, in this order: a person is told
// for the first they hold.
var digested = []sla.Role{sla.Lead, sla.Deputy, sla.ServiceLead, sla.LALead, sla.Manager}

// readers are those who get the daily list: whoever holds one of the roles, and
// whoever an open case was led round to.
func readers(r casefile.Roster, open []casefile.Case) (posts []casefile.Post) {
	add := func(more ...casefile.Post) {
		for _, p := range more {
			if !slices.ContainsFunc(posts, func(q casefile.Post) bool { return q.Person == p.Person }) {
				posts = append(posts, p)
			}
		}
	}
	orgs := slices.Sorted(maps.Keys(r.Orgs)) // those of a closed one are triage's
	for _, role := range digested {
		if role != sla.Lead && role != sla.Deputy {
			orgs = []string{""}
		}
		for _, org := range orgs {
			for _, id := range r.Holders(org, role) {
				add(casefile.Post{Person: id, Role: role})
			}
		}
	}
	for _, c := range open {
		add(c.Told(r, digested...)...)
	}
	return posts
}

// Summary is what a person is told at the moment at; the day ends at midnight.
func (o *Office) Summary(ctx context.Context, person string, at, midnight time.Time) (s Summary, err error) {
	o.summing.Lock()
	defer o.summing.Unlock()
	if err := o.learn(ctx); err != nil {
		return s, err
	}
	open, err := o.Ledger.OpenCases(ctx)
	if err != nil {
		return s, err
	}
	rules := o.rules(at)
	o.sums.renew(rules.Books, at)
	theirs := s.list(open, person, rules, &o.sums, at, midnight)
	if err := o.hitches(ctx, &s, theirs, at); err != nil {
		return s, err
	}
	if answers(rules.Roster, person) {
		s.Waiting, err = o.Ledger.WaitingCount(ctx, at.Add(-reading))
	}
	return s, err
}

// answers reports whether a person answers for the desk itself.
func answers(r casefile.Roster, person string) bool {
	return slices.ContainsFunc([]sla.Role{sla.ServiceLead, sla.LALead, sla.Manager}, func(role sla.Role) bool {
		return slices.Contains(r.Holders("", role), person)
	})
}

// list counts and lists the person's cases, and returns which those are.
func (s *Summary) list(open []casefile.Case, person string, rules casefile.Rules, all *sums, at, midnight time.Time) map[casefile.Ref]bool {
	theirs := map[casefile.Ref]bool{}
	s.Counts = true
	for _, c := range open {
		role, told := role(c, rules.Roster, person)
		if !told {
			continue
		}
		theirs[c.Ref] = true
		x := all.of(c, rules).owed(c, at, midnight)
		s.count(x)
		acts := role != sla.Manager
		s.Counts = s.Counts && !acts
		if acts || x.Overdue || x.Breached {
			s.Owed = append(s.Owed, x)
		}
	}
	s.Counts = s.Counts && len(theirs) > 0
	slices.SortStableFunc(s.Owed, func(a, b Owed) int { return a.Due.Compare(b.Due) })
	return theirs
}

// role is for which of the digested roles a person is told of a case.
func role(c casefile.Case, r casefile.Roster, person string) (sla.Role, bool) {
	for _, p := range c.Told(r, digested...) {
		if p.Person == person {
			return p.Role, true
		}
	}
	return "", false
}

func (s *Summary) count(x Owed) {
	s.Open++
	for _, n := range []struct {
		is bool
		of *int
	}{{x.Today, &s.Today}, {x.Overdue, &s.Overdue}, {x.Breached, &s.Breached}} {
		if n.is {
			*n.of++
		}
	}
}

// hitches counts what went wrong with the person's cases.
func (o *Office) hitches(ctx context.Context, s *Summary, theirs map[casefile.Ref]bool, at time.Time) error {
	back, err := o.Ledger.Returns(ctx, at.Add(-24*time.Hour))
	if err != nil {
		return fmt.Errorf("summarise: %w", err)
	}
	held, err := o.Ledger.HeldCases(ctx)
	if err != nil {
		return fmt.Errorf("summarise: %w", err)
	}
	s.Undelivered = len(slices.DeleteFunc(back, func(r ledger.Return) bool { return !theirs[r.Case] }))
	s.Held = len(slices.DeleteFunc(held, func(ref casefile.Ref) bool { return !theirs[ref] }))
	return nil
}
