package e2e

import (
	"fmt"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/workflow"
)

// hasty is how much faster than the real one the clocks of these stories run: a
// minute is a second.
const hasty = 60

// machine is the clock of a machine that somebody sets.
type machine struct {
	start time.Time
	set   atomic.Int64 // by how much, nanoseconds
}

func (m *machine) steady() time.Duration { return hasty * time.Since(m.start) }

func (m *machine) wall() time.Time {
	return m.start.Add(m.steady() + time.Duration(m.set.Load()))
}

// clock is the desk's clock on that machine.
func (m *machine) clock() app.Clock {
	c := workflow.ClockOn(m.wall, m.steady)
	return app.Clock{Now: c.Now, Wait: func(due time.Time) time.Duration { return c.Wait(due) / hasty }, Check: c.Check}
}

// F58: the clock is set an hour forward. Nothing rings early for the five
// minutes in which somebody can set it right; managers are told; and then the
// desk takes the time as it is.
func TestF58ClockSetForward(t *testing.T) {
	w := newWorld(t, options{acknowledge: "40m", patience: "1m"})
	m := &machine{start: time.Now()}
	a := w.open(t, m.clock())
	defer run(t, a)()
	w.concern("nobody looks at the clock")
	w.letter("lead", "ew concern")
	m.set.Store(int64(time.Hour))
	jumped := time.Now()
	w.letter("manager", "clock was set by more than five minutes")
	late := w.letter("la-lead", "late")
	if after := late.At.Sub(jumped); after < 5*time.Minute/hasty-time.Second/10 {
		t.Errorf("the breach was told %v after the jump", after)
	}
}

// F58: the clock is set an hour back. The deadline that comes in the next five
// minutes is not missed for it.
func TestF58ClockSetBack(t *testing.T) {
	w := newWorld(t, options{acknowledge: "4m"})
	m := &machine{start: time.Now()}
	a := w.open(t, m.clock())
	defer run(t, a)()
	w.concern("nobody looks at the clock")
	w.letter("lead", "ew concern")
	m.set.Store(-int64(time.Hour))
	w.letter("la-lead", "late")
}

// F62: a worker freezes; another takes over; and when the first wakes it does
// nothing that was done.
func TestF62FrozenWorker(t *testing.T) {
	c := newCrew(t, 2)
	frozen, other := c[0], c[1]
	frozen.start()
	frozen.concern("before the frost")
	frozen.letter("lead", "ew concern")
	frozen.worker.Signal(syscall.SIGSTOP)
	other.start()
	for i := range 5 {
		other.concern(fmt.Sprintf("during the frost %d", i))
	}
	other.arrived(6)
	other.allSent()
	frozen.worker.Signal(syscall.SIGCONT)
	other.concern("after the frost")
	other.arrived(7)
	other.allSent()
	other.sound(7)
	for _, p := range []string{"lead", "deputy"} {
		if n := len(other.lettersTo(p)); n != 7 {
			t.Errorf("%d letters to %s, want 7", n, p)
		}
	}
	if !frozen.worker.Running() || !other.worker.Running() {
		t.Error("one of them ended")
	}
}
