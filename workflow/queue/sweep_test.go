package queue

import (
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"dutydesk/workflow/ledger"
)

// paused makes Redis a queue that takes everything and rings nothing.
func paused(t *testing.T, g *rig) {
	t.Helper()
	for _, name := range []string{immediate, sla, mail, bulk} {
		if err := g.link.Set(t.Context(), key(name, "paused"), 1, 0).Err(); err != nil {
			t.Fatal(err)
		}
	}
}

// What Asynq holds and does not ring, the sweeper runs: soon where somebody is
// waiting, later where nobody is.
func TestSweepWaitsItsGrace(t *testing.T) {
	t.Parallel()
	now := time.Now()
	b := newBook(jobs(ledger.DisposeJob, 2, now)...)
	b.add(jobs(ledger.LetterJob, 2, now)...)
	b.add(jobs(ledger.AlarmJob, 2, now)...)
	b.add(ledger.Job{ID: "alarm/urgent", Kind: ledger.AlarmJob, Urgent: true, Due: now})
	g := newRig(t, embedded(t), b, func(g *rig) { g.pace.grace, g.pace.slow = time.Second, 3*time.Second })
	paused(t, g)
	g.run(t)
	eventually(t, 15*time.Second, func() bool { return b.undone() == 0 })
	b.once(t)
	late := b.lateness()
	if late[0] < time.Second || late[4] > slack*3*time.Second || late[5] < 3*time.Second || late[6] > slack*6*time.Second {
		t.Errorf("late by %v", late)
	}
	if g.of(ViaSweep) != 7 {
		t.Errorf("%d swept", g.of(ViaSweep))
	}
}

// A page full of overdue jobs means that Asynq does not keep up: nobody's grace
// hides the jobs behind them.
func TestSweepHelpsWhenBehind(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.AlarmJob, 3*pageSize, time.Now())...)
	b.add(jobs(ledger.LetterJob, 1, time.Now().Add(time.Second))...)
	g := newRig(t, embedded(t), b, func(g *rig) { g.pace.grace, g.pace.slow = time.Second, time.Hour })
	paused(t, g)
	g.run(t)
	eventually(t, 15*time.Second, func() bool { return b.row("letter/00000").done == 1 })
	eventually(t, 15*time.Second, func() bool { return b.undone() < pageSize })
	if err := g.stop(); err != nil {
		t.Error(err)
	}
}

// A job that hangs is begun once and keeps one place; the others go on.
func TestSweepSurvivesHungJobs(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.LetterJob, 200, time.Now())...)
	g := newRig(t, embedded(t), b, func(g *rig) { g.pace.grace, g.pace.finish = 100*time.Millisecond, 100*time.Millisecond })
	var begun atomic.Int32
	hang := make(chan struct{})
	do := g.Do[ledger.LetterJob]
	g.Do[ledger.LetterJob] = g.hanging("letter/00007", &begun, hang, do)
	paused(t, g)
	g.run(t)
	eventually(t, 15*time.Second, func() bool { return b.undone() == 1 })
	rounds := g.swept.Load()
	eventually(t, 5*time.Second, func() bool { return g.swept.Load() > rounds+1000 })
	close(hang)
	eventually(t, 5*time.Second, func() bool { return b.undone() == 0 })
	if begun.Load() != 1 {
		t.Errorf("begun %d times", begun.Load())
	}
}

// A job that goes wrong at once and that the ledger goes on listing is tried
// again after a rest, and is no busy loop.
func TestSweepIsNoBusyLoop(t *testing.T) {
	t.Parallel()
	var tries atomic.Int32
	b := newBook(jobs(ledger.LetterJob, 1, time.Now())...)
	b.explode = func(string) error { tries.Add(1); return errBroken }
	g := newRig(t, embedded(t), b, func(g *rig) {
		g.pace.grace, g.pace.sweep, g.pace.rest = 0, 10*time.Millisecond, 500*time.Millisecond
	})
	paused(t, g)
	g.run(t)
	eventually(t, 5*time.Second, func() bool { return tries.Load() >= 3 })
	if since := time.Since(b.row("letter/00000").Due); time.Duration(tries.Load()) > since/(400*time.Millisecond)+1 {
		t.Errorf("%d tries in %v", tries.Load(), since)
	}
}

// However often a job rings, this process does it once at a time: its doer is
// not even asked.
func TestRunOnceAtATime(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.LetterJob, 1, time.Now())...)
	g := newRig(t, embedded(t), b)
	var begun atomic.Int32
	hang, ended := make(chan struct{}), make(chan error, 2)
	g.Do[ledger.LetterJob] = g.hanging("letter/00000", &begun, hang, b.do)
	ring := func() { ended <- g.Queue.run(t.Context(), b.row("letter/00000").Job, ViaQueue) }
	go ring()
	eventually(t, 5*time.Second, func() bool { return begun.Load() == 1 })
	go ring()
	eventually(t, 5*time.Second, func() bool { return len(ended) == 1 || begun.Load() == 2 })
	close(hang)
	if one, two := <-ended, <-ended; !errors.Is(one, ledger.ErrTaken) || two != nil || begun.Load() != 1 {
		t.Errorf("%v, then %v; begun %d times", one, two, begun.Load())
	}
}
