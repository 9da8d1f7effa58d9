package policy

import (
	"fmt"
	"time"

	"dutydesk/workflow/sla"
)

// rest begins a pause, if the policy allows one for the severity.
func (r *replay) rest(e Event) error {
	most := r.book.Policy.Pause.For(r.severity)
	if most.IsZero() {
		return fmt.Errorf("%w: %s may not be paused", ErrStory, r.severity)
	}
	r.resume(e.At)
	cal := r.book.Calendar
	end, _ := cal.Due(e.At, most)
	left := cal.Passed(most, e.At, end)
	for _, p := range r.rested { // the total is for all pauses together
		left -= cal.Passed(most, p.begin, p.end)
	}
	end = cal.After(e.At, most, left)
	if !e.Until.IsZero() && e.Until.Before(end) {
		end = e.Until.UTC()
	}
	if left <= 0 || !end.After(e.At) {
		return nil // the total is used up
	}
	r.pause = span{e.At.UTC(), end}
	r.rested = append(r.rested, r.pause)
	for i, c := range r.running {
		r.running[i] = r.shifted(c, r.pause)
	}
	return nil
}

// resume ends the pause that runs: what was moved by all of it is moved by the
// part that has passed.
func (r *replay) resume(at time.Time) {
	if !r.pause.end.After(at) {
		return
	}
	r.rested[len(r.rested)-1].end = at.UTC()
	for i, c := range r.running {
		if n := len(c.pauses); n > 0 && c.pauses[n-1].end.Equal(r.pause.end) {
			begin := c.pauses[n-1].begin
			c.pauses = c.pauses[:n-1]
			r.running[i] = c.paused(span{begin, at.UTC()})
		}
	}
	r.pause = span{}
}

// shifted is the clock moved by a pause, unless its limit has passed or it is no
// person's.
func (r *replay) shifted(c Clock, p span) Clock {
	if c.term.Desk || !c.Due.After(p.begin) {
		return c
	}
	return c.paused(span{later(p.begin, c.From), p.end})
}

// rests is a clock that starts now, moved by the pause that runs.
func (r *replay) rests(c Clock) Clock {
	if r.pause.end.After(c.From) {
		return r.shifted(c, r.pause)
	}
	return c
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}

// change takes another book into force, by the rule of Replan; stages that only
// it has start now.
func (r *replay) change(e Event) error {
	book, ok := r.books[e.Version]
	if !ok {
		return fmt.Errorf("%w: no policy has version %q", ErrStory, e.Version)
	}
	r.book, r.later = book, nil
	for _, m := range Replan(r.running, book, e.At) {
		r.running[r.at(m.Was.Stage)] = m.Now
		if m.Later() {
			r.later = append(r.later, m)
		}
	}
	r.restale(e.At)
	for _, t := range book.Policy.Stages {
		if !t.Raised && !t.OutOfHours && r.at(t.Stage) < 0 && !r.ran(t.Stage) && !t.For(r.severity).IsZero() {
			r.begin(t, e.At, "the new policy")
		}
	}
	return nil
}

// restale is change for the return of an acknowledgement: earlier from now on,
// never before the change, and never later until that is announced.
func (r *replay) restale(at time.Time) {
	due, ok := r.book.Stale(r.severity, r.taken)
	switch was := r.returns; {
	case r.taken.IsZero():
	case ok && (was.IsZero() || due.Before(was)):
		r.returns = later(due, at.UTC())
	case !due.Equal(was):
		r.later = append(r.later, Move{Was: Clock{Stage: returned, Due: was}, Now: Clock{Stage: returned, Due: was}})
	}
}

// returned stands for a stage in what is Later of the return of an acknowledgement.
const returned sla.Stage = "return"

// announce puts the later deadlines of the last change into force, for clocks
// that still run as they did.
func (r *replay) announce(at time.Time) {
	for _, m := range r.later {
		i := r.at(m.Was.Stage)
		switch {
		case m.Was.Stage == returned && r.returns.Equal(m.Was.Due):
			r.returns, _ = r.book.Stale(r.severity, r.taken)
		case i < 0 || !r.running[i].Due.Equal(m.Was.Due) || !r.running[i].Breached.IsZero():
		case m.Would.book == nil:
			c := r.running[i]
			c.Dropped = at.UTC()
			r.end(i, c)
		default:
			r.running[i] = m.Would
		}
	}
	r.later = nil
}
