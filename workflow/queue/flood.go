package queue

import (
	"context"
	"sync"
	"time"
)

// flood tells when deadlines come due in such numbers that what can wait must
// make room for them: letters to be offered, and reminders of later deadlines.
// It is about the machine's time, not the desk's.
type flood struct {
	mu    sync.Mutex
	since time.Time // guarded by mu, like n and until
	n     int
	until time.Time
}

const (
	floodSpan = 100 * time.Millisecond
	floodMany = 50              // alarms in one span
	floodMost = 3 * time.Second // that anything makes room for
)

// note counts an alarm.
func (f *flood) note(now time.Time) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now.Sub(f.since) > floodSpan {
		f.since, f.n = now, 0
	}
	if f.n++; f.n >= floodMany {
		f.until = now.Add(2 * floodSpan)
	}
}

func (f *flood) on(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return now.Before(f.until)
}

// makeRoom waits for the end of a flood, but not for ever.
func (f *flood) makeRoom(ctx context.Context) {
	for end := time.Now().Add(floodMost); f.on(time.Now()) && time.Now().Before(end) && pause(ctx, floodSpan/5); {
	}
}
