package casefile

import (
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

// Deadlines are what people owe the case, soonest first; none once it is closed.
// What was done is not among them, also when it was done late: that stands in
// Breached of the case. Rules must be those the case runs under.
func (c Case) Deadlines(rules Rules) []Deadline {
	p := rules.Policy
	switch c.State {
	case Submitted:
		return []Deadline{{sla.Acknowledge, p.Limit(c.Opened), !c.Breached.IsZero(), "a named person takes a concern within " + p.Acknowledge.String() + " of its arrival"}}
	case Acknowledged, CloseProposed:
		return []Deadline{{sla.Review, p.ReviewDue(c.Acknowledged, c.Reviews), false, "a concern comes back every " + p.Review.String() + " until it is closed"}}
	}
	return nil
}
