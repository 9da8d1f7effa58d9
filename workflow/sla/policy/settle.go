package policy

import (
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
		case t.For(r.severity).IsZero() || t.Raised && i < 0 || t.OutOfHours:
		case i < 0 && !r.ran(t.Stage):
			r.begin(t, at, "the graver severity")
		case i < 0:
		case !r.running[i].Breached.IsZero():
			c := r.running[i]
			c.Dropped = at.UTC()
			r.end(i, c)
			r.begin(t, at, "the graver severity")
		default:
			r.sooner(i, t, at)
		}
	}
}

// sooner takes the graver severity's deadline from now if it is the earlier.
func (r *replay) sooner(i int, t sla.Term, at time.Time) {
	c := r.book.start(t, r.severity, at, "the graver severity")
	c.Turn, c.origin = r.running[i].Turn, r.running[i].origin
	if c.Due.Before(r.running[i].Due) {
		r.running[i] = c
	}
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
			continue
		case next.Due.After(c.Due):
			r.running[i] = next
		}
		i++
	}
}

// ran tells whether the stage has ended before.
func (r *replay) ran(s sla.Stage) bool {
	for _, c := range r.ended {
		if c.Stage == s {
			return true
		}
	}
	return false
}
