package policy

import (
	"fmt"
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// awake are the stages whose S1 clock must not stand still at night.
var awake = []sla.Stage{sla.Acknowledge, sla.Triage, sla.LAAcknowledge, sla.Protect, sla.Refer}

// Doubts is what a council should look at though the policy runs: clocks of
// emergencies that stand still, days that change nothing, dates that come near,
// values that are hardly ever meant.
func (f *File) Doubts(b *Book, now time.Time) Problems {
	var ps Problems
	f.stageDoubts(&ps)
	f.closureDoubts(&ps, b, now)
	f.oddities(&ps, b, now)
	today := sla.DayOf(now.In(f.Zone))
	if f.NextReview <= today+30 {
		ps.add("next_review", fmt.Sprintf("the policy is to be looked at again by %s", f.NextReview), "review it, then write the next date")
	}
	if b.Calendar.RunsOut(now) {
		ps.add("open", fmt.Sprintf("bank holidays are known to %s only; from then on every weekday counts as working, so deadlines are early", b.Calendar.Horizon(now)), "get https://www.gov.uk/bank-holidays.json")
	}
	for i, s := range severities() {
		if f.Stale[i].IsZero() {
			ps.add("stale", fmt.Sprintf("an acknowledged %s that nobody works never comes back", s), fmt.Sprintf(`add s%d, such as "4wh"`, i+1))
		}
		if !slices.ContainsFunc(f.Ladder, func(r Rung) bool {
			return r.Percent >= 100 && slices.Contains(r.Severities, s) && slices.Contains(r.Tell, sla.Executive)
		}) {
			ps.add("rung", fmt.Sprintf("the ladder of %s never reaches the executive", s), `add "executive" to its last rung`)
		}
	}
	return f.located(ps).sorted()
}

func (f *File) stageDoubts(ps *Problems) {
	for i, t := range f.Stages {
		key := fmt.Sprintf("stage[%d].s1", i)
		if _, real := t.S[0].Real(); !real && !t.S[0].IsZero() && slices.Contains(awake, t.Stage) {
			ps.add(key, fmt.Sprintf("%s of an S1 stands still while the service is closed", t.Stage), `give real time, such as "1h"`)
		}
	}
}

// closureDoubts are closure days that change nothing.
func (f *File) closureDoubts(ps *Problems, b *Book, now time.Time) {
	for i, day := range f.Closures {
		key := fmt.Sprintf("closure_days[%d]", i)
		switch {
		case f.Week[day.Weekday()] == sla.Hours{}:
			ps.add(key, fmt.Sprintf("%s is a %s, when the service is closed anyway", day, day.Weekday()), "take it away")
		case day > b.Calendar.Horizon(now):
			ps.add(key, fmt.Sprintf("%s counts as working until the bank holidays of its year are known", day), "get https://www.gov.uk/bank-holidays.json")
		}
	}
}

// Seats says who holds a role for an organisation now: what the roster knows.
type Seats func(organisation string, role sla.Role) []string

// Staffed holds the ladder against a roster. Wrong are rungs with nobody on them
// for some organisation; doubtful are roles that nobody holds at all.
func (f *File) Staffed(organisations []string, seats Seats) (wrong, doubtful Problems) {
	nobody := map[sla.Role]bool{}
	for _, role := range roles() {
		nobody[role] = !slices.ContainsFunc(organisations, func(o string) bool { return len(Holders(seats, o, role)) > 0 })
	}
	for i, r := range f.Ladder {
		key := fmt.Sprintf("rung[%d].tell", i)
		for _, o := range organisations {
			if !slices.ContainsFunc(r.Tell, func(role sla.Role) bool { return len(Holders(seats, o, role)) > 0 }) {
				wrong.add(key, fmt.Sprintf("nobody stands on the rung at %d%% for the organisation %q", r.Percent, o), "fill one of its roles in the configuration, or tell another")
			}
		}
		for j, role := range r.Tell {
			if nobody[role] {
				doubtful.add(fmt.Sprintf("%s[%d]", key, j), fmt.Sprintf("nobody holds the role %s", role), "fill it in the configuration")
				nobody[role] = false // once is enough
			}
		}
	}
	return f.located(wrong).sorted(), f.located(doubtful).sorted()
}

// Holders are the people on a role while nobody has taken the matter: lead and
// deputy are those to whom it is assigned.
func Holders(seats Seats, organisation string, role sla.Role) []string {
	if role != sla.Assignee {
		return seats(organisation, role)
	}
	return slices.Concat(seats(organisation, sla.Lead), seats(organisation, sla.Deputy))
}
