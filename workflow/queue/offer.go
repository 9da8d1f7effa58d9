package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"dutydesk/workflow/ledger"

	"github.com/hibiken/asynq"
)

const (
	offerers = 4   // goroutines that put into Redis what Offer was given
	pageSize = 500 // jobs asked of the ledger at a time
	dueField = "due"
)

// Offer asks that jobs be rung when they are due, which may be now. Call it
// after the commit that made them, never inside, and with the jobs that the
// ledger counted as offered: it never waits and may do nothing, and then they
// are overdue when the sweeper finds them.
func (q *Queue) Offer(jobs ...ledger.Job) {
	if q.link.down() {
		return
	}
	for _, j := range jobs {
		to := q.offers
		if j.Kind == ledger.LetterJob {
			to = q.later
		}
		select {
		case to <- j:
		default:
			return
		}
	}
}

// offerer puts into Redis what Offer was given, once. What Redis does not take
// is the sweeper's.
func (q *Queue) offerer(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-q.offers:
			q.put(ctx, j)
		}
	}
}

// latecomer does the same for what makes room for a flood.
func (q *Queue) latecomer(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-q.later:
			q.flood.makeRoom(ctx)
			q.put(ctx, j)
		}
	}
}

// put enqueues a job unless that would have to wait for Redis.
func (q *Queue) put(ctx context.Context, j ledger.Job) {
	if !q.link.down() {
		_ = q.enqueue(ctx, j)
	}
}

// offerComing puts every job of the horizon that was never offered into Redis,
// soonest first, until all are or Redis refuses one. What the ledger counted as
// offered and Redis did not take is kept for the next time.
func (q *Queue) offerComing(ctx context.Context) error {
	for q.link.up() && ctx.Err() == nil {
		q.flood.makeRoom(ctx)
		full := len(q.left) > 0
		if !full {
			now := q.Now()
			page, err := q.Book.Upcoming(ctx, now, now.Add(q.Horizon), pageSize)
			if err != nil {
				return fmt.Errorf("list coming jobs: %w", err)
			}
			full = len(page) == pageSize
			q.left = page
		}
		if q.left = q.enqueueAll(ctx, q.left); len(q.left) > 0 || !full {
			return nil
		}
	}
	return nil
}

// enqueueAll enqueues a page, a few at a time, and returns what Redis did not
// take. Asynq has no call for many.
func (q *Queue) enqueueAll(ctx context.Context, jobs []ledger.Job) (left []ledger.Job) {
	var (
		mu   sync.Mutex
		wg   sync.WaitGroup
		feed = make(chan ledger.Job)
	)
	for range min(offerers, len(jobs)) {
		wg.Go(func() {
			for j := range feed {
				if !q.link.up() || q.enqueue(ctx, j) != nil {
					mu.Lock()
					left = append(left, j)
					mu.Unlock()
				}
			}
		})
	}
	for _, j := range jobs {
		feed <- j
	}
	close(feed)
	wg.Wait()
	return left
}

// enqueue puts one job into Redis: its id, its kind and when it is due, and
// nothing else. A task that is there already is as good. MaxRetry must not be
// 0 (a worker that died would send it to the archive), and Retention, Unique
// and Deadline must not be set: each can swallow a later offer. Asynq drops the
// parts of a second, so a job rings up to a second before it is ahead of its
// time; see early for what becomes of it then.
func (q *Queue) enqueue(ctx context.Context, j ledger.Job) error {
	t := asynq.NewTaskWithHeaders(string(j.Kind), []byte(j.ID),
		map[string]string{dueField: strconv.FormatInt(j.Due.Add(time.Millisecond-1).UnixMilli(), 10)})
	opts := []asynq.Option{
		asynq.TaskID(taskID(j)), asynq.Queue(queueOf(j)),
		asynq.MaxRetry(25), asynq.Timeout(limitOf(j.Kind) + margin),
	}
	if wait := q.Wait(j.Due) - ahead; wait > 0 {
		opts = append(opts, asynq.ProcessAt(time.Now().Add(wait)))
	}
	_, err := q.client.EnqueueContext(ctx, t, opts...)
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("offer %s: %w", j.ID, err)
	}
	return nil
}

// taskID is the name of one offer of a job. It must differ from that of every
// earlier offer, because Asynq may hold on to an old name for ever.
func taskID(j ledger.Job) string {
	return j.ID + ":" + strconv.Itoa(j.Gen) + ":" + strconv.Itoa(j.Offer)
}
