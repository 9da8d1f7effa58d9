package policy

import (
	"time"

	"dutydesk/workflow/sla"
)

// Pace is the least real time that the policy gives anybody to take a matter,
// most if it gives more or counts in working time only.
func (b *Book) Pace(most time.Duration) time.Duration {
	t, _ := b.Policy.term(sla.Acknowledge)
	for _, a := range t.S {
		if d, ok := a.Real(); ok && d > 0 {
			most = min(most, d)
		}
	}
	return most
}
