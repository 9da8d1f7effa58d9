package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"dutydesk/workflow/ledger"

	"github.com/hibiken/asynq"
)

// Book is what the queue asks of the ledger.
type Book interface {
	// Upcoming lists jobs not done, due before until and never offered, the soonest, and counts the offer: Job.Offer is raised when it
	// returns. A job whose due time moved counts as never offered.
	Upcoming(ctx context.Context, now, until time.Time, limit int) ([]ledger.Job, error)
	// Overdue lists jobs due before the given moment that are neither done
	// nor, at now, under a live claim, soonest first.
	Overdue(ctx context.Context, now, before time.Time, limit int) ([]ledger.Job, error)
	// Forget makes every job count as never offered. It does not lower Job.Offer.
	Forget(ctx context.Context) error
}

// Doer does one job whole: claim, do, record, commit. nil says that it did;
// ledger.ErrDone, ErrTaken and ErrEarly say why there was nothing to do. After
// any other error the ledger must hold the job put off: nothing but the ledger brings it back.
type Doer func(ctx context.Context, id string) error

// How a job came to be run: rung by Asynq, or found by the sweeper.
const (
	ViaQueue = "queue"
	ViaSweep = "sweep"
)

// Options is what a queue is made of. Redis, Book and Do are required.
type Options struct {
	Redis Redis
	Book  Book
	Do    map[ledger.Kind]Doer

	// Now is the desk's clock and Wait how long, in real time, until it shows
	// due. They differ from the machine's only where time is sped up.
	Now  func() time.Time
	Wait func(due time.Time) time.Duration

	// Desk is the ledger's own name: Redis is refused while another's is written
	// in it, which works through the same queues. By default no name is.
	Desk string

	// Horizon is how far ahead of its due time a job enters Redis. By default
	// 24 hours, and 2 where Redis is embedded.
	Horizon time.Duration
	// Done is told of every job done here, and how late it was. It must not block.
	Done func(kind ledger.Kind, via string, lateness time.Duration)
	Log  *slog.Logger
}

// Queue rings jobs. It is made by [New], run once, and safe for concurrent use.
type Queue struct {
	Options
	link   *link
	client *asynq.Client
	pace   pace
	offers chan ledger.Job
	later  chan ledger.Job // offers that make room for a flood
	flood  flood
	early  *early
	left   []ledger.Job // counted as offered, not yet in Redis; owned by the offering loop
	epoch  epoch        // owned by the probing loop
	unfit  atomic.Value // of fitness; what the last probe found
	busy   sync.Map     // ids being done in this process
	rest   sync.Map     // ids that went wrong a moment ago: the sweeper leaves them be
	runs   sync.WaitGroup
	slots  chan struct{} // one for each job the sweeper has under way
	ran    atomic.Bool
	swept  atomic.Int64 // when the last sweep ended, in the desk's milliseconds

	work  context.Context // of the doers: outlives Run's by the time given to finish
	abort context.CancelFunc
}

// pace is how often and how patiently the queue does what it does, in real
// time but for the graces, which are the desk's.
type pace struct {
	probe, sweep, mend time.Duration
	grace, slow        time.Duration // how late a job may be before the sweeper runs it: see graceOf
	rest               time.Duration // how long the sweeper leaves a job that went wrong
	finish             time.Duration // how long doers may go on once Run must end
}

var usual = pace{
	probe: time.Second, sweep: time.Second, mend: time.Minute,
	grace: 3 * time.Second, slow: 30 * time.Second,
	rest: 5 * time.Second, finish: 4 * time.Second,
}

// New makes a queue. Nothing is dialled before [Queue.Run], [Queue.Status] or
// [Queue.Inspect].
func New(o Options) (*Queue, error) {
	if o.Book == nil || len(o.Do) == 0 || len(o.Redis.Addrs) == 0 {
		return nil, errors.New("queue: redis, book and doers are required")
	}
	o.fill()
	q := &Queue{
		Options: o, link: connect(o.Redis), pace: usual,
		offers: make(chan ledger.Job, 4096), later: make(chan ledger.Job, 4096), slots: make(chan struct{}, sweepers), early: newEarly(),
	}
	q.epoch.me = rand.Text()
	q.client = asynq.NewClientFromRedisClient(q.link)
	q.work, q.abort = context.WithCancel(context.Background())
	return q, nil
}

func (o *Options) fill() {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = func(due time.Time) time.Duration { return due.Sub(o.Now()) }
	}
	if o.Horizon == 0 {
		o.Horizon = 24 * time.Hour
		if o.Redis.Embedded {
			o.Horizon = 2 * time.Hour
		}
	}
	if o.Done == nil {
		o.Done = func(ledger.Kind, string, time.Duration) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
}

// Close ends the connections of a queue that is not run. One that was run has
// closed them at its end, and then or meanwhile Close does nothing.
func (q *Queue) Close() error {
	if q.ran.Load() {
		return nil
	}
	q.abort()
	return q.link.Close()
}
