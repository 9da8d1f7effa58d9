package workflow_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// host is a machine with a clock that somebody may set, and the workers of a
// desk on it. Its minutes pass as fast as they can be worked.
type host struct {
	*desk
	steady  time.Duration // since the start, of what nobody can set
	set     time.Duration // by how much the clock was set
	paused  time.Duration // for how long the machine itself stood still, as the world saw it
	begun   time.Time
	workers []*workflow.Office
	frozen  int // the first so many workers do nothing
	mu      sync.Mutex
}

// newHost is a desk by the policy with three cases in hand and so many workers.
func newHost(t *testing.T, workers int) *host {
	h := &host{desk: since(t, time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC))}
	for i := range 3 {
		h.open(fmt.Sprint("please help ", i))
	}
	h.begun = h.desk.now()
	for range workers {
		c := workflow.ClockOn(h.wall, h.uptime)
		h.workers = append(h.workers, &workflow.Office{Ledger: h.Ledger, Rules: h.Rules, Key: h.Key, Prefix: h.Prefix, Now: c.Now, Reminder: h.desk})
	}
	return h
}

// wall is what the machine's clock shows.
func (h *host) wall() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.begun.Add(h.steady + h.paused + h.set)
}

// uptime is what nobody can set.
func (h *host) uptime() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.steady
}

func (h *host) change(f func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	f()
}

// runs lets minutes pass. In each, every worker that is awake answers all that
// it finds due, all of them at the same time.
func (h *host) runs(minutes int) {
	h.t.Helper()
	for range minutes {
		h.change(func() { h.steady += time.Minute })
		var all sync.WaitGroup
		for _, o := range h.workers[h.frozen:] {
			jobs, err := h.Ledger.Overdue(h.t.Context(), o.Now(), o.Now(), 1000)
			if err != nil {
				h.t.Fatal(err)
			}
			all.Go(func() { h.answers(o, jobs) })
		}
		all.Wait()
	}
}

// answers has a worker answer alarms, of which another may be faster.
func (h *host) answers(o *workflow.Office, jobs []ledger.Job) {
	for _, j := range jobs {
		if j.Kind != ledger.AlarmJob {
			continue
		}
		if err := o.Elapse(h.t.Context(), j.ID); err != nil && !slices.ContainsFunc(idle, func(no error) bool { return errors.Is(err, no) }) {
			h.t.Error(err)
		}
	}
}

// clockLines counts what the clock did, by case and words of the chronology.
func (h *host) clockLines() map[string]int {
	h.t.Helper()
	lines, err := h.Ledger.Chronology(h.t.Context(), "")
	if err != nil {
		h.t.Fatal(err)
	}
	n := map[string]int{}
	for _, l := range lines {
		if l.Verb == casefile.Elapse {
			n[string(l.Case)+" "+l.Text]++
		}
	}
	return n
}

// sound checks a desk after a fault: every rung that was due stands in the
// chronology of every case, once, none before its time, and the replay agrees.
func (h *host) sound(rungs ...string) {
	h.t.Helper()
	got := h.clockLines()
	cs, err := h.Ledger.Cases(h.t.Context())
	if err != nil {
		h.t.Fatal(err)
	}
	for _, c := range cs {
		for _, rung := range rungs {
			if n := got[string(c.Ref)+" "+rung]; n != 1 {
				h.t.Errorf("%s of %s stands %d times", rung, c.Ref, n)
			}
		}
	}
	for line, n := range got {
		if n > 1 {
			h.t.Errorf("%q stands %d times", line, n)
		}
	}
	h.desk.forward(h.workers[len(h.workers)-1].Now().Sub(h.desk.now()))
	h.audits()
	h.lettersOnce()
}

// lettersOnce checks that nobody got two letters about one rung of a case.
func (h *host) lettersOnce() {
	h.t.Helper()
	xs, err := h.Ledger.Letters(h.t.Context(), "")
	if err != nil {
		h.t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, x := range xs {
		var detail workflow.Detail
		if err := json.Unmarshal([]byte(x.Detail), &detail); err != nil {
			h.t.Fatal(err)
		}
		key := fmt.Sprint(x.Case, " ", x.Kind, " ", detail.Stage, " rung ", x.Rung, " to ", x.Person, " at ", x.Created)
		if seen[key] {
			h.t.Errorf("two letters %s", key)
		}
		seen[key] = true
	}
}

// byTwo are the rungs of an S2 of ten o'clock that have rung by two.
var byTwo = []string{"acknowledge 50%", "acknowledge 80%", "acknowledge 100%", "acknowledge 200%", "acknowledge 400%", "triage 50%", "triage 80%", "triage 100%", "la-told done"}

// The clock is set an hour forward and is right again within five minutes:
// nothing rings for it. When it stays wrong the desk takes it as it is after
// five minutes, and rings each rung once.
func TestF58PolicyClockSetForward(t *testing.T) {
	h := newHost(t, 1)
	h.runs(20)
	h.change(func() { h.set = time.Hour })
	h.runs(4)
	h.change(func() { h.set = 0 })
	h.runs(5)
	if n := len(h.clockLines()); n != 0 {
		t.Errorf("%d alarms rang early", n)
	}
	h.change(func() { h.set = time.Hour })
	h.runs(215)
	h.sound(byTwo...)
}

// The clock is set an hour back: the rungs that follow in the next five minutes
// come in their time, later ones by the new time, and none comes twice.
func TestF58PolicyClockSetBack(t *testing.T) {
	h := newHost(t, 1)
	h.runs(28)
	h.change(func() { h.set = -time.Hour })
	h.runs(3)
	if n := len(h.clockLines()); n != 3 {
		t.Errorf("%d alarms rang at half past, want that of each case", n)
	}
	h.runs(4*60 + 35)
	h.sound(byTwo...)
}

// The clock is set ten years forward. Every rung of every clock is told, in
// order, and repeats of ten years are told once.
func TestF58PolicyTenYears(t *testing.T) {
	h := newHost(t, 2)
	h.runs(5)
	h.change(func() { h.set = 10 * 365 * 24 * time.Hour })
	h.runs(16)
	h.sound(append(byTwo, "protective-action 100%", "protective-action 400%", "reporter-update 100%", "review 400%", "closure 80%")...)
	if n := len(h.clockLines()); n > 3*40 {
		t.Errorf("%d lines for three cases: every repeat was told", n)
	}
}

// A worker is stopped for ten minutes in which rungs are due; the other rings
// them, and the one that wakes rings none again. Alone it rings them when it wakes.
func TestF62PolicyStoppedWorker(t *testing.T) {
	for workers := 1; workers <= 2; workers++ {
		h := newHost(t, workers)
		h.runs(25)
		h.frozen = 1
		h.runs(10)
		if n := len(h.clockLines()); n != 3*(workers-1) {
			t.Errorf("%d workers, one of them stopped, rang %d alarms", workers, n)
		}
		h.frozen = 0
		h.runs(1)
		if n := len(h.clockLines()); n != 3 {
			t.Errorf("%d alarms after it woke", n)
		}
		h.runs(205)
		h.sound(byTwo...)
	}
}

// The whole machine stands still for half an hour, and its measure of time with
// it: when it goes on, its clock seems to leap. All that was due meanwhile has
// rung within six minutes.
func TestF62PolicyMachinePaused(t *testing.T) {
	h := newHost(t, 2)
	h.runs(25)
	h.change(func() { h.paused = 30 * time.Minute })
	h.runs(6)
	if n := len(h.clockLines()); n != 6 {
		t.Errorf("%d alarms after a pause in which two were due of each of three cases", n)
	}
	h.runs(185)
	h.sound(byTwo...)
}

// Two workers answer the same alarms at the same moments until the evening, each with a
// clock of its own that is up to four minutes wrong: nothing is lost or doubled.
func TestF60PolicyTwoWorkers(t *testing.T) {
	h := newHost(t, 2)
	slow := h.workers[0]
	right := slow.Now
	slow.Now = func() time.Time { return right().Add(-4 * time.Minute) }
	h.runs(7 * 60)
	h.sound(append(slices.Clone(byTwo), "protective-action 50%", "protective-action 80%")...)
	if n := len(slices.Collect(maps.Keys(h.clockLines()))); n%3 != 0 {
		t.Errorf("%d lines for three cases", n)
	}
}
