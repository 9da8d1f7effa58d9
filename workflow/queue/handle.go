package queue

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	"dutydesk/workflow/ledger"

	"github.com/hibiken/asynq"
)

// The queues in Redis.
const (
	immediate = "immediate" // somebody is waiting
	sla       = "sla"       // deadlines
	mail      = "mail"      // letters that may wait a moment
	bulk      = "bulk"      // rounds, and arrivals out of a backlog
)

// servers are what takes tasks from Redis. Each asynq.Server has one dequeuer,
// so immediate work has its own and deadlines, which come in floods, have three
// and about as many handlers as share one commit of the ledger.
// look is the mean pause before an empty queue is looked at again.
var servers = []struct {
	queue    string
	handlers int
	look     time.Duration
}{
	{immediate, 64, 10 * time.Millisecond},
	{sla, 64, 250 * time.Millisecond},
	{sla, 64, 250 * time.Millisecond},
	{sla, 64, 250 * time.Millisecond},
	{mail, 32, 10 * time.Millisecond},
	{bulk, 4, 250 * time.Millisecond},
}

// forward is how often Asynq looks for tasks whose time has come. It must be
// well below ahead; Asynq's own five seconds would be lateness.
const forward = 500 * time.Millisecond

// lookEmbedded is the least pause before an empty queue in this process's own
// Redis is looked at again: its scripts cost ten times as much.
const lookEmbedded = 50 * time.Millisecond

// queueOf says where a job waits.
func queueOf(j ledger.Job) string {
	switch {
	case j.Kind == ledger.AlarmJob: // urgent or not: they come in floods
		return sla
	case j.Urgent:
		return immediate
	case j.Kind == ledger.LetterJob:
		return mail
	}
	return bulk
}

// margin is how much longer than our own limit Asynq waits, so that it is we
// who end a job.
const margin = 30 * time.Second

// limitOf is how long one job may take.
func limitOf(k ledger.Kind) time.Duration {
	switch k {
	case ledger.LetterJob:
		return 5 * time.Minute
	case ledger.TickJob:
		return 30 * time.Minute
	}
	return 2 * time.Minute
}

// newServer makes an Asynq server for one queue. No task of ours ever counts as
// failed, so that none can reach Asynq's archive, which forgets.
func (q *Queue) newServer(queue string, handlers int, look time.Duration) *asynq.Server {
	if q.Redis.Embedded {
		look = max(look, lookEmbedded)
	}
	return asynq.NewServerFromRedisClient(q.link, asynq.Config{
		Queues:                   map[string]int{queue: 1},
		Concurrency:              handlers,
		TaskCheckInterval:        look,
		DelayedTaskCheckInterval: forward,
		ShutdownTimeout:          q.pace.finish + 500*time.Millisecond,
		IsFailure:                func(error) bool { return false },
		RetryDelayFunc:           retryDelay,
		Logger:                   newHushed(q.Log),
		LogLevel:                 asynq.WarnLevel,
	})
}

// retryDelay says when Asynq rings again for a worker that died or a doer that
// would not end. Other errors never reach Asynq.
func retryDelay(_ int, err error, _ *asynq.Task) time.Duration {
	if errors.Is(err, asynq.ErrLeaseExpired) {
		return 0
	}
	return margin
}

// ring answers a task. It returns nil whatever happened: whether the job is
// still owed is in the ledger, and only the ledger brings it back. The task's
// own context is left aside, since it ends when Redis fails for half a minute.
func (q *Queue) ring(ctx context.Context, t *asynq.Task) error {
	j := ledger.Job{ID: string(t.Payload()), Kind: ledger.Kind(t.Type())}
	if ms, err := strconv.ParseInt(t.Headers()[dueField], 10, 64); err == nil {
		j.Due = time.UnixMilli(ms)
		if left := q.Wait(j.Due); left > 0 && left < tooEarly {
			q.early.hold(j)
			return nil
		}
	}
	if err := q.run(q.work, j, ViaQueue); errors.Is(err, ledger.ErrEarly) {
		id, _ := asynq.GetTaskID(ctx)
		q.again(j, id)
	}
	return nil
}

// again offers a job that rang early, through a clock that ran ahead, once
// more. If its due time has passed it was put off since, and offered anew.
func (q *Queue) again(j ledger.Job, task string) {
	if q.Wait(j.Due) <= 0 {
		return
	}
	parts := strings.Split(task, ":")
	if len(parts) != 3 {
		return
	}
	j.Gen, _ = strconv.Atoi(parts[1])
	j.Offer, _ = strconv.Atoi(parts[2])
	j.Offer++
	select {
	case q.offers <- j:
	default:
	}
}

// run does one job, unless this process is at it already. Its error is for
// deciding what comes next and has been logged.
func (q *Queue) run(ctx context.Context, j ledger.Job, via string) error {
	if _, at := q.busy.LoadOrStore(j.ID, nil); at {
		return ledger.ErrTaken
	}
	defer q.busy.Delete(j.ID)
	if j.Kind == ledger.AlarmJob {
		q.flood.note(time.Now())
	}
	ctx, cancel := context.WithTimeout(ctx, limitOf(j.Kind))
	defer cancel()
	err := q.call(ctx, j)
	if err == nil {
		q.Options.Done(j.Kind, via, q.lateness(j))
		return nil
	}
	if !answered(err) {
		q.Log.Warn("job not done", "job", j.ID, "kind", j.Kind, "via", via, "why", class(err))
	}
	return err
}

func (q *Queue) lateness(j ledger.Job) time.Duration {
	if j.Due.IsZero() {
		return 0
	}
	return max(0, q.Now().Sub(j.Due))
}

// answered reports whether err is an answer of the ledger's, and no fault.
func answered(err error) bool {
	return errors.Is(err, ledger.ErrDone) || errors.Is(err, ledger.ErrTaken) || errors.Is(err, ledger.ErrEarly)
}

var (
	errPanic  = errors.New("panic")
	errNobody = errors.New("no doer for this kind")
)

// call calls the doer and survives it. What a panic says may be somebody's
// story: it goes neither to the log nor, by way of Asynq, to Redis (T17, T18).
func (q *Queue) call(ctx context.Context, j ledger.Job) (err error) {
	defer func() {
		if recover() != nil {
			q.Log.Error("job panicked", "job", j.ID, "kind", j.Kind, "stack", slog.StringValue(string(debug.Stack())))
			err = errPanic
		}
	}()
	do := q.Do[j.Kind]
	if do == nil {
		return errNobody
	}
	return do(ctx, j.ID)
}

// class names what went wrong without repeating it: a server's answer may hold
// an address.
func class(err error) string {
	var timeout net.Error
	var network *net.OpError
	var system syscall.Errno // a net.Error too: a full disk is none
	switch {
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return "timeout"
	case errors.Is(err, context.Canceled):
		return "stopped"
	case errors.Is(err, errPanic), errors.Is(err, errNobody):
		return err.Error()
	case errors.As(err, &network):
		return "network"
	case errors.As(err, &system):
		return system.Error()
	}
	return fmt.Sprintf("%T", innermost(err))
}

// innermost is what err wraps, all the way down; of several errors the first.
func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if many, ok := err.(interface{ Unwrap() []error }); ok && len(many.Unwrap()) > 0 {
			next = many.Unwrap()[0]
		}
		if next == nil {
			return err
		}
		err = next
	}
}
