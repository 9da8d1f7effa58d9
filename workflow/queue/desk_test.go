package queue

import (
	"context"
	"errors"
	"testing"
	"time"

	"dutydesk/workflow/ledger"
)

// named is a queue of a desk on a Redis.
func named(t *testing.T, r Redis, desk string) *Queue {
	t.Helper()
	q, err := New(Options{Redis: r, Book: silent{}, Desk: desk, Do: map[ledger.Kind]Doer{ledger.TickJob: func(context.Context, string) error { return nil }}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { q.Close() })
	return q
}

// silent is a book in which nothing is owed.
type silent struct{}

func (silent) Upcoming(context.Context, time.Time, time.Time, int) ([]ledger.Job, error) {
	return nil, nil
}
func (silent) Overdue(context.Context, time.Time, time.Time, int) ([]ledger.Job, error) {
	return nil, nil
}
func (silent) Forget(context.Context) error { return nil }

// A Redis belongs to the desk of one ledger, over FLUSHALL too; another does not
// start on it, and stops using it when it becomes another's.
func TestOneDeskOnOneRedis(t *testing.T) {
	s := newServer(t, "--maxmemory-policy", "noeviction").start(t)
	ours, theirs := named(t, s.Redis, "ours"), named(t, s.Redis, "theirs")
	if err := errors.Join(ours.Claim(t.Context()), ours.Claim(t.Context()), named(t, s.Redis, "ours").admit(t.Context())); err != nil {
		t.Fatal(err)
	}
	if err := theirs.admit(t.Context()); !errors.Is(err, ErrForeign) {
		t.Errorf("the other desk: %v", err)
	}
	if err := theirs.Run(t.Context()); !errors.Is(err, ErrForeign) {
		t.Errorf("the other desk runs: %v", err)
	}
	s.do(t, "FLUSHALL")
	if err := ours.probe(t.Context()); err != nil || ours.Unfit() != nil || !ours.link.up() {
		t.Errorf("emptied: %v, %v", err, ours.Unfit())
	}
	s.do(t, "SET", deskKey, "theirs")
	for range missed {
		if err := ours.probe(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if !errors.Is(ours.Unfit(), ErrForeign) || !ours.link.down() {
		t.Errorf("goes on with another's Redis: %v", ours.Unfit())
	}
}

// F17: a Redis that is full is not taken for one that is away, nor for one that
// works.
func TestF17RedisFullIsSaid(t *testing.T) {
	s := newServer(t, "--maxmemory-policy", "noeviction").start(t)
	q := named(t, s.Redis, "ours")
	if err := q.probe(t.Context()); err != nil || q.Unfit() != nil {
		t.Fatal(err, q.Unfit())
	}
	s.do(t, "CONFIG", "SET", "maxmemory", "1mb")
	for range missed {
		if err := q.probe(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if !errors.Is(q.Unfit(), ErrFull) || !q.link.down() {
		t.Errorf("full: %v", q.Unfit())
	}
	if f, err := q.Inspect(t.Context()); err != nil || !f.Full() {
		t.Errorf("%+v, %v", f, err)
	}
	s.do(t, "CONFIG", "SET", "maxmemory", "0")
	if err := q.probe(t.Context()); err != nil || q.Unfit() != nil || !q.link.up() {
		t.Errorf("there is room again: %v, %v", err, q.Unfit())
	}
	if f, err := q.Inspect(t.Context()); err != nil || f.Full() {
		t.Errorf("%+v, %v", f, err)
	}
}
