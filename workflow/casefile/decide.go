package casefile

import (
	"fmt"
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// Command is one instruction by one person whose right to give it has been
// proven by the office.
type Command struct {
	By      string // person id
	Verb    Verb
	Text    string
	Arrival string
	Hand    string // who wrote it down on their behalf, such as "operator"; "" if nobody did
}

// Begin opens a case for a report that arrived at the moment at: lead and
// deputy are told at once, in parallel, and the clock runs. Who is named in the
// report is passed over.
func Begin(r Report, rules Rules, at time.Time) Outcome {
	c := Case{Ref: r.Ref, Org: rules.Roster.Org(r.Org).ID, Severity: r.Severity, State: Submitted, Arrival: r.Arrival, Opened: at.UTC(), Excluded: r.Excluded.With(r.Kept.List()...)}
	if c.Severity == "" {
		c.Severity = sla.S2
	}
	if rules.Books[rules.Version] != nil {
		c.Version = rules.Version
	}
	last := c.resort(r, rules.Roster, at)
	kind := Opened
	if r.Held != "" {
		kind = Hold
	}
	e := Event{At: at, By: "reporter", Verb: Open, Text: r.Held, Arrival: r.Arrival}
	out := c.climb(kind, e, rules, at)
	out.atOnce(kind, rules, at)
	out.Events = slices.Insert(out.Events, 1, append(r.conflicts(at), last...)...)
	if len(last) > 0 || !c.Eligible(rules.Roster) {
		out.explain()
	}
	return out
}

// Obey applies a person's command, given at the moment at. The errors are
// ErrNotAllowed, ErrSamePerson, ErrLALead, ErrNoReason and ErrUnclear.
func (c Case) Obey(cmd Command, rules Rules, at time.Time) (Outcome, error) {
	cmd = c.meant(cmd)
	to, ok := c.after(cmd.Verb)
	if !ok || !slices.Contains(Acts(), cmd.Verb) {
		return Outcome{}, fmt.Errorf("%s %s while %s: %w", cmd.Verb, c.Ref, c.State, ErrNotAllowed)
	}
	if _, hand := c.File.first(string(Close)); c.State == CloseProposed && cmd.Verb == Close && (cmd.By == c.Proposed || hand != "" && hand == cmd.Hand) {
		return Outcome{}, fmt.Errorf("%s %s: %w", cmd.Verb, c.Ref, ErrSamePerson)
	}
	if c.State == CloseProposed && cmd.Verb == Close && !c.MayClose(rules.Roster, cmd.By) {
		return Outcome{}, fmt.Errorf("%s %s: %w", cmd.Verb, c.Ref, ErrLALead)
	}
	if late, lapsed := c.overdue(rules, at); lapsed {
		return late.then(cmd, rules, at)
	}
	tell, err := c.heed(cmd, rules, at)
	if err != nil {
		return Outcome{}, fmt.Errorf("%s %s: %w", cmd.Verb, c.Ref, err)
	}
	out := c.overrun(cmd, rules, at)
	out.Events = append(out.Events, Event{At: at, By: cmd.By, Verb: cmd.Verb, Text: cmd.Text, Arrival: cmd.Arrival})
	for _, n := range append(tell.notices, c.news(cmd, rules, at)...) {
		out.Notices = add(out.Notices, n)
	}
	out.Case.Story, out.Case.Severity, out.Case.Grading, out.Case.File = tell.story.signed(c.Story, cmd.By), tell.severity, tell.grading, tell.file
	if tell.stays {
		to = c.State
	}
	if c.reopens(tell.severity) {
		to = c.workable()
	}
	out.Case.apply(cmd, to, at)
	if tell.severity != c.Severity {
		out.Case.refit(c, rules, at)
	}
	out.meet(cmd, rules, at)
	out.follow(cmd.By, rules, at)
	return out, nil
}

// then obeys a command after what came before it in the same moment.
func (out Outcome) then(cmd Command, rules Rules, at time.Time) (Outcome, error) {
	next, err := out.Case.Obey(cmd, rules, at)
	if err != nil {
		return Outcome{}, err
	}
	return out.before(next), nil
}

// before is the outcome of what came next, with what came before it in the same
// moment.
func (out Outcome) before(next Outcome) Outcome {
	next.Events = append(out.Events, next.Events...)
	for _, n := range out.Notices {
		next.Notices = add(next.Notices, n)
	}
	return next
}

// news tells the others what one of them did. A note stands in the chronology
// for whoever looks, and who takes a case again that is theirs already has no
// news.
func (c Case) news(cmd Command, rules Rules, at time.Time) []Notice {
	if !slices.Contains([]Verb{Acknowledge, Close}, cmd.Verb) || cmd.Verb == Acknowledge && c.State == Acknowledged && cmd.By == c.By {
		return nil
	}
	return c.others(c.told(cmd.Verb), cmd.By, cmd.Text, rules, at)
}

// overrun is what a command that comes after the limit brings to light: the
// alarm of the limit has not been answered yet, and taking the case now would
// silence it. A breach is recorded and told whichever of the two comes first.
func (c Case) overrun(cmd Command, rules Rules, at time.Time) Outcome {
	out, l := Outcome{Case: c}, c.ladder(rules, at)
	n := l.breach()
	if cmd.Verb != Acknowledge || c.State != Submitted || n < c.Climbed || n >= l.rungs() || at.Before(l.due(n)) {
		return out
	}
	out.Case.Climbed = n + 1
	out.Case.miss(at)
	out.Events = []Event{{At: at, By: "clock", Verb: Elapse, Text: l.line(n)}}
	for _, x := range c.tell(Breach, n, rules, at) {
		if x.To != cmd.By && x.Role != sla.Lead && x.Role != sla.Deputy { // who hear that it was taken
			out.Notices = append(out.Notices, x)
		}
	}
	return out
}

// miss marks for ever that a limit was missed.
func (c *Case) miss(at time.Time) {
	if c.Breached.IsZero() {
		c.Breached = at.UTC()
	}
}

// apply changes what the command changes.
func (c *Case) apply(cmd Command, to State, at time.Time) {
	if cmd.Verb == Acknowledge && c.Acknowledged.IsZero() {
		c.Acknowledged, c.By = at.UTC(), cmd.By
	}
	switch {
	case cmd.Verb == Close && to == CloseProposed:
		c.Proposed, c.File = cmd.By, c.File.whole(string(Close))
		if cmd.Hand != "" {
			c.File = c.File.spoken(string(Close), cmd)
		}
	case to != CloseProposed && to != Closed:
		c.Proposed = ""
	}
	c.State = to
}

// told is the kind of letter by which the others on the case hear of a command.
func (c Case) told(v Verb) Kind {
	switch {
	case v == Acknowledge:
		return TakenBy
	case v == Close && c.State == CloseProposed:
		return CaseClosed
	}
	return CloseProposal
}

// Elapse answers an alarm. An alarm that is early, stale, or rings for a case
// somebody has taken changes nothing; that is what makes alarms safe to repeat.
// Its time is what the policy says now, not what it said when it was set: the
// outcome holds the alarm that the case waits for in its place.
func (c Case) Elapse(a Alarm, rules Rules, at time.Time) (out Outcome, rang bool) {
	if !c.mine(a.Stage, rules) {
		return c.strike(a, rules, at)
	}
	waits := slices.DeleteFunc(c.own(rules, at), func(w Alarm) bool { return w.Stage != a.Stage })
	i := slices.IndexFunc(waits, func(w Alarm) bool { return w.Ref == a.Ref && w.Turn == a.Turn && w.Rung == a.Rung })
	if i < 0 || at.Before(waits[i].Due) {
		return Outcome{Case: c, Alarms: waits, Stage: a.Stage}, false
	}
	if a.Stage == sla.Review {
		return c.remind(a, rules, at), true
	}
	return c.ring(a, rules, at), true
}

// ring goes one rung up, and marks the breach for ever if the limit passed.
func (c Case) ring(a Alarm, rules Rules, at time.Time) Outcome {
	l := c.ladder(rules, at)
	c.Climbed = l.latest(at, a.Rung)
	kind := Nudge
	if l.rung(c.Climbed).Breach {
		kind = Breach
		c.miss(at)
	}
	if c.Turn > 0 && c.Climbed == 0 {
		kind = Returned
	}
	return c.climb(kind, Event{At: at, By: "clock", Verb: Elapse, Text: l.line(a.Rung)}, rules, at)
}

// climb tells everybody on the next rung. A rung with nobody on it, or where all
// are said to be away, is a line in the chronology, and the nearest that has
// somebody is told as well; the clock goes on rung by rung, so that no breach is
// announced later for it.
func (c Case) climb(kind Kind, e Event, rules Rules, at time.Time) Outcome {
	rung, l := c.Climbed, c.ladder(rules, at)
	c.Climbed++
	ns, es, reached := nearestTold(rung, l.rungs(), rules.Roster, at, func(n int) []Notice { return c.tell(kind, n, rules, at) })
	c.Reached = max(c.Reached, reached)
	return Outcome{Case: c, Events: append([]Event{e}, es...), Notices: ns, Alarms: c.own(rules, at), Stage: sla.Acknowledge}
}

// nearestTold tells whoever is on a rung, and where nobody is, or all are said
// to be away, the nearest that has somebody as well. Events say so; reached is
// one above the highest rung that was told.
func nearestTold(rung, rungs int, r Roster, at time.Time, tell func(rung int) []Notice) (ns []Notice, es []Event, reached int) {
	for _, n := range nearest(rung, rungs) {
		told := tell(n)
		for _, x := range told {
			ns = add(ns, x)
		}
		if len(told) > 0 {
			reached = max(reached, min(n, rungs-1)+1)
		}
		why := vacant(told, r)
		if why == "" {
			break
		}
		es = append(es, Event{At: at, By: "clock", Verb: Elapse, Text: fmt.Sprintf("%s on rung %d", why, n)})
	}
	return ns, es, reached
}

// vacant says why those who are told on a rung are not enough, "" if they are.
func vacant(ns []Notice, r Roster) string {
	switch {
	case len(ns) == 0:
		return Nobody
	case !slices.ContainsFunc(ns, func(n Notice) bool { return !r.Away(n.To) }):
		return "only people who are away"
	}
	return ""
}

// nearest orders the rungs of a ladder as they stand in for rung: itself, those
// above, then those below, the higher first.
func nearest(rung, rungs int) []int {
	order := []int{rung}
	for n := rung + 1; n < rungs; n++ {
		order = append(order, n)
	}
	for n := min(rung, rungs-1) - 1; n >= 0; n-- {
		order = append(order, n)
	}
	return order
}

// remind brings a case that is not closed back to those who work it. Reminders
// that were slept through are not made up for.
func (c Case) remind(a Alarm, rules Rules, at time.Time) Outcome {
	c.Reviews = rules.Policy.Filled().ReviewsBy(c.Acknowledged, at, a.Rung+1)
	ns := c.others(Reminder, "", "", rules, at)
	e := Event{At: at, By: "clock", Verb: Elapse, Text: fmt.Sprintf("%s 100%%", a.Stage)}
	return Outcome{Case: c, Events: []Event{e}, Notices: ns, Alarms: c.own(rules, at), Stage: sla.Review}
}

// Undelivered records that a letter did not reach the person. While nobody has
// taken the case, the next rung with somebody new on it is told now; the clock
// of the ladder itself goes on, so that no breach is announced later for it.
func (c Case) Undelivered(person, why string, rules Rules, at time.Time) Outcome {
	out := Outcome{Events: []Event{{At: at, By: "post", Verb: Undelivered, Text: person + ": " + why}}}
	if c.State == Submitted {
		out.Notices = c.reach(person, why, rules, at)
	} else {
		out.Notices = c.others(NotDelivered, person, why, rules, at)
	}
	out.Case, out.Alarms = c, c.alarms(rules, at)
	return out
}

// reach goes up the ladder to the first rung with somebody on it who has not
// been told yet.
func (c *Case) reach(person, why string, rules Rules, at time.Time) (ns []Notice) {
	told := []string{person}
	for rung := range c.ladder(rules, at).rungs() {
		for _, n := range c.tell(NotDelivered, rung, rules, at) {
			if rung >= max(c.Climbed, c.Reached) && !slices.Contains(told, n.To) {
				n.Reason = why
				ns = append(ns, n)
			}
			told = append(told, n.To)
		}
		if len(ns) > 0 {
			c.Reached = rung + 1
			break
		}
	}
	return ns
}

// Distrust keeps a message that gave no proof of who wrote it, and shows lead
// and deputy that it came. It moves nothing.
func (c Case) Distrust(arrival, why string, rules Rules, at time.Time) Outcome {
	e := Event{At: at, By: "desk", Verb: Distrust, Text: why, Arrival: arrival}
	return Outcome{Case: c, Events: []Event{e}, Notices: c.others(Untrusted, "", why, rules, at), Alarms: c.alarms(rules, at)}
}

// Remark adds a line to the chronology and moves nothing.
func (c Case) Remark(by, text, arrival string, rules Rules, at time.Time) Outcome {
	e := Event{At: at, By: by, Verb: Note, Text: text, Arrival: arrival}
	return Outcome{Case: c, Events: []Event{e}, Alarms: c.alarms(rules, at)}
}
