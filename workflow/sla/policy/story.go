package policy

import (
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// Line is one line of the story that nobody answers: what the clock, or the desk
// itself, does at one moment.
type Line struct {
	Clock  Clock
	Ring   Ring // of a desk's own act only its instant and whom it tells
	Stands int  // the rung that is told: Ring's own, or the nearest that has somebody
	ByDesk bool
}

// Silence tells the whole story of something that nobody ever answers, in order:
// every rung of every stage, and what the desk does by itself, until the ladder
// of the acknowledgement has repeated so many times. held says whether somebody
// holds a role; nil if everybody does. A rung on which nobody is told passes to
// the nearest above, or else below, that has somebody.
func (b *Book) Silence(s sla.Severity, received time.Time, repeats int, held func(sla.Role) bool) (lines []Line) {
	clocks := b.Open(s, received)
	end := ending(clocks, repeats)
	for _, c := range clocks {
		lines = append(lines, c.silence(end, held)...)
	}
	slices.SortStableFunc(lines, func(a, b Line) int { return a.Ring.At.Compare(b.Ring.At) })
	return lines
}

// ending is the last repeat that is told of.
func ending(clocks []Clock, repeats int) (end time.Time) {
	for _, c := range clocks {
		if r, ok := c.Ring(c.Rungs() - 1 + max(repeats, 0)); ok && c.Stage == sla.Acknowledge {
			end = r.At
		}
	}
	return end
}

// silence are the lines of one clock.
func (c Clock) silence(end time.Time, held func(sla.Role) bool) (lines []Line) {
	if c.term.Desk {
		if c.Due.After(end) {
			return nil
		}
		return []Line{{Clock: c, Ring: Ring{Rung: Rung{Percent: 100, Tell: c.term.Tell, Note: c.term.Note}, At: c.Due}, ByDesk: true}}
	}
	for n := 0; ; n++ {
		r, ok := c.Ring(n)
		if !ok || r.At.After(end) {
			return lines
		}
		lines = append(lines, Line{Clock: c, Ring: r, Stands: c.Stands(n, held)})
	}
}

// Stands is the rung that is told when rung n is reached: n itself if somebody is
// on it, else the nearest above, else the nearest below; -1 if nobody is on any.
// Repeats are those of the last rung. A nil held is everybody.
func (c Clock) Stands(n int, held func(sla.Role) bool) int {
	ladder := c.ladder()
	own := min(n, len(ladder)-1)
	if own < 0 {
		return -1
	}
	staffed := func(i int) bool { return held == nil || slices.ContainsFunc(ladder[i].Tell, held) }
	for i := own; i < len(ladder); i++ {
		if staffed(i) {
			return i
		}
	}
	for i := own - 1; i >= 0; i-- {
		if staffed(i) {
			return i
		}
	}
	return -1
}
