package mailbox

import (
	"sync"
	"time"
)

// traffic finds a server that answers everything but the messages asked for. A
// body that is being read does not count: there the line itself keeps watch.
type traffic struct {
	mu      sync.Mutex
	waiting int       // messages asked for, of which nothing has come
	reading int       // messages of which something has come
	last    time.Time // when one of these changed, or waiting began
}

func (t *traffic) asked(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting++; t.waiting == 1 {
		t.last = now
	}
}

func (t *traffic) answered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting--
	t.reading++
	t.last = time.Now()
}

func (t *traffic) read() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reading--
	t.last = time.Now()
}

// stuck reports whether nothing that was asked for has come for stall.
func (t *traffic) stuck(now time.Time, stall time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting > 0 && t.reading == 0 && now.Sub(t.last) > stall
}
