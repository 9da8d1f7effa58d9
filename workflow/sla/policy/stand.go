package policy

import (
	"time"

	"dutydesk/workflow/sla"
)

// Standing is how a story stands at one moment.
type Standing struct {
	Clocks   []Clock // as Replay lists them
	Book     *Book   // in force
	Severity sla.Severity
	Stale    time.Time // when the acknowledgement returns if nothing follows it, UTC; zero if it does not
	Rests    time.Time // when the pause that runs ends by itself, UTC; zero if none runs
	Later    []Move    // deadlines that the last change of policy would move, had a person announced it
}

// Stand is Replay with all that follows from a story besides its clocks.
func (bs Books) Stand(s Story, at time.Time) (Standing, error) {
	r, err := bs.tell(s, at)
	if err != nil {
		return Standing{}, err
	}
	st := Standing{Clocks: append(r.ended, r.running...), Book: r.book, Severity: r.severity, Later: r.later}
	if due, ok := r.book.Stale(r.severity, r.taken); ok && !r.closed {
		st.Stale = due
	}
	if r.pause.end.After(at) && !r.closed {
		st.Rests = r.pause.end
	}
	return st, nil
}

// Start is the first turn of one stage of what was received: what Open gives of
// it, at a tenth of the cost. ok is false where Open has none.
func (b *Book) Start(stage sla.Stage, s sla.Severity, received time.Time) (c Clock, ok bool) {
	t, known := b.Policy.term(stage)
	if !known || t.Raised || t.For(s).IsZero() || t.OutOfHours && b.Calendar.IsOpen(received) {
		return Clock{}, false
	}
	return b.start(t, s, received, "receipt"), true
}

// Allows tells whether a pause may be begun for a severity.
func (b *Book) Allows(s sla.Severity) bool { return !b.Policy.Pause.For(s).IsZero() }
