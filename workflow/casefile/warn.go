package casefile

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// Concern says what a warning about the roster is of.
type Concern string

// What is warned of.
const (
	Ends        Concern = "ends"        // somebody who holds a role leaves, or a seat for a time ends
	Absent      Concern = "away"        // somebody who holds a role is away
	Vacant      Concern = "vacant"      // nobody is there for a role
	Ambassadors Concern = "ambassadors" // fewer CEOP Ambassadors than the policy asks for
)

// Warning is one thing that somebody should see to before it hurts.
type Warning struct {
	What   Concern
	At     time.Time // when it begins, UTC; not before the moment asked about
	Until  time.Time // when an absence ends, zero otherwise
	Org    string    // "" where it is the whole service's
	Role   sla.Role
	Person string // "" where nobody is there
	Learnt bool   // only a mail told of it
}

// asked is how many CEOP Ambassadors the policy asks for ("maintain 2 CEOP
// trained Ambassadors").
const asked = 2

// Warnings lists what goes wrong with the roster between now and a time after
// it, soonest first, each once for a role of an organisation.
func (r Roster) Warnings(now time.Time, ahead time.Duration) (ws []Warning) {
	end := now.Add(ahead)
	orgs := slices.Sorted(maps.Keys(r.Orgs))
	for _, id := range orgs {
		if o := r.Orgs[id]; !o.Closed {
			ws = append(ws, r.of(id, sla.Lead, now, end)...)
			ws = append(ws, r.of(id, sla.Deputy, now, end)...)
			ws = append(ws, r.ambassadors(o, now, end)...)
		}
	}
	for _, role := range []sla.Role{sla.ServiceLead, sla.LALead, sla.SeniorOfficer, sla.Executive, sla.OnCall, sla.Manager} {
		if !slices.Equal(r.standing("", role), []string{""}) {
			ws = append(ws, r.of("", role, now, end)...)
		}
	}
	slices.SortStableFunc(ws, func(a, b Warning) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Org, b.Org)) })
	return ws
}

// of are the warnings of one role.
func (r Roster) of(org string, role sla.Role, now, end time.Time) (ws []Warning) {
	for _, at := range r.changes(now, end) {
		then := r.On(at)
		for _, id := range then.seated(org, role) {
			if a, away := then.away(id); away {
				ws = once(ws, Warning{Absent, at, a.Until, org, role, id, a.Learnt})
			}
		}
		if len(then.Holders(org, role)) == 0 {
			ws = once(ws, Warning{What: Vacant, At: at, Org: org, Role: role})
		}
		before := r.On(at.Add(-1))
		for _, id := range before.seated(org, role) {
			if at.After(now) && !slices.Contains(then.seated(org, role), id) {
				ws = once(ws, Warning{What: Ends, At: at, Org: org, Role: role, Person: id})
			}
		}
	}
	return ws
}

// once adds a warning unless one of the same kind and person is there.
func once(ws []Warning, w Warning) []Warning {
	if slices.ContainsFunc(ws, func(x Warning) bool { return x.What == w.What && x.Person == w.Person }) {
		return ws
	}
	return append(ws, w)
}

// ambassadors warns when an organisation has, or will have, too few.
func (r Roster) ambassadors(o Org, now, end time.Time) []Warning {
	for _, at := range r.changes(now, end) {
		if o.Ceop && len(r.On(at).known(o.Ambassadors...)) < asked {
			return []Warning{{What: Ambassadors, At: at, Org: o.ID}}
		}
	}
	return nil
}

// changes are the moments from now to end at which the roster changes, and now.
func (r Roster) changes(now, end time.Time) []time.Time {
	all := []time.Time{now}
	note := func(t Term) {
		for _, at := range []time.Time{t.From, t.Until} {
			if at.After(now) && !at.After(end) {
				all = append(all, at)
			}
		}
	}
	for _, p := range r.People {
		note(p.Term)
	}
	for _, s := range r.Seats {
		note(s.Term)
	}
	for _, a := range r.Absences {
		note(a.Term)
	}
	slices.SortFunc(all, time.Time.Compare)
	return slices.CompactFunc(all, time.Time.Equal)
}
