package ledger

import (
	"sync"
	"time"
)

// In a crowd the next commit waits a moment for those whom the last one served
// to come back: fewer and fuller commits cost a third less.
const (
	crowd  = 16
	moment = time.Millisecond
)

// line is where decisions wait for the shared commit.
type line struct {
	mu      sync.Mutex
	waiting []*request // guarded by mu, like closed
	closed  bool
	wake    chan struct{} // holds one token while there may be somebody to serve
	ended   chan struct{}
}

func newLine() *line { return &line{wake: make(chan struct{}, 1), ended: make(chan struct{})} }

// enter puts r at the end of the line.
func (q *line) enter(r *request) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return ErrClosed
	}
	q.waiting = append(q.waiting, r)
	q.ring()
	return nil
}

// close lets nobody else in and returns when all in line are served.
func (q *line) close() {
	q.mu.Lock()
	q.closed = true
	q.ring()
	q.mu.Unlock()
	<-q.ended
}

func (q *line) ring() {
	select {
	case q.wake <- struct{}{}:
	default:
	}
}

// gather waits for n to be in line, but only a moment.
func (q *line) gather(n int) {
	late := time.NewTimer(moment)
	defer late.Stop()
	for q.length() < n {
		select {
		case <-q.wake:
		case <-late.C:
			n = 0
		}
	}
	q.ring()
}

// length is how many wait; when nobody else will come it is as good as many.
func (q *line) length() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.closed {
		return maxTogether
	}
	return len(q.waiting)
}

// next takes those who wait, at most maxTogether; ok is false when the line is
// closed and empty.
func (q *line) next() (batch []*request, ok bool) {
	for {
		<-q.wake
		q.mu.Lock()
		n := min(len(q.waiting), maxTogether)
		batch, q.waiting = q.waiting[:n:n], q.waiting[n:]
		if len(q.waiting) > 0 || q.closed {
			q.ring()
		}
		closed := q.closed
		q.mu.Unlock()
		if n > 0 || closed {
			return batch, n > 0
		}
	}
}
