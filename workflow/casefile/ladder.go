package casefile

import (
	"fmt"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// ladder is what silence climbs while nobody has taken a case: that of the
// council's policy, or the plain one of a council that gives an allowance of its
// own where that is no later, and of cases that are older than policies.
type ladder struct {
	from  time.Time
	plain sla.Policy   // unless its allowance is zero
	clock policy.Clock // otherwise
}

// ladder finds it. It stands also for a case that was taken: who was called to
// it is told of what follows.
func (c Case) ladder(rules Rules, at time.Time) ladder {
	if !c.clocked(rules) {
		return c.laddered(policy.Clock{}, false, rules)
	}
	k, ok := c.clock(sla.Acknowledge, rules, at)
	return c.laddered(k, ok, rules)
}

// laddered is the ladder that goes with a clock of the acknowledgement, if there
// is one.
func (c Case) laddered(k policy.Clock, ok bool, rules Rules) ladder {
	own := ladder{from: c.Since, plain: rules.Policy.Filled()}
	if own.from.IsZero() {
		own.from = c.Opened
	}
	if !c.clocked(rules) {
		return own
	}
	switch {
	case rules.Policy.Acknowledge > 0 && (!ok || k.Rungs() == 0 || !own.limit().After(k.Due)):
		return own
	case !ok || k.Rungs() == 0:
		return ladder{from: own.from, plain: sla.Default()}
	}
	return ladder{from: k.From, clock: k}
}

func (l ladder) own() bool { return l.plain.Acknowledge > 0 }

// rungs is how many there are, repeats aside.
func (l ladder) rungs() int {
	if l.own() {
		return len(l.plain.Ladder)
	}
	return l.clock.Rungs()
}

// rung is rung n; beyond the top the last one repeats.
func (l ladder) rung(n int) sla.Rung {
	if l.own() {
		return l.plain.Rung(n)
	}
	r, _ := l.clock.Ring(n)
	return sla.Rung{Percent: r.Percent, Tell: r.Tell, Breach: r.Breach}
}

// due is the instant at which rung n is reached, UTC.
func (l ladder) due(n int) time.Time {
	if l.own() {
		return l.plain.Due(l.from, n)
	}
	r, _ := l.clock.Ring(n)
	return r.At
}

// limit is the instant by which a person must have taken the case, UTC.
func (l ladder) limit() time.Time {
	if l.own() {
		return l.plain.Limit(l.from)
	}
	return l.clock.Due
}

// latest is the highest rung reached at the moment at, n at least; it leaps
// over repeats only.
func (l ladder) latest(at time.Time, n int) int {
	if l.own() {
		return l.plain.Latest(l.from, at, n)
	}
	return l.clock.Latest(at, n)
}

// breach is the rung at which the limit is missed.
func (l ladder) breach() int {
	for n := range l.rungs() {
		if l.rung(n).Breach {
			return n
		}
	}
	return l.rungs()
}

// note is what the policy asks besides on rung n.
func (l ladder) note(n int) string {
	if l.own() {
		return ""
	}
	r, _ := l.clock.Ring(n)
	return r.Note
}

// why says which rule set the limit, in words that name nobody.
func (l ladder) why() string {
	if l.own() {
		return "a named person takes a concern within " + l.plain.Acknowledge.String() + " of its arrival"
	}
	return l.clock.Why
}

// line is what the chronology says when rung n is reached.
func (l ladder) line(n int) string {
	if !l.own() {
		return line(l.clock, n)
	}
	return fmt.Sprintf("%s %d%%", sla.Acknowledge, l.plain.Rung(n).Percent)
}

// line names a rung of a clock; `sla replay` reads it back.
func line(k policy.Clock, n int) string {
	r, _ := k.Ring(n)
	text := fmt.Sprintf("%s %d%%", k.Stage, r.Percent)
	if k.Turn > 0 {
		text += fmt.Sprintf(", turn %d", k.Turn+1)
	}
	if r.Repeat > 0 {
		text += fmt.Sprintf(", repeat %d", r.Repeat)
	}
	return text
}
