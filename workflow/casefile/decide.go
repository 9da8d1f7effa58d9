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
}

// Begin opens a case for a report that arrived at the moment at: lead and
// deputy are told at once, in parallel, and the clock runs.
func Begin(r Report, rules Rules, at time.Time) Outcome {
	c := Case{Ref: r.Ref, Org: rules.Roster.Org(r.Org).ID, Severity: r.Severity, State: Submitted, Arrival: r.Arrival, Opened: at.UTC()}
	if c.Severity == "" {
		c.Severity = sla.S2
	}
	kind := Opened
	if r.Held != "" {
		kind = Hold
	}
	e := Event{At: at, By: "reporter", Verb: Open, Text: r.Held, Arrival: r.Arrival}
	return c.climb(kind, e, rules)
}

// Obey applies a person's command, given at the moment at.
func (c Case) Obey(cmd Command, rules Rules, at time.Time) (Outcome, error) {
	to, ok := c.after(cmd.Verb)
	if !ok {
		return Outcome{}, fmt.Errorf("%s %s while %s: %w", cmd.Verb, c.Ref, c.State, ErrNotAllowed)
	}
	if c.State == CloseProposed && cmd.Verb == Close && cmd.By == c.Proposed {
		return Outcome{}, fmt.Errorf("%s %s: %w", cmd.Verb, c.Ref, ErrSamePerson)
	}
	kind := c.told(cmd.Verb)
	c.apply(cmd, to, at)
	e := Event{At: at, By: cmd.By, Verb: cmd.Verb, Text: cmd.Text, Arrival: cmd.Arrival}
	notices := c.others(kind, cmd.By, cmd.Text, rules)
	return Outcome{Case: c, Events: []Event{e}, Notices: notices, Alarms: c.alarms(rules.Policy)}, nil
}

// apply changes what the command changes.
func (c *Case) apply(cmd Command, to State, at time.Time) {
	if cmd.Verb == Acknowledge && c.Acknowledged.IsZero() {
		c.Acknowledged, c.By = at.UTC(), cmd.By
	}
	switch {
	case cmd.Verb == Close && to == CloseProposed:
		c.Proposed = cmd.By
	case to == Acknowledged:
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
	case v == Close:
		return CloseProposal
	}
	return Noted
}

// Elapse answers an alarm. An alarm that is early, stale, or rings for a case
// somebody has taken changes nothing; that is what makes alarms safe to repeat.
func (c Case) Elapse(a Alarm, rules Rules, at time.Time) (out Outcome, rang bool) {
	if !slices.Contains(c.alarms(rules.Policy), a) || at.Before(a.Due) {
		return Outcome{Case: c, Alarms: c.alarms(rules.Policy)}, false
	}
	e := Event{At: at, By: "clock", Verb: Elapse, Text: fmt.Sprintf("%s %d%%", a.Stage, rules.Policy.Rung(a.Rung).Percent)}
	if a.Stage == sla.Review {
		return c.remind(e, rules), true
	}
	return c.climbAt(e, rules, at), true
}

// climbAt goes one rung up, and marks the breach for ever if the limit passed.
func (c Case) climbAt(e Event, rules Rules, at time.Time) Outcome {
	kind := Nudge
	if rules.Policy.Rung(c.Climbed).Breach {
		kind = Breach
		if c.Breached.IsZero() && !at.Before(rules.Policy.Limit(c.Opened)) {
			c.Breached = at.UTC()
		}
	}
	return c.climb(kind, e, rules)
}

// climb tells everybody on the next rung that has somebody on it. Empty rungs
// are passed over at once, each with a line in the chronology.
func (c Case) climb(kind Kind, e Event, rules Rules) Outcome {
	out := Outcome{Events: []Event{e}}
	for range len(rules.Policy.Ladder) {
		rung := c.Climbed
		c.Climbed++
		out.Notices = c.tell(kind, rung, rules)
		if len(out.Notices) > 0 {
			break
		}
		kind = Breach
		out.Events = append(out.Events, Event{At: e.At, By: "clock", Verb: Elapse, Text: fmt.Sprintf("nobody on rung %d", rung)})
	}
	out.Case, out.Alarms = c, c.alarms(rules.Policy)
	return out
}

// remind brings a case that is not closed back to those who work it.
func (c Case) remind(e Event, rules Rules) Outcome {
	c.Reviews++
	ns := c.others(Reminder, "", "", rules)
	return Outcome{Case: c, Events: []Event{e}, Notices: ns, Alarms: c.alarms(rules.Policy)}
}

// Undelivered records that a letter did not reach the person. While nobody has
// taken the case, the next rung with somebody new on it is told now; the clock
// of the ladder itself goes on, so that no breach is announced later for it.
func (c Case) Undelivered(person, why string, rules Rules, at time.Time) Outcome {
	out := Outcome{Events: []Event{{At: at, By: "post", Verb: Undelivered, Text: person + ": " + why}}}
	if c.State == Submitted {
		out.Notices = c.reach(person, why, rules)
	} else {
		out.Notices = c.others(NotDelivered, person, why, rules)
	}
	out.Case, out.Alarms = c, c.alarms(rules.Policy)
	return out
}

// reach goes up the ladder to the first rung with somebody on it who has not
// been told yet.
func (c *Case) reach(person, why string, rules Rules) (ns []Notice) {
	told := []string{person}
	for rung := range rules.Policy.Ladder {
		for _, n := range c.tell(NotDelivered, rung, rules) {
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
	return Outcome{Case: c, Events: []Event{e}, Notices: c.others(Untrusted, "", why, rules), Alarms: c.alarms(rules.Policy)}
}

// alarms are all a case waits for: the next rung while nobody has taken it,
// the next reminder while it is not closed.
func (c Case) alarms(p sla.Policy) []Alarm {
	switch c.State {
	case Submitted:
		return []Alarm{{Ref: c.Ref, Stage: sla.Acknowledge, Rung: c.Climbed, Due: p.Due(c.Opened, c.Climbed)}}
	case Acknowledged, CloseProposed:
		due := c.Acknowledged.Add(p.Review * time.Duration(c.Reviews+1)).UTC()
		return []Alarm{{Ref: c.Ref, Stage: sla.Review, Rung: c.Reviews, Due: due}}
	}
	return nil
}

// Remark adds a line to the chronology and moves nothing.
func (c Case) Remark(by, text, arrival string, rules Rules, at time.Time) Outcome {
	e := Event{At: at, By: by, Verb: Note, Text: text, Arrival: arrival}
	return Outcome{Case: c, Events: []Event{e}, Alarms: c.alarms(rules.Policy)}
}
