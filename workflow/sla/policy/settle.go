package policy

import (
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// settle writes down what the clock alone has done by the moment at, in order:
// acknowledgements that went stale, what the desk did itself, limits missed.
func (r *replay) settle(at time.Time) {
	r.stale(at)
	for i := 0; i < len(r.running); {
		c := r.running[i]
		done, ok := r.deskDid(c, at)
		if ok {
			c.Done = done
			r.end(i, c)
			continue
		}
		if !c.Soft && !c.term.Desk && c.Breached.IsZero() && !c.Due.After(at) {
			r.running[i].Breached = c.Due
		}
		i++
	}
}

// deskDid tells when the desk did what it does itself: when it was due, or with
// the stage that it goes with, if that was earlier.
func (r *replay) deskDid(c Clock, at time.Time) (time.Time, bool) {
	if !c.term.Desk {
		return time.Time{}, false
	}
	for _, with := range r.ended {
		if with.Stage == c.term.With && !with.Done.IsZero() {
			return later(with.Done, c.From), true
		}
	}
	return c.Due, !c.Due.After(at)
}

// stale brings an acknowledgement back that nothing has followed: the stage runs
// again from the moment at which the policy's time for it had passed.
func (r *replay) stale(at time.Time) {
	due, ok := r.book.Stale(r.severity, r.taken)
	if !ok || due.After(at) {
		return
	}
	if t, ok := r.book.Policy.term(sla.Acknowledge); ok {
		r.begin(t, due, "an acknowledgement that led to nothing")
	}
	r.taken = time.Time{}
}

// Stale is the instant at which an acknowledgement given at taken returns if
// nothing follows it, UTC. ok is false for a zero taken, or a severity for which
// the policy has no such rule.
func (b *Book) Stale(s sla.Severity, taken time.Time) (due time.Time, ok bool) {
	a := b.Policy.Stale.For(s)
	if taken.IsZero() || a.IsZero() {
		return time.Time{}, false
	}
	due, _ = b.Calendar.Due(taken, a)
	return due, true
}

// regrade takes a new severity into force, by the rules of Replay.
func (r *replay) regrade(e Event) error {
	was := r.severity
	severity, err := grade(e.Severity)
	if err != nil {
		return err
	}
	r.severity = severity
	r.finish(sla.Screen, e.At)
	if r.book.Policy.Pause.For(severity).IsZero() {
		r.resume(e.At)
	}
	switch {
	case severity < was:
		r.upgrade(e.At)
	case severity > was:
		r.downgrade(e.At)
	}
	return nil
}

// upgrade makes no deadline later, and takes none away.
func (r *replay) upgrade(at time.Time) {
	for _, t := range r.book.Policy.Stages {
		i := r.at(t.Stage)
		switch {
		case t.For(r.severity).IsZero() || t.Raised && i < 0 && !r.left(t.Stage) || t.OutOfHours:
		case i < 0 && !r.ran(t.Stage):
			r.begin(t, at, "the graver severity")
			last := len(r.running) - 1
			r.running[last] = r.soonest(t, r.running[last])
		case i < 0:
		case !r.running[i].Breached.IsZero() && r.running[i].Severity <= r.severity: // it goes on climbing
		case !r.running[i].Breached.IsZero():
			c := r.running[i]
			c.Dropped = at.UTC()
			r.end(i, c)
			r.forget(t.Stage)
			r.begin(t, at, "the graver severity")
		default:
			r.sooner(i, t, at)
		}
	}
}

// sooner takes the graver severity's deadline if it is the earlier: from now, or
// from when it was as grave before.
func (r *replay) sooner(i int, t sla.Term, at time.Time) {
	was := r.running[i]
	c := r.book.start(t, r.severity, at, "the graver severity")
	c.Turn, c.origin = was.Turn, was.origin
	if c = r.soonest(t, c); c.Due.Before(was.Due) {
		r.running[i], r.past = c, append(r.past, was)
	}
}

// soonest is c, or the same clock from a moment since which the stage has run by
// the present severity or a graver one, or by a lighter one for which it was due
// earlier: who grades down and up again gains no time, also not by a newer book.
func (r *replay) soonest(t sla.Term, c Clock) Clock {
	best := c
	for _, p := range r.past {
		if p.Stage != t.Stage {
			continue
		}
		s := max(p.Severity, r.severity)
		best = earliest(best, r.since(r.book, t, s, c, p.From))
		if p.Severity == s {
			best = earliest(best, r.since(p.book, p.term, s, c, p.From))
		}
	}
	return best
}

// since is the clock c as it would be by a severity if it had run from an earlier
// moment.
func (r *replay) since(b *Book, t sla.Term, severity sla.Severity, c Clock, from time.Time) Clock {
	if t.For(severity).IsZero() {
		return c
	}
	s := b.start(t, severity, from, "when it was as grave before")
	s.Turn, s.origin = c.Turn, c.origin
	if b.Policy.Pause.For(severity).IsZero() {
		return s
	}
	for _, p := range r.rested {
		s = r.shifted(s, p)
	}
	return s
}

func earliest(a, b Clock) Clock {
	if b.Due.Before(a.Due) {
		return b
	}
	return a
}

// left tells whether a lighter severity took the stage away before it was done.
func (r *replay) left(s sla.Stage) bool {
	return slices.ContainsFunc(r.past, func(c Clock) bool { return c.Stage == s })
}

// forget ends what counts for a stage from before: it was done, or missed.
func (r *replay) forget(s sla.Stage) {
	r.past = slices.DeleteFunc(r.past, func(c Clock) bool { return c.Stage == s })
}

// downgrade makes no deadline earlier, and drops what the lighter severity has
// no clock for; what is breached stays.
func (r *replay) downgrade(at time.Time) {
	for i := 0; i < len(r.running); {
		c := r.running[i]
		next, ok := r.book.rerun(c, r.severity, c.origin)
		switch {
		case !c.Breached.IsZero():
		case !ok:
			c.Dropped = at.UTC()
			r.end(i, c)
			r.past = append(r.past, c)
			continue
		case next.Due.After(c.Due):
			r.running[i], r.past = next, append(r.past, c)
		}
		i++
	}
}

// ran tells whether the stage was done before.
func (r *replay) ran(s sla.Stage) bool {
	return slices.ContainsFunc(r.ended, func(c Clock) bool { return c.Stage == s && !c.Done.IsZero() })
}
