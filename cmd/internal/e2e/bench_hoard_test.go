package e2e

import (
	"context"
	"fmt"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

const (
	// firstAlarmMost is how long after the start of the program an alarm that
	// was due before may ring.
	firstAlarmMost = 5 * time.Second
	// hoardMost is what the program may have in memory with any number of cases,
	// in MB of 2^20 bytes: half of it are SQLite's page caches.
	hoardMost = 128
	// sweepMost is how much more a sweep may cost with a hundred times the cases.
	sweepMost = 2
)

// BenchmarkHoard starts the program on a ledger of open cases by policy, each
// with the alarms of six stages, with Redis and SQLite. Wanted: from the start
// to the first alarm 5 s, also when the policy has changed; sweeps that cost the
// same; 128 MB in memory.
func BenchmarkHoard(b *testing.B) {
	few := hoarded(b, 1_000)
	hoarded(b, 30_000)
	many := hoarded(b, 100_000)
	if few > 0 && many > sweepMost*few {
		b.Logf("MISSED: a sweep takes %v with 1,000 cases and %v with 100,000", few, many)
	}
}

// hoarded measures a desk with n cases and returns what a sweep costs it.
func hoarded(b *testing.B, n int) (sweep time.Duration) {
	b.Run(fmt.Sprintf("cases=%d", n), func(b *testing.B) {
		w := newWorld(b, options{})
		w.follow(time.Hour, nil)
		w.hoard(n, time.Now())
		b.ReportMetric(float64(w.number(`SELECT count(*) FROM jobs WHERE done_at = 0 AND kind = 'alarm'`))/float64(n), "alarms/case")
		b.ReportMetric(0, "ns/op")
		sweep = w.sweeps(b)
		w.dailyList(b)
		w.firstAlarm(b, "start")
		b.ReportMetric(w.allOffered(b).Seconds(), "all-offered-s")
		b.ReportMetric(w.peak(), "start-peak-MB")
		w.worker.Kill()
		w.follow(time.Hour, func(p *policy.Policy) { quicker(p, sla.Review) })
		w.firstAlarm(b, "replan")
		b.ReportMetric(w.allReplanned(b).Seconds(), "all-replanned-s")
		b.ReportMetric(w.peak(), "replan-peak-MB")
		if got := w.peak(); got > hoardMost {
			b.Logf("MISSED: %.0f MB in memory, wanted at most %d", got, hoardMost)
		}
		w.worker.Kill()
	})
	return sweep
}

// quicker halves the real time that a stage has.
func quicker(p *policy.Policy, s sla.Stage) {
	for i := range p.Stages {
		if p.Stages[i].Stage != s {
			continue
		}
		for n, a := range p.Stages[i].S {
			if d, err := time.ParseDuration(a.String()); err == nil {
				p.Stages[i].S[n] = sla.Elapsed(d / 2)
			}
		}
	}
}

// sweeps is the median of what the ledger's part of a sweep costs when nothing
// is to be done.
func (w *world) sweeps(b *testing.B) time.Duration {
	b.Helper()
	l, err := ledger.Open(b.Context(), filepath.Join(w.dir, "data", "ledger.db"))
	w.must(err)
	defer l.Close()
	var took times
	for range 1000 {
		began, at := time.Now(), time.Now().Add(-24*time.Hour)
		_, err := l.Upcoming(b.Context(), at, at, 500)
		w.must(err)
		_, err = l.Overdue(b.Context(), at, at, 500)
		w.must(err)
		took = append(took, time.Since(began))
	}
	b.ReportMetric(float64(took.at(0.5).Nanoseconds())/1000, "sweep-p50-us")
	return took.at(0.5)
}

// dailyList reports what it takes to make one person's list of all cases, whole
// in memory as it is then.
func (w *world) dailyList(b *testing.B) {
	b.Helper()
	a := w.open(b, app.RealClock())
	defer func() { w.must(a.Close()) }()
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	began := time.Now()
	list, err := a.Office.Summary(b.Context(), "lead", began, began.Add(12*time.Hour))
	w.must(err)
	b.ReportMetric(time.Since(began).Seconds(), "daily-list-s")
	runtime.ReadMemStats(&after)
	grew := float64(after.HeapSys-before.HeapSys) / (1 << 20)
	b.ReportMetric(grew, "daily-list-MB")
	if grew > hoardMost {
		b.Logf("MISSED: %.0f MB for one person's list, wanted at most %d", grew, hoardMost)
	}
	runtime.KeepAlive(list)
}

// firstAlarm starts the program and reports how long it took until an alarm rang
// that was due at the start, in a case that nobody has taken.
func (w *world) firstAlarm(b *testing.B, name string) {
	b.Helper()
	var ref casefile.Ref
	func() {
		at := time.Now().Add(-30*time.Minute + time.Second)
		a := w.open(b, app.Clock{Now: func() time.Time { return at }, Wait: time.Until})
		defer func() { w.must(a.Close()) }()
		a.Office.Reminder = silent{}
		ref = w.opened(a, "first "+name, at)
	}()
	began := time.Now()
	w.start()
	took := w.elapsed(b, ref).Sub(began)
	b.ReportMetric(took.Seconds(), name+"-first-alarm-s")
	if took > firstAlarmMost {
		b.Logf("MISSED: %s to the first alarm %v, wanted at most %v", name, took, firstAlarmMost)
	}
}

// elapsed waits until an alarm of a case was answered, and returns when.
func (w *world) elapsed(b *testing.B, ref casefile.Ref) (at time.Time) {
	b.Helper()
	l, err := ledger.OpenReading(b.Context(), filepath.Join(w.dir, "data", "ledger.db"))
	w.must(err)
	defer l.Close()
	realtest.Poll(b, time.Minute, "the first alarm", func() error {
		lines, err := l.Chronology(context.WithoutCancel(b.Context()), ref)
		if err != nil {
			return err
		}
		for _, x := range lines {
			if x.Verb == casefile.Elapse {
				at = x.At
				return nil
			}
		}
		return fmt.Errorf("%d lines", len(lines))
	})
	return at
}

// allOffered waits until Redis was given all of the next day.
func (w *world) allOffered(b *testing.B) time.Duration {
	return w.none(b, `SELECT count(*) FROM jobs WHERE done_at = 0 AND parked_at = 0 AND offered_at = 0 AND due_at < $1`, time.Now().Add(23*time.Hour).UnixMilli())
}

// allReplanned waits until the changed policy is in force for all.
func (w *world) allReplanned(b *testing.B) time.Duration {
	return w.none(b, `SELECT count(*) FROM marks JOIN cases ON arrival = 'first replan' WHERE name = 'policy in force' AND value <> policy_version`)
}

// none waits until a question is answered with 0.
func (w *world) none(b *testing.B, question string, args ...any) time.Duration {
	b.Helper()
	began := time.Now()
	realtest.Poll(b, 10*time.Minute, question, func() error {
		if n := w.number(question, args...); n > 0 {
			return fmt.Errorf("%d", n)
		}
		return nil
	})
	return time.Since(began)
}
