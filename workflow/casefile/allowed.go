package casefile

import (
	"fmt"
	"regexp"
	"time"
)

// allowedLine is what the chronology says when the council's own time to take a
// case is another; 0s is that there is none.
var allowedLine = regexp.MustCompile(`^to be taken within (\S+) by the council's own rule, before within (\S+)$`)

// Reallow puts the council's own time to take a case in force, in place of the
// one of before, of which zero is none. What was told by the one ladder is
// carried over to the other, so that no limit is passed in silence.
func (c Case) Reallow(before time.Duration, rules Rules, at time.Time) (out Outcome, changed bool) {
	if c.State == Closed || before == rules.Policy.Acknowledge {
		return Outcome{Case: c}, false
	}
	was := rules
	was.Policy.Acknowledge = before
	if c.State == Submitted {
		from, to := c.ladder(was, at), c.ladder(rules, at)
		c.Climbed, c.Reached = carried(from, to, c.Climbed, at), alike(from, to, c.Reached)
	}
	text := fmt.Sprintf("to be taken within %s by the council's own rule, before within %s", rules.Policy.Acknowledge, before)
	out = Outcome{Case: c, Events: []Event{{At: at, By: "desk", Verb: Replan, Text: text}}}
	out.follow("", rules, at)
	return out, true
}

// allowed are the rules with the council's own time to take a case as it was at
// the moment of an event: today's where the chronology tells of no other.
func (r Rules) allowed(es []Event, n int) Rules {
	var first bool
	for i, e := range es {
		m := allowedLine.FindStringSubmatch(e.Text)
		if e.Verb != Replan || m == nil || i > n && first {
			continue
		}
		is := m[1]
		if i > n {
			is = m[2]
		}
		if d, err := time.ParseDuration(is); err == nil {
			r.Policy.Acknowledge, first = d, true
		}
	}
	return r
}
