package casefile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// Exclude keeps people from the case from now on: they are its subject, are
// affected by it, reported it, are named in it, or said that they are too close.
// It needs nobody's consent, and so all who remain hear of it. What somebody did
// who may not act any more does not stand: a case they took waits to be taken
// again, a close they proposed is off, and see [Case.unsay]. Nor does an older
// proposal to readmit them. Those to whom the case is led round them are told at
// once.
func (c Case) Exclude(people []string, by, why string, rules Rules, at time.Time) Outcome {
	was := c
	c.Excluded = c.Excluded.With(people...)
	for _, p := range people {
		c.Lifting = c.Lifting.Without(p + "=" + c.lifter(p))
	}
	es := []Event{{At: at, By: by, Verb: Exclude, Text: strings.Join(people, " ") + ": " + why}}
	if c.Excluded == was.Excluded || c.State.Over() {
		return Outcome{Case: c, Events: es, Alarms: c.alarms(rules, at)}
	}
	back := c.undone(was, rules, at)
	if back != "" {
		es = append(es, Event{At: at, By: "desk", Verb: Note, Text: back})
	}
	if c.unwatched(was, rules.Roster) {
		es = append(es, Event{At: at, By: "clock", Verb: Elapse, Text: Nobody + " among the managers"})
	}
	ns := c.instead(was, rules, at)
	for _, n := range c.remaining(was, people, by, back, rules, at) {
		ns = add(ns, n)
	}
	return Outcome{Case: c, Events: es, Notices: ns, Alarms: c.alarms(rules, at)}
}

// undone takes back what was done by people who could act before and cannot now,
// and says so for people.
func (c *Case) undone(was Case, rules Rules, at time.Time) (back string) {
	barred := func(id string) bool {
		return id != "" && (was.MayAct(rules.Roster, id) && !c.MayAct(rules.Roster, id) || c.Excluded.Has(id))
	}
	returned, again := c.undo(barred), c.owedAgain(barred, rules, at)
	if !c.clocked(rules) {
		return again
	}
	back = strings.Trim(c.unsay(barred, at)+", "+again, ", ")
	if returned {
		c.Story = c.Story.and(at, policy.Raised, string(sla.Acknowledge))
		c.anew(rules, at)
	}
	c.refit(was, rules, at)
	c.hasten(rules, at)
	return back
}

// undo takes back that such people took the case or proposed to close it;
// returned says that it waits to be taken again.
func (c *Case) undo(barred func(id string) bool) (returned bool) {
	if barred(c.Proposed) {
		c.Proposed = ""
		if c.State == CloseProposed {
			c.State = c.workable()
		}
	}
	if barred(c.By) {
		returned = c.State != Submitted
		c.By, c.Acknowledged, c.Reviews, c.Proposed, c.State = "", time.Time{}, 0, "", Submitted
	}
	return returned
}

// unwatched reports whether no manager may know of the case any more.
func (c Case) unwatched(was Case, r Roster) bool {
	sees := func(c Case) bool {
		return slices.ContainsFunc(r.Holders(c.Org, sla.Manager), func(id string) bool { return !c.Excluded.Has(id) })
	}
	return sees(was) && !sees(c)
}

// crowd is how many people may be kept from a case before those above hear of
// each further one.
const crowd = 2

// remaining tells those who work the case, and did not do it, that somebody was
// taken off. Where that was a manager, or more than two are kept from the case
// by now, the local authority lead and the managers hear as well: nobody takes
// everybody else off unseen.
func (c Case) remaining(was Case, people []string, by, back string, rules Rules, at time.Time) []Notice {
	names, managers := []string{}, rules.Roster.Holders(c.Org, sla.Manager)
	for _, id := range people {
		if !was.Excluded.Has(id) {
			names = append(names, rules.Roster.Name(id))
		}
	}
	text := "took " + strings.Join(names, ", ") + " off it because of a conflict of interest"
	if back != "" {
		text += "; what they did does not stand: " + back
	}
	if c.unwatched(was, rules.Roster) {
		text += ". No manager hears of it any more"
	}
	ns := c.others(Changed, by, text, rules, at)
	if len(c.Excluded.List()) > crowd || slices.ContainsFunc(people, func(id string) bool { return slices.Contains(managers, id) }) {
		for _, p := range c.Told(rules.Roster, sla.LALead, sla.Manager) {
			if p.Person != by {
				ns = add(ns, Notice{Kind: Changed, To: p.Person, Role: p.Role, Reason: text})
			}
		}
	}
	return ns
}

// instead tells those of a case that is not closed who had not been told of it
// and now stand where somebody was passed over.
func (c Case) instead(was Case, rules Rules, at time.Time) (ns []Notice) {
	if c.State.Over() {
		return nil
	}
	var knew, know []Post
	l := c.ladder(rules, at)
	for rung := range max(1, c.Climbed, c.Reached) {
		roles := c.seats(l.rung(rung).Tell)
		know = append(know, c.Told(rules.Roster, join(c.first(rules.Roster), roles...)...)...)
		knew = append(knew, was.Told(rules.Roster, join(was.first(rules.Roster), roles...)...)...)
	}
	for _, p := range know {
		if !slices.ContainsFunc(knew, func(k Post) bool { return k.Person == p.Person }) {
			n := Notice{Kind: Opened, To: p.Person, Role: p.Role, Urgent: true, Before: c.patience(rules, at)}
			if c.State == Submitted {
				n.Stage, n.Due, n.Why = sla.Acknowledge, l.limit(), l.why()
			}
			ns = add(ns, n)
		}
	}
	return ns
}

// Readmit lifts an exclusion. It takes two people who may act on the case, and
// the one who is excluded is neither: the first proposes, the second confirms.
// The contact outside the service, where nobody else may act, needs no second.
// Whoever is readmitted hears of what happens next and of nothing before.
func (c Case) Readmit(person, by, why string, rules Rules, at time.Time) (Outcome, error) {
	if !c.Excluded.Has(person) || !c.MayAct(rules.Roster, by) {
		return Outcome{}, fmt.Errorf("%s %s: %w", Readmit, c.Ref, ErrNotAllowed)
	}
	proposer, name := c.lifter(person), rules.Roster.Name(person)
	if proposer == by {
		return Outcome{}, fmt.Errorf("%s %s: %w", Readmit, c.Ref, ErrSamePerson)
	}
	e := Event{At: at, By: by, Verb: Readmit, Text: person + ": " + why}
	tell := c.others(Changed, by, "agreed that "+name+" may work on it again", rules, at)
	if proposer != "" && c.MayAct(rules.Roster, proposer) || !c.Eligible(rules.Roster) {
		c.Excluded, c.Lifting = c.Excluded.Without(person), c.Lifting.Without(person+"="+proposer)
	} else {
		c.Lifting = c.Lifting.Without(person + "=" + proposer).With(person + "=" + by)
		e.Text = person + " proposed: " + why
		tell = c.others(Changed, by, "proposes that "+name+" works on it again; if you agree, answer UNCONFLICT "+name+" because (your reason)", rules, at)
		ask(tell, "UNCONFLICT "+name+" because ")
	}
	return Outcome{Case: c, Events: []Event{e}, Notices: tell, Alarms: c.alarms(rules, at)}, nil
}

// lifter is who proposed to readmit person, "" if nobody did.
func (c Case) lifter(person string) string {
	for _, pair := range c.Lifting.List() {
		if excluded, by, _ := strings.Cut(pair, "="); excluded == person {
			return by
		}
	}
	return ""
}

// Colleague finds whose address this is, also one that the roster gives among
// somebody's other names. It says who is no stranger, and never who may act:
// authority comes with the one address that letters go to.
func (r Roster) Colleague(addr string) (Person, bool) {
	if p, ok := r.ByAddress(addr); ok || !strings.Contains(addr, "@") {
		return p, ok
	}
	for _, p := range r.People {
		if slices.ContainsFunc(p.Also, func(also string) bool { return strings.EqualFold(strings.TrimSpace(also), addr) }) {
			return p, true
		}
	}
	return Person{}, false
}

// Eligible reports whether anybody on the ladder may act on the case now.
func (c Case) Eligible(r Roster) bool { return len(c.routed(r, acting...)) > 0 }
