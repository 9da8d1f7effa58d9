package casefile

import (
	"slices"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// refit carries over how far each ladder was climbed where another severity or
// policy has put another ladder in its place: rungs are numbers, and the same
// number of another ladder is another rung.
func (c *Case) refit(was Case, rules Rules, at time.Time) {
	before := was.stand(rules, at).Clocks
	for _, k := range c.stand(rules, at).Clocks {
		i := slices.IndexFunc(before, func(b policy.Clock) bool { return b.Stage == k.Stage && b.Turn == k.Turn })
		if i < 0 || !k.Running() || before[i].Severity == k.Severity && before[i].Version == k.Version && before[i].From.Equal(k.From) {
			continue
		}
		switch {
		case !c.mine(k.Stage, rules):
			c.Rungs = c.Rungs.with(k.Stage, k.Turn, carried(before[i], k, c.Rungs.At(k.Stage, k.Turn), at))
		case k.Stage == sla.Acknowledge && rules.Policy.Acknowledge == 0:
			c.Climbed, c.Reached = carried(before[i], k, c.Climbed, at), alike(before[i], k, c.Reached)
		}
	}
}

// carried is the next rung of a ladder that stands in the place of one whose
// next rung was n. A rung that was told before its new time is told again.
func carried(was, is policy.Clock, n int, at time.Time) int {
	n = alike(was, is, n)
	for ; n > 0; n-- {
		if r, ok := is.Ring(n - 1); !ok || !r.At.After(at) {
			break
		}
	}
	return n
}

// alike is how many rungs of the one ladder were told while n of the other were:
// none above the first whose share of the time was not told, so that no limit is
// passed in silence.
func alike(was, is policy.Clock, n int) (rungs int) {
	if was.Rungs() == 0 && is.Rungs() == 0 {
		return n // the desk's own
	}
	shares := map[int]bool{}
	for i := range min(n, was.Rungs()) {
		r, _ := was.Ring(i)
		shares[r.Percent] = true
	}
	for ; rungs < is.Rungs(); rungs++ {
		if r, _ := is.Ring(rungs); !shares[r.Percent] {
			return rungs
		}
	}
	return rungs + max(0, n-was.Rungs())
}
