package queue

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"
)

// missed is how many probes in a row must fail before Redis is known to be
// down: one lost answer is none.
const missed = 3

// link is the one pool of connections to Redis, shared by everything here.
type link struct {
	redis.UniversalClient
	misses atomic.Int32 // probes that failed since the last that did not
	known  atomic.Bool  // a probe has succeeded, so Redis is the one we know
	ended  atomic.Bool  // nothing is sent any more
}

// Close ends the connections. Closing again is no error.
func (l *link) Close() error {
	if err := l.UniversalClient.Close(); !errors.Is(err, redis.ErrClosed) {
		return err
	}
	return nil
}

// up reports whether tasks may be put into Redis.
func (l *link) up() bool { return l.known.Load() && l.misses.Load() == 0 }

// down reports whether Redis is known not to work, so that nothing waits for it.
func (l *link) down() bool { return l.misses.Load() >= missed }

func connect(r Redis) *link {
	silence()
	l := &link{UniversalClient: redis.NewUniversalClient(r.options())}
	l.AddHook(patience{pause: 200 * time.Millisecond, ended: &l.ended})
	return l
}

// silence turns off go-redis's own log, which is one for the whole process and
// says the same of every dial. The probe says it once.
var silence = sync.OnceFunc(func() { redis.SetLogger(mute{}) })

type mute struct{}

func (mute) Printf(context.Context, string, ...any) {}

// patience makes whoever Redis refuses wait before it is told. Asynq asks again
// at once, which would be a busy loop against a Redis that is full, loading,
// read-only or gone (F14, F17). Once ended is set it refuses everything itself.
type patience struct {
	pause time.Duration
	ended *atomic.Bool
}

// DialHook leaves dialling as it is.
func (p patience) DialHook(next redis.DialHook) redis.DialHook { return next }

// ProcessHook waits after a refused command.
func (p patience) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		err := p.unless(ctx, func() error { return next(ctx, cmd) })
		if err != nil {
			cmd.SetErr(err)
		}
		return err
	}
}

// ProcessPipelineHook waits after a refused pipeline.
func (p patience) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return func(ctx context.Context, cmds []redis.Cmder) error {
		return p.unless(ctx, func() error { return next(ctx, cmds) })
	}
}

// unless asks Redis, unless all has ended.
func (p patience) unless(ctx context.Context, ask func() error) error {
	if p.ended.Load() {
		return redis.ErrClosed
	}
	err := ask()
	if refused(err) && !p.ended.Load() {
		pause(ctx, p.pause)
	}
	return err
}

// refused tells a Redis that does not work from one that answers no.
func refused(err error) bool {
	if err == nil || errors.Is(err, redis.Nil) || errors.Is(err, redis.ErrClosed) || errors.Is(err, context.Canceled) {
		return false
	}
	for _, answer := range []string{"NOSCRIPT", "NOT FOUND", "INTERNAL"} { // the latter two are Asynq's scripts'
		if strings.HasPrefix(err.Error(), answer) {
			return false
		}
	}
	return true
}

// pause waits for d or the end of ctx, and reports whether ctx goes on.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}
