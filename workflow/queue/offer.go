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

// Offer asks that jobs due now be rung at once. Call it after the commit that
// made them, never inside: it may do nothing, since the sweeper repairs every
// offer that was lost, and it never waits. Jobs due later are the sweeper's to
// offer.
func (q *Queue) Offer(jobs ...ledger.Job) {
	if !q.link.up() {
		return
	}
	soon := q.Now().Add(time.Second)
	for _, j := range jobs {
		if j.Due.After(soon) {
			continue
		}
		select {
		case q.offers <- j:
		default:
			return
		}
	}
}

// offerer puts into Redis what Offer was given.
func (q *Queue) offerer(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case j := <-q.offers:
			if q.link.up() && q.enqueue(ctx, j) == nil {
				q.fresh.add(generation(j))
			}
		}
	}
}

// offerComing puts every job of the horizon that was never offered into Redis,
// soonest first, until all are or Redis refuses one. What the ledger counted as
// offered and Redis did not take is kept for the next time.
func (q *Queue) offerComing(ctx context.Context) error {
	defer q.fresh.turn()
	for q.link.up() && ctx.Err() == nil {
		full := len(q.left) > 0
		if !full {
			now := q.Now()
			page, err := q.Book.Upcoming(ctx, now, now.Add(q.Horizon), pageSize)
			if err != nil {
				return fmt.Errorf("list coming jobs: %w", err)
			}
			full = len(page) == pageSize
			q.left = q.unknown(page)
		}
		if q.left = q.enqueueAll(ctx, q.left); len(q.left) > 0 || !full {
			return nil
		}
	}
	return nil
}

// unknown leaves out what Offer has just put into Redis.
func (q *Queue) unknown(jobs []ledger.Job) (out []ledger.Job) {
	for _, j := range jobs {
		if !q.fresh.has(generation(j)) {
			out = append(out, j)
		}
	}
	return out
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
// and Deadline must not be set: each can swallow a later offer.
func (q *Queue) enqueue(ctx context.Context, j ledger.Job) error {
	t := asynq.NewTaskWithHeaders(string(j.Kind), []byte(j.ID),
		map[string]string{dueField: strconv.FormatInt(j.Due.UnixMilli(), 10)})
	opts := []asynq.Option{
		asynq.TaskID(taskID(j)), asynq.Queue(queueOf(j)),
		asynq.MaxRetry(25), asynq.Timeout(limitOf(j.Kind) + margin),
	}
	began := time.Now() // before Wait looks at its clock: a whole second must not become the next
	if wait := q.Wait(j.Due); wait > 0 {
		opts = append(opts, asynq.ProcessAt(ceiling(began.Add(wait))))
	}
	_, err := q.client.EnqueueContext(ctx, t, opts...)
	if err != nil && !errors.Is(err, asynq.ErrTaskIDConflict) {
		return fmt.Errorf("offer %s: %w", j.ID, err)
	}
	return nil
}

// ceiling is the first whole second not before t. Asynq keeps whole seconds and
// rounds down, and would ring up to a second early.
func ceiling(t time.Time) time.Time {
	if whole := t.Truncate(time.Second); whole.Before(t) {
		return whole.Add(time.Second)
	}
	return t
}

// taskID is the name of one offer of a job. It must differ from that of every
// earlier offer, because Asynq may hold on to an old name for ever.
func taskID(j ledger.Job) string { return generation(j) + ":" + strconv.Itoa(j.Offer) }

func generation(j ledger.Job) string { return j.ID + ":" + strconv.Itoa(j.Gen) }

// memory holds names from one turn to the end of the next.
type memory struct {
	mu          sync.Mutex
	now, before map[string]struct{}
}

func (m *memory) add(name string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.now == nil {
		m.now = map[string]struct{}{}
	}
	m.now[name] = struct{}{}
}

func (m *memory) has(name string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, a := m.now[name]
	_, b := m.before[name]
	return a || b
}

func (m *memory) turn() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.before = nil, m.now
}

func (m *memory) clear() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now, m.before = nil, nil
}
