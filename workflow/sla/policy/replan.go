package policy

import (
	"time"

	"dutydesk/workflow/sla"
)

// Move is what a new policy, or a new list of bank holidays, would do to one
// deadline that is running.
type Move struct {
	Was   Clock
	Would Clock // zero where the new policy has no such clock
	Now   Clock // what is in force after it
}

// Earlier tells whether the deadline has moved.
func (m Move) Earlier() bool { return m.Now.Due.Before(m.Was.Due) }

// Later tells whether the new policy would have given more time, or no limit.
// The deadline stays where it was until a person announces the later one.
func (m Move) Later() bool {
	return m.Would.book == nil || m.Would.Due.After(m.Was.Due) || m.Would.softer(m.Was)
}

// softer reports whether a limit that people can miss would be none any more.
func (c Clock) softer(was Clock) bool {
	return c.Soft && !was.Soft || c.term.Desk && !was.term.Desk
}

// Replan holds running clocks against the same clocks under another book. The
// rule is: what would be earlier is earlier from now on; what would be later, or
// a target where it was a limit, stays as it was, and is listed as Later for a person to announce. So no change
// of a file ever makes a deadline later by itself.
//
// Clocks that are done, dropped or breached stay as they are and are not listed.
// at is the moment of the change.
func Replan(running []Clock, book *Book, at time.Time) (moves []Move) {
	for _, was := range running {
		if !was.Running() || !was.Due.After(at) {
			continue
		}
		m := Move{Was: was, Now: was}
		if would, ok := book.rerun(was, was.Severity, was.From); ok {
			m.Would = would
			if would.Due.Before(was.Due) && !would.softer(was) {
				m.Now = would
			}
		}
		moves = append(moves, m)
	}
	return moves
}

// rerun is the same turn of a clock under this book, by a severity and from an
// instant, with the same pauses; false where there is no such clock.
func (b *Book) rerun(was Clock, s sla.Severity, from time.Time) (Clock, bool) {
	t, ok := b.Policy.term(was.Stage)
	if !ok || t.For(s).IsZero() {
		return Clock{}, false
	}
	c := b.start(t, s, from, "the same start")
	c.Turn, c.origin = was.Turn, was.origin
	for _, p := range was.pauses {
		c = c.paused(p)
	}
	return c, true
}
