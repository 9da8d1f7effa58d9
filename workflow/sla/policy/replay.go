package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// Kind says what happened to a matter, as far as its clocks are concerned.
type Kind string

// What can happen. Acted is anything a person does that leads on without
// finishing a stage; it keeps an acknowledgement from going stale.
const (
	Did       Kind = "did"       // Stage was done
	Acted     Kind = "acted"     // a person did something else
	Raised    Kind = "raised"    // Stage is wanted now, such as a referral
	Graded    Kind = "graded"    // Severity is the new one
	Paused    Kind = "paused"    // at the latest until Until; zero: as long as the policy allows
	Resumed   Kind = "resumed"   // the pause ended early
	Changed   Kind = "changed"   // Version is the book from now on
	Announced Kind = "announced" // the later deadlines of the last change are in force
	Closed    Kind = "closed"    // every clock stops
	Reopened  Kind = "reopened"  // what is left to do after triage runs again from here
)

// Event is one thing that happened.
type Event struct {
	At       time.Time
	Kind     Kind
	Stage    sla.Stage
	Severity sla.Severity
	Until    time.Time
	Version  string
}

// Story is all that clocks depend on: what a ledger keeps of a matter.
type Story struct {
	Version  string // of the book it began under
	Received time.Time
	Severity sla.Severity
	Events   []Event
}

// Books are those a ledger knows, by version.
type Books map[string]*Book

// ErrStory reports a story that cannot be replayed; the error says where.
var ErrStory = errors.New("cannot be replayed")

// Replay recomputes every clock of a story as it stands at the moment at: those
// that ended, in the order in which they did, then those that run, in the order
// of the policy. The same story gives the same clocks for ever. Its rules:
//
//   - every clock starts at receipt; a stage that repeats starts again when it is done;
//   - a breach is for ever: a clock whose limit passed keeps it, done late or not;
//   - a graver severity runs from the moment it is decided and never makes a
//     deadline later; a breached clock ends there and runs again by the graver;
//   - until a stage is done its limit by a severity counts all time in which it ran
//     by that one or a graver, and no other: to grade down and up again gives back
//     none that has passed, and nothing is missed before it is so grave;
//   - a lighter severity runs from the start and never makes a deadline earlier;
//   - an acknowledgement that leads to nothing for the policy's time returns: the
//     stage runs again from that moment, by another book never from before that;
//     a pause ends with it;
//   - a pause moves what is due after its begin, up to the policy's total;
//   - another book makes deadlines earlier, or later once that is announced.
//
// The error is ErrStory: an unknown version, stage, severity or kind, a pause
// that is not allowed, or an event before receipt. Events may come in any order.
func (bs Books) Replay(s Story, at time.Time) ([]Clock, error) {
	st, err := bs.Stand(s, at)
	return st.Clocks, err
}

// tell tells a story up to the moment at.
func (bs Books) tell(s Story, at time.Time) (*replay, error) {
	book, ok := bs[s.Version]
	if !ok {
		return nil, fmt.Errorf("%w: no policy has version %q", ErrStory, s.Version)
	}
	severity, err := grade(s.Severity)
	if err != nil {
		return nil, err
	}
	r := &replay{books: bs, book: book, severity: severity, running: book.Open(severity, s.Received)}
	events := slices.Clone(s.Events)
	slices.SortStableFunc(events, func(a, b Event) int { return a.At.Compare(b.At) })
	for _, e := range events {
		if e.At.After(at) {
			break
		}
		if e.At.Before(s.Received) {
			return nil, fmt.Errorf("%w: %s at %s is before receipt", ErrStory, e.Kind, e.At.UTC().Format(time.RFC3339))
		}
		r.settle(e.At)
		if err := r.apply(e); err != nil {
			return nil, fmt.Errorf("%s at %s: %w", e.Kind, e.At.UTC().Format(time.RFC3339), err)
		}
	}
	r.settle(at)
	return r, nil
}

// grade reads a severity; none is S2.
func grade(s sla.Severity) (sla.Severity, error) {
	severity, err := sla.ParseSeverity(string(cmp.Or(s, sla.S2)))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrStory, err)
	}
	return severity, nil
}

// replay is a story half told.
type replay struct {
	books          Books
	book           *Book
	severity       sla.Severity
	running, ended []Clock
	ruled          []reign   // the severities before the present one
	past           []Clock   // what other severities had of stages that are not done
	taken          time.Time // the acknowledgement nothing has followed yet; zero if none
	returns        time.Time // when it returns; zero if it does not
	pause          span      // the last pause, which may have ended; zero if there was none
	rested         []span    // all pauses
	later          []Move    // of the last change, not announced yet
	closed         bool
}

// reign is a severity and when it ended.
type reign struct {
	severity sla.Severity
	until    time.Time
}

// apply carries out one event.
func (r *replay) apply(e Event) error {
	if e.Kind == Reopened {
		r.reopen(e.At)
		return nil
	}
	if r.closed {
		return nil
	}
	if e.Kind != Changed && e.Kind != Announced {
		r.taken, r.returns = time.Time{}, time.Time{}
	}
	switch e.Kind {
	case Did, Raised:
		return r.stage(e)
	case Graded:
		return r.regrade(e)
	case Paused:
		return r.rest(e)
	case Resumed:
		r.resume(e.At)
	case Changed:
		return r.change(e)
	case Announced:
		r.announce(e.At)
	case Closed:
		r.close(e.At)
	case Acted:
	default:
		return fmt.Errorf("%w: no such event", ErrStory)
	}
	return nil
}

// stage does or raises one stage.
func (r *replay) stage(e Event) error {
	t, ok := r.book.Policy.term(e.Stage)
	if !ok && !slices.Contains(stages(), e.Stage) {
		return fmt.Errorf("%w: no stage %q", ErrStory, e.Stage)
	}
	if e.Kind == Raised {
		if r.at(e.Stage) < 0 && ok && !t.For(r.severity).IsZero() {
			r.begin(t, e.At, "when it was raised")
		}
		return nil
	}
	r.finish(e.Stage, e.At)
	switch e.Stage {
	case sla.Acknowledge:
		r.taken = e.At
		r.returns, _ = r.book.Stale(r.severity, e.At)
	case sla.Triage:
		r.finish(sla.Screen, e.At)
	}
	if ok && t.Repeats && !t.For(r.severity).IsZero() {
		r.begin(t, e.At, "the last time")
	}
	return nil
}

// begin starts a stage at the moment at, as often as it takes.
func (r *replay) begin(t sla.Term, at time.Time, since string) {
	c := r.book.start(t, r.severity, at, since)
	for _, old := range r.ended {
		if old.Stage == t.Stage {
			c.Turn++
		}
	}
	r.running = append(r.running, r.rests(c))
}

// at is where the stage runs, -1 if it does not.
func (r *replay) at(s sla.Stage) int {
	return slices.IndexFunc(r.running, func(c Clock) bool { return c.Stage == s })
}

// finish ends the clock of a stage, if it runs.
func (r *replay) finish(s sla.Stage, at time.Time) {
	if i := r.at(s); i >= 0 {
		c := r.running[i]
		c.Done = at.UTC()
		r.end(i, c)
	}
	r.forget(s)
}

// end moves a clock to those that ended.
func (r *replay) end(i int, c Clock) {
	r.running = slices.Delete(r.running, i, i+1)
	r.ended = append(r.ended, c)
}

// reopen begins the stages after triage again.
func (r *replay) reopen(at time.Time) {
	before := []sla.Stage{sla.Receipt, sla.Acknowledge, sla.Screen, sla.Triage}
	for _, t := range r.book.Policy.Stages {
		if r.closed && !t.Raised && !t.OutOfHours && !slices.Contains(before, t.Stage) && !t.For(r.severity).IsZero() {
			r.begin(t, at, "when it was reopened")
		}
	}
	r.closed, r.taken = false, time.Time{}
}

// close stops every clock.
func (r *replay) close(at time.Time) {
	for len(r.running) > 0 {
		c := r.running[0]
		if c.Dropped = at.UTC(); c.Stage == sla.Closure {
			c.Done, c.Dropped = at.UTC(), time.Time{}
		}
		r.end(0, c)
	}
	r.closed = true
}
