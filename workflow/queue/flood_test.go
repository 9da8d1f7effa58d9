package queue

import (
	"testing"
	"testing/synctest"
	"time"

	"dutydesk/workflow/ledger"
)

// Many alarms at once are a flood until a moment after the last; the same many,
// one after the other, are none.
func TestFloodOfAlarms(t *testing.T) {
	t.Parallel()
	var f flood
	now := time.Now()
	for range 10 * floodMany {
		f.note(now)
		now = now.Add(floodSpan / 10)
	}
	if f.on(now) {
		t.Error("a trickle is a flood")
	}
	for range floodMany {
		f.note(now)
	}
	if !f.on(now) || f.on(now.Add(time.Second)) {
		t.Errorf("flood %v at once, %v a second later", f.on(now), f.on(now.Add(time.Second)))
	}
}

// What makes room goes on when the flood ends, and soon even if it does not.
func TestRoomForAFloodHasAnEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var f flood
		waits := func() time.Duration {
			begun := time.Now()
			f.makeRoom(t.Context())
			return time.Since(begun)
		}
		if d := waits(); d != 0 {
			t.Errorf("waited %v for no flood", d)
		}
		for range floodMany {
			f.note(time.Now())
		}
		if d := waits(); d < floodSpan || d > 3*floodSpan {
			t.Errorf("waited %v for a short flood", d)
		}
		f.until = time.Now().Add(time.Hour)
		if d := waits(); d < floodMost || d > floodMost+floodSpan {
			t.Errorf("waited %v for an endless flood", d)
		}
	})
}

// While alarms flood in, letters are not put into Redis and concerns are.
func TestFloodHoldsLettersOnly(t *testing.T) {
	t.Parallel()
	g := newRig(t, newServer(t).start(t).Redis, newBook())
	g.link.known.Store(true)
	g.flood.until = time.Now().Add(time.Hour)
	for range offerers {
		go g.offerer(t.Context())
		go g.latecomer(t.Context())
	}
	begun := time.Now()
	g.Offer(jobs(ledger.LetterJob, 10, begun)...)
	g.Offer(jobs(ledger.DisposeJob, 10, begun)...)
	eventually(t, slack*time.Second, func() bool { return g.waiting(t, bulk) == 10 })
	if n := g.waiting(t, mail); n != 0 && time.Since(begun) < floodMost {
		t.Errorf("%d letters put into Redis", n)
	}
	eventually(t, floodMost+slack*time.Second, func() bool { return g.waiting(t, mail) == 10 })
}

// waiting counts what is pending in one queue.
func (g *rig) waiting(t *testing.T, queue string) int64 {
	t.Helper()
	c, err := g.link.count(t.Context(), queue)
	if err != nil {
		t.Fatal(err)
	}
	return c.Pending
}
