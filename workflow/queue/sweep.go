package queue

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"dutydesk/workflow/ledger"

	"golang.org/x/time/rate"
)

// sweepers bounds the jobs the sweeper has under way, so that jobs which hang
// cannot use up the process.
const sweepers = 64

// relieve runs what Asynq should have rung and did not: whatever is overdue by
// its grace, or overdue at all once Redis is known to be down. It goes on, page
// by page, while it finds work. It takes no notice of what Asynq holds, because
// the claim in the ledger lets one of the two do it (F13, F14, F17, F18).
func (q *Queue) relieve(ctx context.Context) error {
	for {
		now := q.Now()
		before := now
		if !q.link.down() {
			before = now.Add(-q.pace.grace)
		}
		page, err := q.Book.Overdue(ctx, now, before, pageSize)
		if err != nil {
			return fmt.Errorf("list overdue jobs: %w", err)
		}
		behind := len(page) == pageSize
		if n := q.take(ctx, page, now, behind); n == 0 || !behind || ctx.Err() != nil {
			q.swept.Store(q.Now().UnixMilli())
			return nil
		}
	}
}

// take begins the jobs of a page that are the sweeper's to do, and returns how
// many. When a page is full Asynq is not keeping up, and no job is left to it.
func (q *Queue) take(ctx context.Context, page []ledger.Job, now time.Time, behind bool) (n int) {
	for _, j := range page {
		if !behind && !q.link.down() && now.Sub(j.Due) < q.graceOf(j) {
			continue
		}
		if q.underway(j.ID) {
			continue
		}
		select {
		case q.slots <- struct{}{}:
			n++
			q.runs.Go(func() { q.sweep(j) })
		case <-ctx.Done():
			return n
		}
	}
	return n
}

func (q *Queue) underway(id string) bool {
	_, busy := q.busy.Load(id)
	_, rests := q.rest.Load(id)
	return busy || rests
}

// graceOf is how late a job may be before the sweeper does not wait for Asynq
// any more.
func (q *Queue) graceOf(j ledger.Job) time.Duration {
	if j.Urgent || j.Kind == ledger.DisposeJob || j.Kind == ledger.LetterJob {
		return q.pace.grace
	}
	return q.pace.slow
}

// sweep runs one job. If that does not settle it the sweeper leaves it alone
// for a while: a job that the ledger goes on listing must not become a loop.
func (q *Queue) sweep(j ledger.Job) {
	defer func() { <-q.slots }()
	if err := q.run(q.work, j, ViaSweep); err != nil {
		q.rest.Store(j.ID, nil)
		time.AfterFunc(q.pace.rest, func() { q.rest.Delete(j.ID) })
	}
}

// every calls f until ctx ends, after pauses of d less up to half, so that two
// instances do not go in step. What f reports is logged once in ten seconds.
func (q *Queue) every(ctx context.Context, d time.Duration, name string, f func(context.Context) error) {
	some := rate.Sometimes{Interval: hush}
	for {
		if err := f(ctx); err != nil && ctx.Err() == nil {
			some.Do(func() { q.Log.Warn("queue is impeded", "loop", name, "err", err) })
		}
		if !pause(ctx, d-rand.N(d/2)) {
			return
		}
	}
}
