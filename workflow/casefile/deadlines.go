package casefile

import (
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// Deadline is one thing that people owe a case now.
type Deadline struct {
	Stage    sla.Stage
	Due      time.Time // UTC; it is overdue from this moment on
	Breached bool      // that it was missed is recorded, for ever
	Why      string    // which rule set it, in words that name nobody and hold nothing of the report
}

// Deadlines are what people owe the case at the moment of the roster, soonest
// first; none once it is closed. What was done is not among them, also when it was done
// late: that stands in Breached of the case. Targets are not among them either:
// nobody is late for one. Rules must be those the case runs under.
func (c Case) Deadlines(rules Rules) (ds []Deadline) {
	at := rules.Roster.at
	l, p := c.ladder(rules, at), rules.Policy.Filled()
	switch {
	case c.State.Over():
		return nil
	case c.State == Submitted:
		ds = []Deadline{{sla.Acknowledge, l.limit(), c.Climbed > l.breach() || l.own() && !c.Breached.IsZero() && c.Turn == 0, l.why()}}
	case c.reviewed(rules):
		ds = []Deadline{{sla.Review, p.ReviewDue(c.Acknowledged, c.Reviews), false, "a concern comes back every " + p.Review.String() + " until it is closed"}}
	}
	for _, k := range c.stand(rules, at).Clocks {
		if _, desk := k.ByDesk(); !desk && k.Running() && !k.Soft && !c.mine(k.Stage, rules) {
			ds = append(ds, Deadline{k.Stage, k.Due, c.Rungs.At(k.Stage, k.Turn) > limitOf(k), k.Why})
		}
	}
	slices.SortStableFunc(ds, func(a, b Deadline) int { return a.Due.Compare(b.Due) })
	return ds
}
