package casefile

import (
	"fmt"
	"time"

	"dutydesk/workflow/sla/policy"
)

// Replan puts the present policy in force for the case: what it makes earlier is
// earlier from now on, and what it would make later stays as it was. replanned is
// false where that changes nothing, and then nothing is written.
func (c Case) Replan(rules Rules, at time.Time) (out Outcome, earlier, later int, replanned bool) {
	was := c.stand(rules, at)
	if c.State.Over() || was.Book == nil || was.Book.Version == rules.Version || rules.Books[rules.Version] == nil {
		return out, 0, 0, false
	}
	c.Story = c.Story.and(at, policy.Changed, rules.Version)
	now := c.stand(rules, at)
	for _, k := range was.Clocks {
		for _, n := range now.Clocks {
			if k.Running() && n.Stage == k.Stage && n.Turn == k.Turn && n.Due.Before(k.Due) {
				earlier++
			}
		}
	}
	later = len(now.Later)
	out = Outcome{Case: c, Events: []Event{{At: at, By: "desk", Verb: Replan,
		Text: fmt.Sprintf("policy %s in place of %s: %d earlier, %d would be later and stay", rules.Version, was.Book.Version, earlier, later)}}}
	out.follow("", rules, at)
	return out, earlier, later, true
}
