package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutydesk/workflow/ledger"

	"github.com/hibiken/asynq"
)

var _ Book = (*ledger.Ledger)(nil)

// What is due now is rung at once, not at the next sweep.
func TestOfferRingsAtOnce(t *testing.T) {
	t.Parallel()
	b := newBook()
	g := newRig(t, embedded(t), b, func(g *rig) { g.pace.sweep = time.Hour }).run(t).ready(t)
	for _, kind := range []ledger.Kind{ledger.DisposeJob, ledger.LetterJob, ledger.AlarmJob, ledger.TickJob} {
		due := jobs(kind, 5, time.Now())
		b.add(due...)
		g.Offer(due...)
	}
	eventually(t, 5*time.Second, func() bool { return b.undone() == 0 })
	if g.of(ViaQueue) != 20 || g.of(ViaSweep) != 0 {
		t.Errorf("%d rung, %d swept", g.of(ViaQueue), g.of(ViaSweep))
	}
	b.once(t)
}

// F7: the process died between the commit and the offer, so nobody ever called
// Offer. The sweep offers it.
func TestF7NeverOffered(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.DisposeJob, 20, time.Now())...)
	g := newRig(t, embedded(t), b).run(t)
	eventually(t, 5*time.Second, func() bool { return b.undone() == 0 })
	if g.of(ViaQueue) == 0 {
		t.Error("nothing came through the queue")
	}
	b.once(t)
}

// Nothing rings early, though Asynq rounds down: the last tenth of a second
// tells.
func TestNoneEarly(t *testing.T) {
	t.Parallel()
	due := time.Now().Truncate(time.Second).Add(2*time.Second + 900*time.Millisecond)
	b := newBook(jobs(ledger.AlarmJob, 50, due)...)
	g := newRig(t, embedded(t), b).run(t)
	eventually(t, 10*time.Second, func() bool { return b.undone() == 0 })
	if b.early > 0 || g.of(ViaQueue) != 50 {
		t.Errorf("%d rings were early, %d of 50 came through the queue", b.early, g.of(ViaQueue))
	}
	if late := b.lateness(); late[49] > 1500*time.Millisecond {
		t.Errorf("%v late", late[49])
	}
	b.once(t)
}

// The fact behind it: what Asynq is asked to ring at …,9 s it holds due at …,0 s.
func TestAsynqRoundsDown(t *testing.T) {
	t.Parallel()
	g := newRig(t, embedded(t), newBook())
	at := time.Now().Truncate(time.Second).Add(time.Hour + 900*time.Millisecond)
	if _, err := g.client.Enqueue(asynq.NewTask("alarm", nil), asynq.Queue(sla), asynq.TaskID("x"), asynq.ProcessAt(at)); err != nil {
		t.Fatal(err)
	}
	score, err := g.link.ZScore(t.Context(), key(sla, "scheduled"), "x").Result()
	if err != nil || int64(score) != at.Unix() {
		t.Errorf("score %v, %v", score, err)
	}
}

// What rang ahead of its time is done on the dot, whatever part of a second
// that is, and not when Asynq's whole second comes.
func TestOnTheDot(t *testing.T) {
	t.Parallel()
	due := time.Now().Add(4 * time.Second).Truncate(time.Millisecond)
	var all []ledger.Job
	for i := range 20 {
		all = append(all, ledger.Job{ID: fmt.Sprintf("alarm/%05d", i), Kind: ledger.AlarmJob, Due: due.Add(time.Duration(i) * 50 * time.Millisecond)})
	}
	b := newBook(all...)
	g := newRig(t, embedded(t), b).run(t)
	eventually(t, 20*time.Second, func() bool { return b.undone() == 0 })
	if late := b.lateness(); idle() && late[10] > 50*time.Millisecond {
		t.Errorf("half were more than %v late", late[10])
	}
	if b.early > 0 || g.of(ViaQueue) != 20 {
		t.Errorf("%d early rings, %d through the queue", b.early, g.of(ViaQueue))
	}
	b.once(t)
}

// What is held when the process ends is the sweeper's of the next.
func TestHeldJobOutlivesTheProcess(t *testing.T) {
	t.Parallel()
	r := embedded(t)
	b := newBook(jobs(ledger.DisposeJob, 5, time.Now().Add(3*time.Second))...)
	g := newRig(t, r, b).run(t)
	eventually(t, 3*time.Second, func() bool { g.early.mu.Lock(); defer g.early.mu.Unlock(); return len(g.early.jobs) == 5 })
	if err := g.stop(); err != nil {
		t.Fatal(err)
	}
	next := newRig(t, r, b).run(t)
	eventually(t, 20*time.Second, func() bool { return b.undone() == 0 })
	if next.of(ViaSweep) != 5 {
		t.Errorf("%d swept", next.of(ViaSweep))
	}
	b.once(t)
}

// A ring before the time, here by somebody's hand, is not lost: it comes again
// when the job is due, and not before.
func TestEarlyRingComesAgain(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.AlarmJob, 1, time.Now().Add(8*time.Second))...)
	r := embedded(t)
	g := newRig(t, r, b).run(t)
	insp := asynq.NewInspectorFromRedisClient(g.link)
	id := taskID(ledger.Job{ID: "alarm/00000", Offer: 1})
	eventually(t, 2*time.Second, func() bool { return insp.RunTask(sla, id) == nil })
	eventually(t, 10*time.Second, func() bool { return b.undone() == 0 })
	if b.early != 1 || g.of(ViaQueue) != 1 {
		t.Errorf("%d early rings, %d through the queue", b.early, g.of(ViaQueue))
	}
	b.once(t)
}

// What Redis is given, word for word: never MaxRetry 0, never Retention, never
// a Deadline, always a Timeout, and nothing but the id.
func TestTask(t *testing.T) {
	t.Parallel()
	g := newRig(t, embedded(t), newBook())
	j := ledger.Job{ID: "letter/k3v", Kind: ledger.LetterJob, Subject: "a story", Gen: 2, Offer: 7, Due: time.Now().Add(time.Hour)}
	if err := g.enqueue(t.Context(), j); err != nil {
		t.Fatal(err)
	}
	info, err := asynq.NewInspectorFromRedisClient(g.link).GetTaskInfo(mail, "letter/k3v:2:7")
	if err != nil {
		t.Fatal(err)
	}
	if string(info.Payload) != j.ID || info.Type != "letter" || len(info.Headers) != 1 {
		t.Errorf("payload %q, type %q, headers %v", info.Payload, info.Type, info.Headers)
	}
	if info.MaxRetry == 0 || info.Retention != 0 || !info.Deadline.IsZero() || info.Timeout != 5*time.Minute+margin {
		t.Errorf("%+v", info)
	}
	if err := g.enqueue(t.Context(), j); err != nil {
		t.Errorf("a task that is there already: %v", err)
	}
}

func TestQueueOf(t *testing.T) {
	t.Parallel()
	for want, js := range map[string][]ledger.Job{
		immediate: {{Kind: ledger.DisposeJob, Urgent: true}, {Kind: ledger.LetterJob, Urgent: true}},
		sla:       {{Kind: ledger.AlarmJob, Attempts: 3}, {Kind: ledger.AlarmJob, Urgent: true}},
		mail:      {{Kind: ledger.LetterJob}},
		bulk:      {{Kind: ledger.TickJob}, {Kind: ledger.DisposeJob, Attempts: 1}},
	} {
		for _, j := range js {
			if got := queueOf(j); got != want {
				t.Errorf("%+v waits in %s, want %s", j, got, want)
			}
		}
	}
}

// A doer's error ends the task: no retry and no archive, which would drop it
// silently one day. The ledger brings the job back.
func TestErrorEndsTheTask(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.LetterJob, 10, time.Now())...)
	failed := map[string]bool{}
	b.explode = func(id string) error {
		b.mu.Lock()
		defer b.mu.Unlock()
		if failed[id] {
			return nil
		}
		failed[id] = true
		return errBroken
	}
	g := newRig(t, embedded(t), b, func(g *rig) { g.pace.grace = time.Second }).run(t)
	eventually(t, 10*time.Second, func() bool { return b.undone() == 0 })
	b.once(t)
	eventually(t, 5*time.Second, func() bool { return g.left(t) == 0 })
}

// F18: Asynq ends a task's context when it cannot renew the lease in Redis.
// The job, which has nothing to do with Redis, goes on.
func TestF18LeaseLostJobGoesOn(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.LetterJob, 1, time.Now())...)
	g := newRig(t, embedded(t), b)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := g.ring(ctx, asynq.NewTask("letter", []byte("letter/00000"))); err != nil || b.undone() != 0 {
		t.Errorf("%v, %d undone", err, b.undone())
	}
}

// left counts the tasks in Redis, in whatever state.
func (g *rig) left(t *testing.T) (n int64) {
	t.Helper()
	for _, c := range g.Status(t.Context()).Queues {
		n += c.Pending + c.Active + c.Scheduled + c.Retry + c.Archived
	}
	return n
}

// T18: whatever goes wrong, Redis holds ids and the log holds no story.
func TestT18NothingButIDs(t *testing.T) {
	t.Parallel()
	const canary = "Amina-Canary"
	b := newBook()
	for i, j := range append(jobs(ledger.LetterJob, 6, time.Now()), jobs(ledger.AlarmJob, 6, time.Now().Add(time.Hour))...) {
		j.Subject = canary
		j.Urgent = i%2 == 0
		b.add(j)
	}
	b.explode = func(id string) error {
		switch id {
		case "letter/00000":
			panic(canary)
		case "letter/00001":
			return errors.New(canary)
		}
		return nil
	}
	r := embedded(t)
	g := newRig(t, r, b).run(t)
	eventually(t, 5*time.Second, func() bool { return b.undone() == 8 && strings.Contains(g.log.String(), "panic") })
	dump := dumpAll(t, g.link)
	if !strings.Contains(dump, "alarm/00000") {
		t.Fatalf("the dump shows nothing: %s", dump)
	}
	if strings.Contains(dump, canary) || strings.Contains(g.log.String(), canary) {
		t.Errorf("redis: %s\nlog: %s", dump, g.log.String())
	}
}

// dumpAll returns every key and value in Redis as text.
func dumpAll(t *testing.T, l *link) string {
	t.Helper()
	var out strings.Builder
	for _, k := range l.Keys(t.Context(), "*").Val() {
		out.WriteString(k + " ")
		switch l.Type(t.Context(), k).Val() {
		case "hash":
			for f, v := range l.HGetAll(t.Context(), k).Val() {
				out.WriteString(f + "=" + v + " ")
			}
		case "list":
			out.WriteString(strings.Join(l.LRange(t.Context(), k, 0, -1).Val(), " "))
		case "set":
			out.WriteString(strings.Join(l.SMembers(t.Context(), k).Val(), " "))
		case "zset":
			out.WriteString(strings.Join(l.ZRange(t.Context(), k, 0, -1).Val(), " "))
		default:
			out.WriteString(l.Get(t.Context(), k).Val())
		}
		out.WriteString("\n")
	}
	return out.String()
}

// F60: two whole instances on one ledger and one Redis do everything once.
func TestF60TwoInstances(t *testing.T) {
	t.Parallel()
	r := embedded(t)
	b := newBook(jobs(ledger.AlarmJob, 300, time.Now().Add(1500*time.Millisecond))...)
	b.add(jobs(ledger.DisposeJob, 300, time.Now())...)
	b.takes = time.Millisecond
	quick := func(g *rig) { g.pace.grace, g.pace.slow = 50*time.Millisecond, 50*time.Millisecond }
	one, two := newRig(t, r, b, quick).run(t), newRig(t, r, b, quick).run(t)
	one.Offer(jobs(ledger.DisposeJob, 300, time.Now())...)
	eventually(t, 20*time.Second, func() bool { return b.undone() == 0 })
	if err := errors.Join(one.stop(), two.stop()); err != nil {
		t.Error(err)
	}
	b.once(t)
	if n := one.of(ViaQueue) + one.of(ViaSweep) + two.of(ViaQueue) + two.of(ViaSweep); n != 600 {
		t.Errorf("%d jobs reported done", n)
	}
}

// F12: what was begun is finished before Run returns.
func TestF12StopFinishes(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.DisposeJob, 3, time.Now())...)
	b.takes = 700 * time.Millisecond
	g := newRig(t, embedded(t), b).run(t)
	eventually(t, 5*time.Second, func() bool { return b.row("dispose/00000").claimed })
	if err := g.stop(); err != nil {
		t.Error(err)
	}
	if r := b.row("dispose/00000"); r.done != 1 {
		t.Errorf("begun and not finished: %+v", r)
	}
}

// F12: a doer that would go on for ever is told to stop, and Run returns.
func TestF12StopEndsTheEndless(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.DisposeJob, 1, time.Now())...)
	b.takes = time.Hour
	g := newRig(t, embedded(t), b, func(g *rig) { g.pace.finish = 300 * time.Millisecond }).run(t)
	eventually(t, 5*time.Second, func() bool { return b.row("dispose/00000").claimed })
	if err := g.stop(); err != nil {
		t.Error(err)
	}
	if r := b.row("dispose/00000"); r.claimed || r.done != 0 {
		t.Errorf("not released: %+v", r)
	}
}

// Deadlines that take long, and fill every handler they have, hold up nobody
// who waits.
func TestImmediateHasItsOwnServer(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.AlarmJob, 300, time.Now())...)
	b.takes = time.Hour
	g := newRig(t, embedded(t), b, func(g *rig) { g.pace.finish = 100 * time.Millisecond })
	g.Do[ledger.DisposeJob] = func(context.Context, string) error { return nil }
	g.run(t).ready(t)
	eventually(t, 10*time.Second, func() bool {
		qs := g.Status(t.Context()).Queues
		return len(qs) > 1 && qs[1].Active >= 128
	})
	begun := time.Now()
	g.Offer(jobs(ledger.DisposeJob, 1, time.Now())...)
	eventually(t, 5*time.Second, func() bool { return g.of(ViaQueue) == 1 })
	if took := time.Since(begun); took > slack*time.Second {
		t.Errorf("waited %v behind deadlines", took)
	}
}

// Redis holds the near future only.
func TestHorizon(t *testing.T) {
	t.Parallel()
	b := newBook(jobs(ledger.AlarmJob, 3, time.Now().Add(time.Hour))...)
	b.add(jobs(ledger.TickJob, 5, time.Now().Add(3*time.Hour))...)
	g := newRig(t, embedded(t), b).run(t)
	eventually(t, 5*time.Second, func() bool { return g.left(t) == 3 })
	if b.row("tick/00000").offered {
		t.Error("offered beyond the horizon")
	}
}

// A clock that runs faster than the machine's rings sooner by as much.
func TestWaitIsRealTime(t *testing.T) {
	t.Parallel()
	const speed = 3600
	begun := time.Now()
	b := newBook(jobs(ledger.AlarmJob, 3, begun.Add(time.Hour))...)
	b.now = func() time.Time { return begun.Add(time.Since(begun) * speed) }
	g := newRig(t, embedded(t), b, func(g *rig) {
		g.pace.slow = 6 * time.Hour
		g.Wait = func(due time.Time) time.Duration { return due.Sub(b.now()) / speed }
	}).run(t)
	eventually(t, 10*time.Second, func() bool { return b.undone() == 0 })
	if g.of(ViaQueue) != 3 {
		t.Errorf("%d rung", g.of(ViaQueue))
	}
	b.once(t)
}

// Offering never waits, however much is offered and whether or not anybody
// takes it.
func TestOfferNeverWaits(t *testing.T) {
	t.Parallel()
	g := newRig(t, Redis{Addrs: []string{"127.0.0.1:1"}}, newBook())
	g.link.known.Store(true)
	begun := time.Now()
	g.Offer(jobs(ledger.DisposeJob, 50_000, begun)...)
	if took := time.Since(begun); took > slack*time.Second {
		t.Errorf("took %v", took)
	}
	if len(g.offers) != cap(g.offers) {
		t.Errorf("%d kept of room for %d", len(g.offers), cap(g.offers))
	}
}

func TestNewWantsItsParts(t *testing.T) {
	t.Parallel()
	if _, err := New(Options{}); err == nil {
		t.Error("made of nothing")
	}
}

// What went wrong is named, never repeated.
func TestClass(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]error{
		"timeout":                 context.DeadlineExceeded,
		"stopped":                 context.Canceled,
		"panic":                   errPanic,
		"no space left on device": fmt.Errorf("write amina.eml: %w", errors.Join(syscall.ENOSPC, errors.New("and then"))),
		"*errors.errorString":     errors.Join(errors.New("550 amina@college.example unknown"), nil)} {
		if got := class(err); got != want {
			t.Errorf("%v: %s, want %s", err, got, want)
		}
	}
}
