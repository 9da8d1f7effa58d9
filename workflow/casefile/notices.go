package casefile

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// tell makes one notice for each person on the rung, whatever number of roles
// they hold there.
func (c Case) tell(kind Kind, rung int, rules Rules, at time.Time) (ns []Notice) {
	l := c.ladder(rules, at)
	before, roles := c.patience(rules, at), c.seats(l.rung(rung).Tell)
	if rung == 0 {
		roles = join(slices.Clone(roles), c.first(rules.Roster)...)
	}
	for _, p := range c.Told(rules.Roster, roles...) {
		ns = add(ns, Notice{Kind: kind, To: p.Person, Role: p.Role, Rung: rung, Urgent: true, Before: before,
			Stage: sla.Acknowledge, Due: l.limit(), Why: l.why(), Note: l.note(rung)})
	}
	return ns
}

// seats are roles as the roster knows them: the assignee of a case that nobody
// has taken are its lead and deputy.
func (c Case) seats(roles []sla.Role) (out []sla.Role) {
	for _, role := range roles {
		if role == sla.Assignee {
			out = join(out, sla.Lead, sla.Deputy)
			continue
		}
		out = join(out, role)
	}
	return out
}

// patience is how long the post has to deliver what is told at the moment at:
// half of the time to the next rung (F51), a tenth of the pace at least, so
// that a desk which wakes up late gives it a chance.
func (c Case) patience(rules Rules, at time.Time) time.Time {
	l := c.ladder(rules, at)
	step := l.due(c.Climbed).Sub(at)
	if !l.own() { // a night between two rungs is no reason to wait for the post
		step = min(step, 2*rules.Pace())
	}
	return at.Add(max(step/2, rules.Pace()/10)).UTC()
}

// others tells those who work the case, but not the person who did it. A close
// that waits for a second person also goes to those who may confirm it, and
// that somebody took the case to everybody who was called to act.
func (c Case) others(kind Kind, by, reason string, rules Rules, at time.Time) (ns []Notice) {
	l := c.ladder(rules, at)
	told := max(c.Climbed, c.Reached)
	roles := c.first(rules.Roster)
	if told > l.breach() || kind == Changed && c.Severity == sla.S1 || kind == CloseProposal || kind == NotDelivered {
		roles = append(roles, sla.ServiceLead, sla.LALead)
	}
	if kind == CloseProposal || kind == Reminder && c.State == CloseProposed {
		roles = append(roles, c.closer(rules.Roster, cmp.Or(by, c.Proposed)))
	}
	for rung := range told {
		if kind == TakenBy {
			roles = append(roles, c.seats(l.rung(rung).Tell)...)
		}
	}
	for _, p := range c.Told(rules.Roster, roles...) {
		if p.Person != by && p.Role != sla.Manager {
			ns = add(ns, Notice{Kind: kind, To: p.Person, Role: p.Role, Reason: reason})
		}
	}
	return ns
}

// informing is the notice by which the desk tells somebody of a case. While the
// local authority's lead owes an answer, theirs says by when.
func (c Case) informing(p Post, k policy.Clock, rules Rules, at time.Time) Notice {
	n := Notice{Kind: Informed, To: p.Person, Role: p.Role, Before: at.Add(rules.Pace()).UTC(), Stage: k.Stage, Why: k.Why, Note: k.Note()}
	if answer, ok := c.clock(sla.LAAcknowledge, rules, at); ok && answer.Running() && rules.Roster.fills(p.Person, c.Org, sla.LALead) {
		n.Due, n.Why = answer.Due, answer.Why
	}
	return n
}

// ask adds to notices the reply that they ask for.
func ask(ns []Notice, reply string) {
	for i := range ns {
		ns[i].Ask = reply
	}
}

// add appends n unless its person is told already.
func add(ns []Notice, n Notice) []Notice {
	if slices.ContainsFunc(ns, func(m Notice) bool { return m.To == n.To }) {
		return ns
	}
	return append(ns, n)
}

// Late is how long after its limit the case is at the moment at; 0 if it is not.
func (c Case) Late(rules Rules, at time.Time) time.Duration {
	return max(0, at.Sub(c.Limit(rules, at)))
}

// Limit is by when somebody must take the case, or must have taken it, UTC. Of
// most cases it needs no replay: a list asks for many.
func (c Case) Limit(rules Rules, at time.Time) time.Time {
	if b := rules.Books[c.Version]; b != nil && c.Turn == 0 && c.Story.unmoved() {
		k, ok := b.Start(sla.Acknowledge, c.Severity, c.Opened)
		return c.laddered(k, ok, rules).limit()
	}
	return c.ladder(rules, at).limit()
}

// unmoved reports whether nothing in the story moves a clock that began with it.
func (s Story) unmoved() bool {
	return !slices.ContainsFunc([]policy.Kind{policy.Graded, policy.Changed, policy.Announced, policy.Paused}, func(k policy.Kind) bool {
		return strings.Contains(string(s), " "+string(k))
	})
}

// Owed is what a case that waits to be taken waits for: the stage, by when, UTC,
// and which rule says so.
func (c Case) Owed(rules Rules, at time.Time) (stage sla.Stage, due time.Time, why string) {
	l := c.ladder(rules, at)
	return sla.Acknowledge, l.limit(), l.why()
}
