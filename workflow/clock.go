package workflow

import (
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// jumpMin is how far the machine's clock may be set at once and be followed.
	jumpMin = 5 * time.Minute
	// jumpHold is how long a clock that jumped further is not believed.
	jumpHold = 5 * time.Minute
	// jumpTold is how long a jump is reported after it was.
	jumpTold = 15 * time.Minute
)

// ErrJump reports a clock that was set by more than five minutes at once.
var ErrJump = errors.New("the machine's clock jumped")

// Clock is the desk's one clock. It shows the machine's time, but when that is
// suddenly set by more than five minutes, forward or back, it goes on as before
// for five minutes: nothing rings early meanwhile, nothing is put off, and a
// clock that was set wrong by accident can be set right (F58). After that the
// new time is taken as it is. It is safe for concurrent use.
type Clock struct {
	wall   func() time.Time     // what the machine's clock shows
	steady func() time.Duration // what nobody can set

	mu     sync.Mutex
	shown  time.Time     // what this clock showed at the steady moment at
	at     time.Duration // guarded by mu, as all below
	since  time.Duration // when the wall was first seen to differ
	differ bool
	by     time.Duration // the last jump
	told   time.Duration // until when it is reported
}

// NewClock is a clock on the machine's.
func NewClock() *Clock {
	start := time.Now()
	return ClockOn(time.Now, func() time.Duration { return time.Since(start) })
}

// ClockOn is a clock on a given wall clock and a given measure of time that
// nobody can set.
func ClockOn(wall func() time.Time, steady func() time.Duration) *Clock {
	return &Clock{wall: wall, steady: steady, shown: wall().Round(0), at: steady()}
}

// Now is what the clock shows, UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	wall, at := c.wall().Round(0).UTC(), c.steady()
	expected := c.shown.Add(at - c.at).UTC()
	by := wall.Sub(expected)
	if by.Abs() > jumpMin && c.doubt(by, at) {
		return expected
	}
	c.shown, c.at, c.differ = wall, at, false
	return wall
}

// doubt notes a jump and reports whether it is still not believed.
func (c *Clock) doubt(by, at time.Duration) bool {
	if !c.differ {
		c.differ, c.since = true, at
	}
	c.by, c.told = by, at+jumpTold
	return at-c.since < jumpHold
}

// Wait is how long it takes until the clock shows due.
func (c *Clock) Wait(due time.Time) time.Duration { return due.Sub(c.Now()) }

// Check reports a jump that was not long ago.
func (c *Clock) Check() error {
	c.Now()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.by == 0 || c.steady() >= c.told {
		return nil
	}
	return fmt.Errorf("%w by %v", ErrJump, c.by.Round(time.Second))
}
