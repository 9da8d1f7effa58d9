package casefile

import (
	"fmt"
	"strings"
	"time"

	"dutydesk/workflow/sla/policy"
)

// Replan puts the present policy in force for the case: what it makes earlier is
// earlier from now on, and what it would make later stays as it was. replanned is
// false where that changes nothing, and then nothing is written. Of a case that
// the present policy was put in force for before it says what that moved: whoever
// counts begins again after a crash.
func (c Case) Replan(rules Rules, at time.Time) (out Outcome, earlier, later int, replanned bool) {
	was := c.stand(rules, at)
	if c.State.Over() || was.Book == nil || rules.Books[rules.Version] == nil {
		return out, 0, 0, false
	}
	if was.Book.Version == rules.Version {
		earlier, later = c.replanned(rules)
		return out, earlier, later, false
	}
	if late, lapsed := c.overdue(rules, at); lapsed {
		out, earlier, later, replanned = late.Case.Replan(rules, at)
		return late.before(out), earlier, later, replanned
	}
	old := c
	c.Story = c.Story.and(at, policy.Changed, rules.Version)
	c.refit(old, rules, at)
	now := c.stand(rules, at)
	earlier, later = sooner(was, now), len(now.Later)
	out = Outcome{Case: c, Events: []Event{{At: at, By: "desk", Verb: Replan,
		Text: fmt.Sprintf("policy %s in place of %s: %d earlier, %d would be later and stay", rules.Version, was.Book.Version, earlier, later)}}}
	out.follow("", rules, at)
	return out, earlier, later, true
}

// replanned is what the last change moved, if that was to the present policy.
func (c Case) replanned(rules Rules) (earlier, later int) {
	before := c
	before.Story = ""
	for line := range strings.Lines(string(c.Story)) {
		if e := readEvent(strings.TrimSpace(line)); e.Kind == policy.Changed && e.Version == rules.Version {
			then := before
			then.Story += Story(line)
			now := then.stand(rules, e.At)
			earlier, later = sooner(before.stand(rules, e.At), now), len(now.Later)
		}
		before.Story += Story(line)
	}
	return earlier, later
}

// sooner counts the clocks that run and are due earlier than they were, with the
// return of the case.
func sooner(was, now policy.Standing) (n int) {
	if a, b := was.Returns(), now.Returns(); !b.IsZero() && (a.IsZero() || b.Before(a)) {
		n++
	}
	for _, k := range was.Clocks {
		for _, m := range now.Clocks {
			if k.Running() && m.Stage == k.Stage && m.Turn == k.Turn && m.Due.Before(k.Due) {
				n++
			}
		}
	}
	return n
}
