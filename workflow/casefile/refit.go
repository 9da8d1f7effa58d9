package casefile

import (
	"slices"
	"time"

	"dutydesk/workflow/sla/policy"
)

// refit carries over how far each ladder was climbed where another severity or
// policy has put another ladder in its place: rungs are numbers, and the same
// number of another ladder is another rung.
func (c *Case) refit(was Case, rules Rules, at time.Time) {
	if c.State == Submitted && c.Turn == was.Turn {
		before, now := was.ladder(rules, at), c.ladder(rules, at)
		c.Climbed, c.Reached = carried(before, now, c.Climbed, at), alike(before, now, c.Reached)
	}
	before := was.stand(rules, at).Clocks
	for _, k := range c.stand(rules, at).Clocks {
		i := slices.IndexFunc(before, func(b policy.Clock) bool { return b.Stage == k.Stage && b.Turn == k.Turn })
		if _, desk := k.ByDesk(); i < 0 || desk || !k.Running() || c.mine(k.Stage, rules) || unchanged(before[i], k) {
			continue
		}
		c.Rungs = c.Rungs.with(k.Stage, k.Turn, carried(ladder{clock: before[i]}, ladder{clock: k}, c.Rungs.At(k.Stage, k.Turn), at))
	}
}

// unchanged tells whether a clock still has the ladder it had.
func unchanged(was, is policy.Clock) bool {
	return was.Severity == is.Severity && was.Version == is.Version && was.From.Equal(is.From)
}

// carried is the next rung of a ladder that stands in the place of one whose
// next rung was n. A rung that was told before its new time is told again.
func carried(was, is ladder, n int, at time.Time) int {
	for n = alike(was, is, n); n > 0 && is.due(n-1).After(at); n-- {
	}
	return n
}

// alike is how many rungs of the one ladder were told while n of the other were:
// none above the first whose share of the time was not told, so that no limit is
// passed in silence.
func alike(was, is ladder, n int) (rungs int) {
	shares := map[int]bool{}
	for i := range min(n, was.rungs()) {
		shares[was.rung(i).Percent] = true
	}
	for ; rungs < is.rungs(); rungs++ {
		if !shares[is.rung(rungs).Percent] {
			return rungs
		}
	}
	return rungs + max(0, n-was.rungs())
}
