package queue

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/hibiken/asynq"
)

// Run rings and sweeps until ctx ends. It refuses to begin on a Redis that may
// lose tasks ([ErrEvicts], [ErrOld]) or is another desk's ([ErrForeign]), but not on one that is absent. At its end
// it takes nothing new, lets what was begun finish for four seconds, tells what
// is left to stop, and returns within eight (F12).
func (q *Queue) Run(ctx context.Context) error {
	q.ran.Store(true)
	defer q.abort()
	if err := q.admit(ctx); err != nil {
		return errors.Join(fmt.Errorf("run queue: %w", err), q.link.Close())
	}
	var loops sync.WaitGroup
	servers, err := q.startServers()
	if err == nil {
		loops.Go(func() { q.every(ctx, q.pace.probe, "probe", q.probe) })
		loops.Go(func() { q.every(ctx, q.pace.sweep, "offer", q.offerComing) })
		loops.Go(func() { q.every(ctx, q.pace.sweep, "sweep", q.relieve) })
		loops.Go(func() { q.every(ctx, q.pace.mend, "mend", q.mend) })
		loops.Go(func() { q.onTheDot(ctx) })
		for range offerers {
			loops.Go(func() { q.offerer(ctx) })
			loops.Go(func() { q.latecomer(ctx) })
		}
		<-ctx.Done()
	}
	q.stop(servers, &loops)
	return err
}

// admit refuses a Redis that answers and is unfit, or another desk's.
func (q *Queue) admit(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	facts, err := q.Inspect(ctx)
	if err != nil {
		return nil // absent or silent: the sweeper works, and the probe says so
	}
	if !facts.AOF && !facts.Embedded {
		q.Log.Warn("redis keeps nothing over a restart: set appendonly yes")
	}
	if err := facts.Refusal(); err != nil {
		return err
	}
	if err := q.Claim(ctx); errors.Is(err, ErrForeign) {
		return err
	}
	return nil
}

func (q *Queue) startServers() (out []*asynq.Server, err error) {
	for _, s := range servers {
		server := q.newServer(s.queue, s.handlers, s.look)
		if err := server.Start(asynq.HandlerFunc(q.ring)); err != nil {
			return out, fmt.Errorf("start server for %s: %w", s.queue, err)
		}
		out = append(out, server)
	}
	return out, nil
}

// stop ends everything, ever less politely: first by waiting, then by telling
// the doers to stop, then by sending Redis nothing more. The connections are
// closed only after the servers have ended, however late: Asynq's subscriber
// panics when they are closed under it.
func (q *Queue) stop(servers []*asynq.Server, loops *sync.WaitGroup) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		var wg sync.WaitGroup
		for _, s := range servers {
			wg.Go(s.Shutdown)
		}
		wg.Wait()
		loops.Wait()
		q.runs.Wait()
		_ = q.link.Close()
	}()
	steps := []struct {
		wait time.Duration
		then func()
	}{
		{q.pace.finish, q.abort},
		{time.Second, func() { q.link.ended.Store(true) }},
		{answer + 500*time.Millisecond, func() { q.Log.Error("queue left work unfinished, the ledger has it") }},
	}
	for _, step := range steps {
		select {
		case <-done:
			return
		case <-time.After(step.wait):
			step.then()
		}
	}
}
