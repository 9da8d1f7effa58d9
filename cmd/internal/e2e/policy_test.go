package e2e

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// newest is the reference of the case that was opened last, once there are n.
func (w *world) newest(n int) (ref string) {
	w.t.Helper()
	realtest.Poll(w.t, 40*time.Second, fmt.Sprintf("%d cases", n), func() error {
		var cs []app.Case
		w.json(&cs, "case", "list")
		if len(cs) != n {
			return fmt.Errorf("%d", len(cs))
		}
		ref = slices.MaxFunc(cs, func(a, b app.Case) int { return a.Opened.Compare(b.Opened) }).Ref
		return nil
	})
	return ref
}

// says waits until the chronology of a case has a line.
func (w *world) says(ref, text string) {
	w.t.Helper()
	realtest.Poll(w.t, 60*time.Second, text, func() error {
		var es []app.Event
		w.json(&es, "case", "chronology", ref)
		if !slices.ContainsFunc(es, func(e app.Event) bool { return e.Text == text }) {
			return fmt.Errorf("%d lines", len(es))
		}
		return nil
	})
}

// clocked checks that on a case every rung up to the limit of triage was told,
// once and in its time, and that the desk agrees with itself.
func (w *world) clocked(ref string) {
	w.t.Helper()
	for _, text := range []string{"triage 100%", "la-told done", "acknowledge 400%"} { // due at the same moment
		w.says(ref, text)
	}
	var es []app.Event
	w.json(&es, "case", "chronology", ref)
	n := map[string]int{}
	for _, e := range es {
		n[e.Text]++
	}
	for _, text := range []string{"acknowledge 50%", "acknowledge 80%", "acknowledge 100%", "acknowledge 200%", "acknowledge 400%", "triage 50%", "triage 80%", "triage 100%", "la-told done"} {
		if n[text] != 1 {
			w.t.Errorf("%q stands %d times on %s", text, n[text], ref)
		}
	}
	if out, err := w.dutydesk("sla", "replay", ref); err != nil {
		w.t.Errorf("replay of %s: %v\n%s", ref, err, out)
	}
}

// Cases by the policy, with several alarms each, outlive whatever happens to
// Redis: F15 it is emptied, F16 it restarts and has kept nothing, F18 it stands
// still, F20 it comes back as it was before some of them rang.
func TestF15F16F18F20PolicyAlarms(t *testing.T) {
	w := newWorld(t, options{})
	w.follow(time.Second, nil) // an hour is a second
	w.start()
	c := w.redis.Client()
	for i, fault := range []func(ref string){
		func(string) { w.must(c.FlushAll(t.Context()).Err()) },
		func(string) { w.redis.Kill(); w.redis.Start() },
		func(ref string) {
			w.must(syscall.Kill(w.redis.Pid(), syscall.SIGSTOP))
			w.says(ref, "acknowledge 400%")
			w.must(syscall.Kill(w.redis.Pid(), syscall.SIGCONT))
		},
		func(ref string) {
			old := w.redisCopy()
			w.says(ref, "acknowledge 200%")
			w.restored(old)
		},
	} {
		w.concern(fmt.Sprint("they do it again ", i))
		ref := w.newest(i + 1)
		fault(ref)
		w.clocked(ref)
	}
	w.sound(4)
}

// redisCopy is all that Redis holds.
func (w *world) redisCopy() map[string]string {
	w.t.Helper()
	c, all := w.redis.Client(), map[string]string{}
	keys, err := c.Keys(w.t.Context(), "*").Result()
	w.must(err)
	for _, key := range keys {
		if value, err := c.Dump(w.t.Context(), key).Result(); err == nil { // it may be gone meanwhile
			all[key] = value
		}
	}
	return all
}

// restored puts an old copy in place of what Redis holds, at once.
func (w *world) restored(old map[string]string) {
	w.t.Helper()
	p := w.redis.Client().TxPipeline()
	p.FlushAll(w.t.Context())
	for key, value := range old {
		p.Restore(w.t.Context(), key, 0, value)
	}
	_, err := p.Exec(w.t.Context())
	w.must(err)
}

// F60, F62: of two workers on one ledger one is stopped while alarms are due. The
// other answers them; when the first wakes, both work on, and nothing is told
// twice.
func TestF60F62PolicyAlarms(t *testing.T) {
	crew := newCrew(t, 2)
	for _, w := range crew {
		w.follow(time.Second, nil)
		w.start()
	}
	one, two := crew[0], crew[1]
	two.concern("before the frost")
	first := two.newest(1)
	one.worker.Signal(syscall.SIGSTOP)
	two.says(first, "acknowledge 400%")
	one.worker.Signal(syscall.SIGCONT)
	two.clocked(first)
	two.worker.Signal(syscall.SIGSTOP)
	one.concern("during another")
	second := one.newest(2)
	one.says(second, "acknowledge 200%")
	two.worker.Signal(syscall.SIGCONT)
	one.clocked(second)
	two.sound(2)
}

// A policy that is changed while the desk is down comes into force when it
// starts: an open case is due earlier, and managers hear of it.
func TestPolicyChangesAtTheNextStart(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded"})
	w.follow(time.Hour, nil)
	w.start()
	w.concern("a changed policy")
	w.letter("lead", "ew concern")
	before := w.state("SUBMITTED")
	w.worker.Kill()
	w.follow(time.Hour, func(p *policy.Policy) { quicker(p, sla.Acknowledge) })
	w.start()
	w.letter("manager", "1 deadline")
	after := w.state("SUBMITTED")
	if want := before.Opened.Truncate(time.Second).Add(30 * time.Minute); !after.Limit.Equal(want) || !after.Limit.Before(before.Limit) {
		t.Errorf("to be taken by %v, before the change by %v, want %v", after.Limit, before.Limit, want)
	}
	if out, err := w.dutydesk("sla", "replay", after.Ref); err != nil || !strings.Contains(string(out), "acknowledge") {
		t.Errorf("%v\n%s", err, out)
	}
}
