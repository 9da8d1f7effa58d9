package queue

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Status is what "queue status" shows. It counts reminders, not debts: those
// are in the ledger.
type Status struct {
	Reachable bool      `json:"reachable"`
	Embedded  bool      `json:"embedded"`
	Epoch     string    `json:"epoch"`      // "" before any worker ran on this Redis
	LastSweep time.Time `json:"last_sweep"` // of any worker; zero if none is known
	Queues    []Counts  `json:"queues"`
}

// Counts is how many tasks of one queue are in which state.
type Counts struct {
	Name      string `json:"name"`
	Pending   int64  `json:"pending"`
	Active    int64  `json:"active"`
	Scheduled int64  `json:"scheduled"`
	Retry     int64  `json:"retry"`
	Archived  int64  `json:"archived"` // always 0, or something is wrong
}

// Status asks Redis. It never fails: a Redis that does not answer is a fact.
func (q *Queue) Status(ctx context.Context) Status {
	s := q.link.status(ctx, q.Redis)
	if at := q.swept.Load(); at > s.LastSweep.UnixMilli() {
		s.LastSweep = time.UnixMilli(at).UTC()
	}
	return s
}

// ReadStatus is [Queue.Status] for whoever has no queue.
func ReadStatus(ctx context.Context, r Redis) Status {
	l := connect(r)
	defer l.Close()
	return l.status(ctx, r)
}

func (l *link) status(ctx context.Context, r Redis) Status {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	s := Status{Embedded: r.Embedded, Queues: []Counts{}}
	var err error
	if s.Epoch, err = l.Get(ctx, epochKey).Result(); err != nil && !errors.Is(err, redis.Nil) {
		return s
	}
	if at, err := l.Get(ctx, sweptKey).Int64(); err == nil {
		s.LastSweep = time.UnixMilli(at).UTC()
	}
	for _, name := range []string{immediate, sla, mail, bulk} {
		c, err := l.count(ctx, name)
		if err != nil {
			return s
		}
		s.Queues = append(s.Queues, c)
	}
	s.Reachable = true
	return s
}

func (l *link) count(ctx context.Context, name string) (Counts, error) {
	p := l.Pipeline()
	pending, active := p.LLen(ctx, key(name, "pending")), p.LLen(ctx, key(name, "active"))
	scheduled, retry := p.ZCard(ctx, key(name, "scheduled")), p.ZCard(ctx, key(name, "retry"))
	archived := p.ZCard(ctx, key(name, "archived"))
	if _, err := p.Exec(ctx); err != nil {
		return Counts{}, fmt.Errorf("count queue %s: %w", name, err)
	}
	return Counts{
		Name: name, Pending: pending.Val(), Active: active.Val(),
		Scheduled: scheduled.Val(), Retry: retry.Val(), Archived: archived.Val(),
	}, nil
}
