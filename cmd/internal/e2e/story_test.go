package e2e

import (
	"math/rand/v2"
	"testing"
	"time"

	"dutydesk/cmd/internal/realtest"
)

// The whole way of one concern on real parts: Dovecot, Redis, an SMTP server,
// the worker as a process of its own, SQLite and then PostgreSQL.
func TestStory(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { story(t, options{}, nil) })
	t.Run("PostgreSQL", func(t *testing.T) { story(t, options{ledger: realtest.Postgres(t, "fsync=on").Database()}, nil) })
}

// The same story with everything going wrong in between ends the same.
func TestStoryWithFaults(t *testing.T) {
	faults := func(w *world) {
		wait := time.Duration(rand.IntN(1500)) * time.Millisecond
		t.Logf("faults after %v", wait)
		<-time.After(wait)
		w.must(w.redis.Client().FlushAll(t.Context()).Err())
		w.worker.Kill()
		w.redis.Kill()
		w.redis.Start()
		w.start()
	}
	t.Run("SQLite", func(t *testing.T) { story(t, options{}, faults) })
	t.Run("PostgreSQL", func(t *testing.T) { story(t, options{ledger: realtest.Postgres(t, "fsync=on").Database()}, faults) })
}

func story(t *testing.T, o options, between func(*world)) {
	o.acknowledge = "4s"
	w := newWorld(t, o)
	w.start()
	w.concern("they post about me every night")
	if between != nil {
		between(w)
	}
	w.letter("lead", "ew concern")
	w.letter("deputy", "ew concern")
	if between != nil {
		between(w)
	}
	breach := w.letter("la-lead", "late")
	w.letter("manager", "late")
	if between != nil {
		between(w)
	}
	w.reply(breach, address("la-lead"), "ACK\r\nI am ringing the college.")
	c := w.state("ACKNOWLEDGED")
	if c.AcknowledgedBy != "la-lead" || c.Breached == nil {
		t.Errorf("case %+v", c)
	}
	w.letter("la-lead", "What changed")
	w.sound(1)
}
