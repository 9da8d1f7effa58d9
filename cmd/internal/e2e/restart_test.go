package e2e

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/queue"
)

// counted is the ledger as the queue asks it, with how many jobs it answered.
type counted struct {
	queue.Book
	read  atomic.Int64
	asked atomic.Int64
	rang  atomic.Int64
}

// Upcoming counts what comes.
func (c *counted) Upcoming(ctx context.Context, now, until time.Time, limit int) ([]ledger.Job, error) {
	js, err := c.Book.Upcoming(ctx, now, until, limit)
	c.read.Add(int64(len(js)))
	c.asked.Add(1)
	return js, err
}

// A desk of many cases that starts again reads the jobs of its horizon, each
// once, and none of those that are due later; and puts no others into Redis.
func TestRestartReadsTheHorizonOnly(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded"}) // whose horizon is two hours
	w.follow(time.Hour, nil)
	now := time.Now().Truncate(time.Second)
	w.hoard(600, now.Add(time.Minute)) // so that nothing is due
	clock := app.Clock{Now: func() time.Time { return now }, Wait: func(due time.Time) time.Duration { return due.Sub(now) }}
	a := w.open(t, clock)
	book := &counted{Book: a.Ledger}
	a.Queue.Options.Book = book
	a.Queue.Options.Done = func(kind ledger.Kind, _ string, _ time.Duration) {
		if kind == ledger.AlarmJob {
			book.rang.Add(1)
		}
	}
	defer run(t, a)()
	within := w.number(`SELECT count(*) FROM jobs WHERE done_at = 0 AND due_at < $1`, now.Add(2*time.Hour).UnixMilli())
	all := w.number(`SELECT count(*) FROM jobs WHERE done_at = 0`)
	realtest.Poll(t, time.Minute, "the horizon read", func() error {
		if n := book.read.Load(); n < within {
			return fmt.Errorf("%d of %d", n, within)
		}
		return nil
	})
	asked := book.asked.Load()
	realtest.Poll(t, time.Minute, "two looks more", func() error {
		if book.asked.Load() < asked+2 {
			return errors.New("not yet")
		}
		return nil
	})
	if read := book.read.Load(); read != within || within == 0 || within > all/2 || book.rang.Load() != 0 {
		t.Errorf("read %d jobs and rang %d; %d are due within the horizon of %d", read, book.rang.Load(), within, all)
	}
}
