package demo

import (
	"sync"
	"time"
)

// Clock is the desk's clock: it runs faster than the machine's, can be stopped
// and put forward, and never goes back.
type Clock struct {
	mu    sync.Mutex
	shown time.Time // what it showed at the real moment at
	at    time.Time
	speed float64 // desk seconds in a real second; 0 while stopped
	usual float64 // the speed to go on with
}

// NewClock shows start and runs speed times as fast as the machine's.
func NewClock(start time.Time, speed float64) *Clock {
	return &Clock{shown: start, at: time.Now(), speed: speed, usual: speed}
}

// Now is what the clock shows, UTC.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now().UTC()
}

func (c *Clock) now() time.Time {
	return c.shown.Add(time.Duration(float64(time.Since(c.at)) * c.speed))
}

// longest is how long the queue is told to wait while the clock stands still;
// [Demo.Reset] has it ask again.
const longest = 24 * time.Hour

// Wait is how long, in real time, until the clock shows due: 0 or less once it
// has.
func (c *Clock) Wait(due time.Time) time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	left := due.Sub(c.now())
	if left <= 0 || c.speed == 1 {
		return left
	}
	if c.speed == 0 || float64(left)/c.speed > float64(longest) {
		return longest
	}
	return max(1, time.Duration(float64(left)/c.speed))
}

// Forward puts the clock forward to t. It never puts it back.
func (c *Clock) Forward(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); t.Before(now) {
		t = now
	}
	c.shown, c.at = t, time.Now()
}

// Stop makes the clock stand still; Go lets it run on.
func (c *Clock) Stop() { c.pace(0) }

// Go lets a stopped clock run on at its own speed.
func (c *Clock) Go() { c.pace(c.usual) }

func (c *Clock) pace(speed float64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.shown, c.at, c.speed = c.now(), time.Now(), speed
}

// Speed is how many desk seconds pass in a real one, 0 while it stands still.
func (c *Clock) Speed() float64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.speed
}
