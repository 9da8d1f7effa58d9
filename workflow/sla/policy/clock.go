package policy

import (
	"slices"
	"sort"
	"time"

	"dutydesk/workflow/sla"
)

// Clock is one deadline of one matter, from its start to the end of it.
type Clock struct {
	Stage     sla.Stage
	Severity  sla.Severity // by which it runs
	Allowance sla.Allowance
	From      time.Time // where it started, UTC
	Due       time.Time // UTC, exact to the second
	Known     bool      // false: beyond the bank holidays that are known, and rather early
	Soft      bool      // a target: never a breach
	Turn      int       // how often the stage had run before
	Done      time.Time // when a person or the desk did it; zero while it runs
	Dropped   time.Time // when a decision took it away; zero if none did
	Breached  time.Time // the limit that was missed, for ever; zero if it was kept so far
	Version   string    // of the book it runs by
	Why       string    // which rule set it, for people

	book   *Book
	term   sla.Term
	origin time.Time // where the stage itself began; From, unless a graver severity moved that
	pauses []span
	spared []span // in which a lighter severity ruled, of a clock that counts from before
}

// span is a pause.
type span struct{ begin, end time.Time }

// Running tells whether the clock still waits for somebody.
func (c Clock) Running() bool { return c.Done.IsZero() && c.Dropped.IsZero() }

// ByDesk tells whether the desk itself does what the clock waits for, and whom it
// tells by doing so.
func (c Clock) ByDesk() (tell []sla.Role, desk bool) { return c.term.Tell, c.term.Desk }

// Ring is one rung of one clock, reached at an instant.
type Ring struct {
	Rung
	At     time.Time // UTC, exact to the second
	Repeat int       // of the last rung: 1 is its first repeat, 0 the rung itself
	Breach bool      // the limit has passed
}

// Rungs is how many rungs the clock's ladder has, repeats aside.
func (c Clock) Rungs() int { return len(c.ladder()) }

// Ring is rung n of the clock, 0 being the first. Beyond the last rung that one
// repeats, so that the ladder never falls silent while nobody acts; ok is false
// where there is nothing to repeat, for a target or what the desk does itself.
// Rung n+1 is never before rung n.
func (c Clock) Ring(n int) (r Ring, ok bool) {
	ladder := c.ladder()
	if n < 0 || len(ladder) == 0 || n >= len(ladder) && c.Soft {
		return Ring{}, false
	}
	last := min(n, len(ladder)-1)
	r = Ring{Rung: ladder[last], Repeat: n - last, Breach: ladder[last].Percent >= 100}
	r.At = c.share(r.Percent)
	if r.Repeat > 0 {
		r.At = c.book.Calendar.Again(r.At, c.book.Policy.Repeat.For(c.Severity), r.Repeat)
	}
	return r, true
}

// Latest is the highest rung that is reached at the moment at, n at least. It
// leaps over repeats only: whoever slept through several of those is told once,
// but no rung of the ladder itself is left out.
func (c Clock) Latest(at time.Time, n int) int {
	if n < c.Rungs()-1 || c.Soft {
		return n
	}
	past := func(m int) bool { r, ok := c.Ring(m); return !ok || r.At.After(at) }
	step := 1
	for ; step < 1<<24 && !past(n+step); step *= 2 {
	}
	return n + max(0, sort.Search(step+1, func(i int) bool { return past(n + i) })-1)
}

// ladder are the clock's rungs. An allowance without length, "the next opening",
// has none before its limit, where they would all ring at once.
func (c Clock) ladder() []Rung {
	if c.book == nil {
		return nil
	}
	all := c.book.Policy.rungs(c.Severity, c.term)
	if c.Allowance != sla.WorkingHours(0) {
		return all
	}
	kept := all[:0]
	for _, r := range all {
		if r.Percent == 0 || r.Percent >= 100 {
			kept = append(kept, r)
		}
	}
	return kept
}

// share is the instant at which so many percent have passed, pauses included.
func (c Clock) share(percent int) time.Time {
	at, _ := c.book.Calendar.Share(c.From, c.Allowance, percent)
	for _, p := range union(c.pauses, c.spared) {
		if left := c.book.Calendar.Passed(c.Allowance, p.begin, at); at.After(p.begin) {
			at = c.book.Calendar.After(p.end, c.Allowance, left)
		}
	}
	return at
}

// union is what either has, in order.
func union(a, b []span) (all []span) {
	if len(b) == 0 {
		return a
	}
	both := append(slices.Clone(a), b...)
	slices.SortFunc(both, func(x, y span) int { return x.begin.Compare(y.begin) })
	for _, s := range both {
		if n := len(all); n > 0 && !s.begin.After(all[n-1].end) {
			all[n-1].end = later(all[n-1].end, s.end)
			continue
		}
		all = append(all, s)
	}
	return all
}

// paused is the clock with one more pause.
func (c Clock) paused(p span) Clock {
	c.pauses = append(c.pauses[:len(c.pauses):len(c.pauses)], p)
	c.Due = c.share(100)
	return c
}

// Note is what the policy says of the stage besides, for people.
func (c Clock) Note() string { return c.term.Note }
