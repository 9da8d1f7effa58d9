package queue

import (
	"container/heap"
	"context"
	"sync"
	"time"

	"dutydesk/workflow/ledger"
)

const (
	// ahead is how long before it is due a job rings at the latest. Redis keeps
	// whole seconds and gives jobs out one after another; what it gave out
	// before the time waits here and is done on the dot.
	ahead = 2 * time.Second
	// tooEarly is what only a clock that ran ahead explains.
	tooEarly = 2 * ahead
	// hands bounds how many of them are done at once: as many as share one
	// commit of the ledger.
	hands = 256
	// glance is how often the clock is looked at: somebody may put it forward.
	glance = 100 * time.Millisecond
)

// early holds the jobs that rang a moment before they are due. They are in no
// safer place meanwhile than the ledger: those it holds when the process ends
// are overdue when the next sweep looks.
type early struct {
	mu   sync.Mutex
	jobs byDue // guarded by mu
	wake chan struct{}
}

func newEarly() *early { return &early{wake: make(chan struct{}, 1)} }

// hold keeps a job until it is due.
func (e *early) hold(j ledger.Job) {
	e.mu.Lock()
	heap.Push(&e.jobs, j)
	e.mu.Unlock()
	select {
	case e.wake <- struct{}{}:
	default:
	}
}

// next gives the job that is due, or says how long nobody need ask.
func (e *early) next(wait func(time.Time) time.Duration) (j ledger.Job, ok bool, rest time.Duration) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.jobs) == 0 {
		return j, false, time.Hour
	}
	if left := wait(e.jobs[0].Due); left > 0 {
		return j, false, min(left, glance)
	}
	return heap.Pop(&e.jobs).(ledger.Job), true, 0
}

// onTheDot does what is held when its time comes, until ctx ends.
func (q *Queue) onTheDot(ctx context.Context) {
	free := make(chan struct{}, hands)
	for {
		j, ok, rest := q.early.next(q.Wait)
		if !ok {
			select {
			case <-q.early.wake:
			case <-time.After(rest):
			case <-ctx.Done():
				return
			}
			continue
		}
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		q.runs.Go(func() {
			defer func() { <-free }()
			_ = q.run(q.work, j, ViaQueue)
		})
	}
}

// byDue is a heap, the soonest first.
type byDue []ledger.Job

func (h byDue) Len() int           { return len(h) }
func (h byDue) Less(a, b int) bool { return h[a].Due.Before(h[b].Due) }
func (h byDue) Swap(a, b int)      { h[a], h[b] = h[b], h[a] }
func (h *byDue) Push(x any)        { *h = append(*h, x.(ledger.Job)) }
func (h *byDue) Pop() any {
	last := len(*h) - 1
	j := (*h)[last]
	*h = (*h)[:last]
	return j
}
