package casefile

import (
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// strike answers the alarm of a clock of the policy.
func (c Case) strike(a Alarm, rules Rules, at time.Time) (Outcome, bool) {
	if a.Stage == Stale {
		if out, lapsed := c.overdue(rules, at); lapsed {
			return out, true
		}
		return c.waits(Stale, rules, at), false
	}
	k, ok := c.clock(a.Stage, rules, at)
	w, owed := c.next(k, rules)
	if c.State.Over() || !ok || !owed || w.Turn != a.Turn || w.Rung != a.Rung || at.Before(w.Due) {
		return c.waits(a.Stage, rules, at), false
	}
	if _, desk := k.ByDesk(); desk {
		return c.inform(k, rules, at), true
	}
	return c.push(k, a.Rung, rules, at), true
}

// waits is the outcome of an alarm that changes nothing: what the case waits for
// in its place.
func (c Case) waits(stage sla.Stage, rules Rules, at time.Time) Outcome {
	as := slices.DeleteFunc(c.alarms(rules, at), func(a Alarm) bool { return a.Stage != stage })
	return Outcome{Case: c, Alarms: as, Stage: stage}
}

// push goes one rung up the clock of a stage, and marks the breach for ever if
// its limit passed.
func (c Case) push(k policy.Clock, rung int, rules Rules, at time.Time) Outcome {
	n := k.Latest(at, rung)
	c.Rungs = c.Rungs.with(k.Stage, k.Turn, n+1)
	kind := StageNudge
	if r, _ := k.Ring(n); r.Breach {
		kind = StageBreach
		c.miss(at)
	}
	ns, es, _ := nearestTold(n, k.Rungs(), rules.Roster, at, func(n int) []Notice { return c.posted(kind, k, n, rules, at) })
	out := Outcome{Case: c, Events: append([]Event{{At: at, By: "clock", Verb: Elapse, Text: line(k, rung)}}, es...), Notices: ns, Stage: k.Stage}
	if a, ok := c.next(k, rules); ok {
		out.Alarms = []Alarm{a}
	}
	return out
}

// posted makes one notice for each person on rung n of a clock.
func (c Case) posted(kind Kind, k policy.Clock, n int, rules Rules, at time.Time) (ns []Notice) {
	r, _ := k.Ring(n)
	for _, p := range c.on(r.Tell, rules.Roster) {
		ns = add(ns, Notice{Kind: kind, To: p.Person, Role: p.Role, Rung: n, Urgent: true, Before: at.Add(rules.Pace()).UTC(),
			Stage: k.Stage, Due: k.Due, Why: k.Why, Note: r.Note})
	}
	return ns
}

// on lists who stands on a rung: the assignee is whoever has taken the case, if
// they are here and may still act on it.
func (c Case) on(roles []sla.Role, r Roster) (posts []Post) {
	if slices.Contains(roles, sla.Assignee) && c.By != "" && c.State != Submitted && c.MayAct(r, c.By) && !r.Away(c.By) {
		posts = []Post{{c.By, sla.Assignee}}
		roles = slices.DeleteFunc(slices.Clone(roles), func(role sla.Role) bool { return role == sla.Assignee })
	}
	for _, p := range c.Told(r, c.seats(roles)...) {
		if !slices.ContainsFunc(posts, func(q Post) bool { return q.Person == p.Person }) {
			posts = append(posts, p)
		}
	}
	return posts
}

// inform does what the desk does by itself: it tells whom the policy names, or
// where nobody is, or all are away, the nearest above them, or else below. What
// nobody was told is not done.
func (c Case) inform(k policy.Clock, rules Rules, at time.Time) Outcome {
	c.Rungs = c.Rungs.with(k.Stage, k.Turn, 1)
	tell, _ := k.ByDesk()
	stand := standIns(tell)
	ns, missing, _ := nearestTold(0, len(stand), rules.Roster, at, func(n int) (ns []Notice) {
		for _, p := range c.Told(rules.Roster, stand[n]...) {
			ns = add(ns, c.informing(p, k, rules, at))
		}
		return ns
	})
	var es []Event
	if len(ns) > 0 {
		es = append(es, Event{At: at, By: "desk", Verb: Elapse, Text: string(k.Stage) + " done"})
	}
	if len(missing) > 0 {
		why, _, _ := strings.Cut(missing[0].Text, " on rung ")
		es = append(es, Event{At: at, By: "clock", Verb: Elapse, Text: why + " to be told"})
	}
	return Outcome{Case: c, Events: es, Notices: ns, Stage: k.Stage}
}

// standIns are roles, and after them one by one those who stand in where nobody
// holds any: the ones above them, then those below, the higher first.
func standIns(roles []sla.Role) [][]sla.Role {
	all := [][]sla.Role{roles}
	for _, n := range nearest(slices.Index(acting, roles[len(roles)-1]), len(acting)-1) { // but for whoever is on call
		if n >= 0 && !slices.Contains(roles, acting[n]) {
			all = append(all, []sla.Role{acting[n]})
		}
	}
	return all
}

// overdue brings back a case that somebody took and did nothing about.
func (c Case) overdue(rules Rules, at time.Time) (Outcome, bool) {
	if c.State != Acknowledged || !c.clocked(rules) {
		return Outcome{}, false
	}
	k, ok := c.clock(sla.Acknowledge, rules, at)
	if !ok || !k.Running() {
		return Outcome{}, false
	}
	text := "nothing followed since " + c.By + " took it"
	if !c.stand(rules, k.From.Add(-time.Second)).Rests.IsZero() {
		text += ", and nothing is held any more"
	}
	c.State, c.By, c.Acknowledged, c.Reviews, c.Proposed = Submitted, "", time.Time{}, 0, ""
	c.anew(rules, at)
	out := c.climb(Returned, Event{At: at, By: "clock", Verb: Return, Text: text}, rules, at)
	out.Alarms, out.Stage = out.Case.alarms(rules, at), ""
	return out, true
}

// anew begins the ladder of a case that waits to be taken again.
func (c *Case) anew(rules Rules, at time.Time) {
	c.Since, c.Climbed, c.Reached = at.UTC(), 0, 0
	c.Turn++
	if k, ok := c.clock(sla.Acknowledge, rules, at); ok && k.Running() {
		c.Since, c.Turn = k.From, k.Turn
	}
}

// atOnce tells those who stand on the first rungs of other clocks together with
// the opening: nobody gets two letters about one moment.
func (out *Outcome) atOnce(kind Kind, rules Rules, at time.Time) {
	c := &out.Case
	for _, k := range c.stand(rules, at).Clocks {
		r, ok := k.Ring(0)
		if !ok || r.Percent > 0 || c.mine(k.Stage, rules) {
			continue
		}
		c.Rungs = c.Rungs.with(k.Stage, k.Turn, 1)
		for _, n := range c.posted(kind, k, 0, rules, at) {
			out.Notices = add(out.Notices, n)
		}
	}
	out.Alarms, out.Stage = c.alarms(rules, at), ""
}

// follow is what a person's deed leads to at once: the desk tells whom it must,
// and a limit that was missed is announced though its alarm has not rung.
func (out *Outcome) follow(by string, rules Rules, at time.Time) {
	out.Case.hasten(rules, at)
	for _, k := range out.Case.stand(rules, at).Clocks {
		switch tell, desk := k.ByDesk(); {
		case out.Case.mine(k.Stage, rules):
		case desk && len(tell) > 0 && !k.Done.IsZero() && out.Case.Rungs.At(k.Stage, k.Turn) == 0:
			out.join(out.Case.inform(k, rules, at), by)
		case !desk && !k.Breached.IsZero() && !k.Running() && out.Case.Rungs.At(k.Stage, k.Turn) <= limitOf(k):
			out.join(out.Case.push(k, limitOf(k), rules, at), by)
		}
	}
	out.Alarms, out.Stage = out.Case.alarms(rules, at), ""
}

// hasten begins the ladder again where a graver severity has begun its clock
// again: those on the first rung hear of the new limit at once.
func (c *Case) hasten(rules Rules, at time.Time) {
	if c.State != Submitted || !c.clocked(rules) || c.ladder(rules, at).own() {
		return
	}
	k, ok := c.clock(sla.Acknowledge, rules, at)
	from := c.Since
	if from.IsZero() {
		from = c.Opened
	}
	if ok && k.Running() && (k.Turn != c.Turn || k.From.After(from)) {
		c.Since, c.Turn, c.Climbed, c.Reached = k.From, k.Turn, 0, 0
	}
}

// limitOf is the rung of a clock at which its limit is missed.
func limitOf(k policy.Clock) int {
	for n := range k.Rungs() {
		if r, _ := k.Ring(n); r.Breach {
			return n
		}
	}
	return k.Rungs()
}

// join adds what follows; whoever did it needs no word of it.
func (out *Outcome) join(more Outcome, by string) {
	out.Case, out.Events = more.Case, append(out.Events, more.Events...)
	for _, n := range more.Notices {
		if n.To != by {
			out.Notices = add(out.Notices, n)
		}
	}
}
