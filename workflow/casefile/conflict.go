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
// It needs nobody's consent. What somebody did who may not act any more
// does not stand: a case they took waits to be taken again, and a close they
// proposed is off. Nor does an older proposal to readmit them. Those to whom the case is led round them are told at once.
func (c Case) Exclude(people []string, by, why string, rules Rules, at time.Time) Outcome {
	was := c
	c.Excluded = c.Excluded.With(people...)
	for _, p := range people {
		c.Lifting = c.Lifting.Without(p + "=" + c.lifter(p))
	}
	e := Event{At: at, By: by, Verb: Exclude, Text: strings.Join(people, " ") + ": " + why}
	if c.Excluded == was.Excluded {
		return Outcome{Case: c, Events: []Event{e}, Alarms: c.alarms(rules, at)}
	}
	if c.undo(was, rules.Roster) && c.clocked(rules) {
		c.Story = c.Story.and(at, policy.Raised, string(sla.Acknowledge))
		c.anew(rules, at)
	}
	return Outcome{Case: c, Events: []Event{e}, Notices: c.instead(was, rules, at), Alarms: c.alarms(rules, at)}
}

// undo takes back what was done by people who could act before and cannot now;
// returned says that the case waits to be taken again.
func (c *Case) undo(was Case, r Roster) (returned bool) {
	barred := func(id string) bool { return id != "" && was.MayAct(r, id) && !c.MayAct(r, id) || c.Excluded.Has(id) }
	if barred(c.Proposed) {
		c.Proposed = ""
		if c.State == CloseProposed {
			c.State = c.workable()
		}
	}
	if barred(c.By) && !c.State.Over() {
		c.By, c.Acknowledged, c.Reviews, c.Proposed, c.State = "", time.Time{}, 0, "", Submitted
		return was.State != Submitted
	}
	return false
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
			ns = add(ns, Notice{Kind: Opened, To: p.Person, Role: p.Role, Urgent: true, Before: c.patience(rules, at)})
		}
	}
	return ns
}

// Readmit lifts an exclusion. It takes two people who may act on the case, and
// the one who is excluded is neither: the first proposes, the second confirms.
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
	if proposer != "" && c.MayAct(rules.Roster, proposer) {
		c.Excluded, c.Lifting = c.Excluded.Without(person), c.Lifting.Without(person+"="+proposer)
	} else {
		c.Lifting = c.Lifting.Without(person + "=" + proposer).With(person + "=" + by)
		e.Text = person + " proposed: " + why
		tell = c.others(Changed, by, "proposes that "+name+" works on it again; if you agree, answer UNCONFLICT "+name+" because, and why", rules, at)
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
