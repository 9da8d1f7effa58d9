package e2e

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

const (
	alarmsAtOnce = 10_000
	alarmsAhead  = 10 * time.Second // from start to due: to offer them all
)

// BenchmarkAlarms lets ten thousand cases come due, at one moment or spread over
// one second, with Redis, the ledger on SQLite and the parts wired as in the
// program. Late is the time from when an alarm was due until its decision was on
// the disk. Wanted: none early, p99 1.5 s.
func BenchmarkAlarms(b *testing.B) {
	for _, m := range []struct {
		name    string
		spread  time.Duration
		letters bool
	}{
		{"at one moment, letters wait", 0, false},
		{"at one moment, letters sent", 0, true},
		{"over one second, letters sent", time.Second, true},
	} {
		b.Run(m.name, func(b *testing.B) { alarms(b, m.spread, m.letters) })
	}
}

func alarms(b *testing.B, spread time.Duration, letters bool) {
	w := newWorld(b, options{})
	due := time.Now().Truncate(time.Second).Add(24 * time.Hour)
	w.cases(b, due, spread)
	shift := time.Until(due.Add(-alarmsAhead)).Truncate(time.Second)
	clock := app.Clock{Now: func() time.Time { return time.Now().Add(shift) }}
	clock.Wait = func(due time.Time) time.Duration { return due.Sub(clock.Now()) }
	a := w.open(b, clock)
	a.Office.Rules.Flood = casefile.Flood{After: 20, Within: 10 * time.Minute} // as every desk has it
	if !letters {
		a.Queue.Options.Do[ledger.LetterJob] = func(context.Context, string) error { return ledger.ErrTaken }
	}
	late := &lateness{done: make(chan struct{})}
	a.Queue.Options.Done = late.note
	stop := run(b, a)
	b.ReportMetric(offered(b, a).Seconds(), "offered-s")
	time.Sleep(clock.Wait(due))
	ours, redis := cpu(b), w.redisCPU()
	select {
	case <-late.done:
	case <-time.After(5 * time.Minute):
		b.Errorf("%d of %d rang", len(late.times), alarmsAtOnce)
	}
	b.ReportMetric(float64((cpu(b)-ours).Microseconds())/alarmsAtOnce, "cpu-us/alarm")
	b.ReportMetric(float64((w.redisCPU()-redis).Microseconds())/alarmsAtOnce, "redis-cpu-us/alarm")
	stop()
	late.times.report(b, "late", 1, 50, 99)
	late.times.most(b, "late", 99, 1500*time.Millisecond)
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(float64(late.swept), "swept")
	if first := late.times.at(0); first <= 0 {
		b.Errorf("the first was %v late", first)
	}
}

// offered waits until Redis has all alarms, and returns how long that took.
func offered(b *testing.B, a *app.App) time.Duration {
	b.Helper()
	began := time.Now()
	realtest.Poll(b, alarmsAhead, "all alarms in Redis", func() error {
		var n int64
		for _, q := range a.Queue.Status(b.Context()).Queues {
			n += q.Scheduled
		}
		if n < alarmsAtOnce {
			return fmt.Errorf("%d of %d", n, alarmsAtOnce)
		}
		return nil
	})
	return time.Since(began)
}

// cpu is the processor time this process has used, which says more than the
// clock on a machine that others use.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// redisCPU is the processor time Redis has used.
func (w *world) redisCPU() (sum time.Duration) {
	w.t.Helper()
	info, err := w.redis.Client().Info(w.t.Context(), "cpu").Result()
	w.must(err)
	for _, line := range strings.Fields(info) {
		name, value, _ := strings.Cut(line, ":")
		if name == "used_cpu_sys" || name == "used_cpu_user" {
			seconds, err := strconv.ParseFloat(value, 64)
			w.must(err)
			sum += time.Duration(seconds * 1e9)
		}
	}
	return sum
}

// lateness collects how late alarms were.
type lateness struct {
	mu    sync.Mutex
	times times // guarded by mu, as swept
	swept int
	done  chan struct{} // closed when all rang
}

func (l *lateness) note(kind ledger.Kind, via string, d time.Duration) {
	if kind != ledger.AlarmJob {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.times = append(l.times, d); len(l.times) == alarmsAtOnce {
		close(l.done)
	}
	if via == "sweep" {
		l.swept++
	}
}

// cases opens the cases whose first alarms ring at due and in the time after
// it. The letters that told of them are sent.
func (w *world) cases(b *testing.B, due time.Time, spread time.Duration) {
	b.Helper()
	a := w.open(b, app.RealClock())
	defer func() { w.must(a.Close()) }()
	a.Office.Reminder = silent{}
	each(b, alarmsAtOnce, func(i int) error {
		return openCase(b.Context(), a, i, due.Add(spread*time.Duration(i)/alarmsAtOnce))
	})
	all, err := a.Ledger.Letters(b.Context(), "")
	w.must(err)
	each(b, len(all), func(i int) error {
		c, _, err := a.Ledger.Begin(b.Context(), all[i], "", time.Now(), time.Minute)
		if err != nil {
			return err
		}
		return a.Ledger.Posted(b.Context(), c, time.Now())
	})
}

// openCase opens the case of a concern that came in when it had to for its
// first alarm to ring at due.
func openCase(ctx context.Context, a *app.App, i int, due time.Time) error {
	x := ledger.Arrival{ID: fmt.Sprintf("arrival%05d", i), Door: "mail", Mailbox: "main", Key: fmt.Sprintf("main/1/%d", i+1),
		SHA256: fmt.Sprintf("%064x", i+1), Received: due.Add(-a.Office.Rules.Policy.Acknowledge / 2)}
	return openArrival(ctx, a, x)
}

// openArrival takes in a concern and opens its case.
func openArrival(ctx context.Context, a *app.App, x ledger.Arrival) error {
	job, _, err := a.Ledger.Arrive(ctx, x)
	if err != nil {
		return err
	}
	c, err := a.Ledger.Claim(ctx, job.ID, x.Received, time.Minute)
	if err != nil {
		return err
	}
	return a.Office.Open(ctx, workflow.Arrived{Arrival: x, Claim: c}, "")
}

// each calls f(0) to f(n-1), as many at once as share a commit.
func each(b *testing.B, n int, f func(int) error) {
	b.Helper()
	var wg sync.WaitGroup
	for g := range 128 {
		wg.Go(func() {
			for i := g; i < n; i += 128 {
				if err := f(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if b.Failed() {
		b.FailNow()
	}
}
