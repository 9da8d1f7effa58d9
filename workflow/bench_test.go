package workflow_test

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// each runs f(0) to f(n-1) on as many goroutines as the queue has handlers, and
// returns how long each took.
func each(n, goroutines int, f func(int)) []time.Duration {
	var (
		next atomic.Int64
		took = make([]time.Duration, n)
		wg   sync.WaitGroup
	)
	for range goroutines {
		wg.Go(func() {
			for {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				begun := time.Now()
				f(i)
				took[i] = time.Since(begun)
			}
		})
	}
	wg.Wait()
	slices.Sort(took)
	return took
}

// cpu is the processor time this process has used.
func cpu(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// written is how many bytes this process has written to files.
func written(b *testing.B) (n int64) {
	io, err := os.ReadFile("/proc/self/io")
	if err != nil {
		return 0 // not on Linux
	}
	for line := range strings.Lines(string(io)) {
		fmt.Sscanf(line, "wchar: %d", &n)
	}
	return n
}

// measure times f and reports how many a second, how long each, and what each
// cost in processor time, which says more on a busy machine.
func measure(b *testing.B, f func() []time.Duration) {
	b.ResetTimer()
	begun, used, wrote := time.Now(), cpu(b), written(b)
	took := f()
	all := time.Since(begun)
	used = cpu(b) - used
	b.ReportMetric(float64(used.Microseconds())/float64(len(took)), "cpu-us/op")
	b.ReportMetric(float64(written(b)-wrote)/1024/float64(len(took)), "written-KB/op")
	report(b, took, all)
}

func report(b *testing.B, took []time.Duration, all time.Duration) {
	b.ReportMetric(float64(len(took))/all.Seconds(), "/s")
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	b.ReportMetric(0, "ns/op")
}

// BenchmarkElapse answers alarms that all came due in the same second, each by
// its own call: use -benchtime=10000x. The disk is the real one.
func BenchmarkElapse(b *testing.B) {
	for _, goroutines := range []int{64, 128} {
		b.Run(fmt.Sprintf("goroutines=%d", goroutines), func(b *testing.B) {
			d := newDesk(b)
			each(b.N, 128, func(i int) { d.open(fmt.Sprint(i)) })
			due := d.ringing(30*time.Minute, b.N)
			measure(b, func() []time.Duration {
				return each(b.N, goroutines, func(i int) {
					if err := d.Office.Elapse(b.Context(), due[i].ID); err != nil {
						b.Error(err)
					}
				})
			})
		})
	}
}

// ringing lists the n alarms that are due when the clock has moved by so much.
// From now on the clock runs, as it does in life.
func (d *desk) ringing(by time.Duration, n int) (due []ledger.Job) {
	d.t.Helper()
	d.forward(by)
	began := time.Now()
	d.Office.Now = func() time.Time { return d.now().Add(time.Since(began)) }
	jobs, err := d.Ledger.Overdue(d.t.Context(), d.now(), d.now().Add(time.Millisecond), 8*n)
	for _, j := range jobs {
		if j.Kind == ledger.AlarmJob {
			due = append(due, j)
		}
	}
	if err != nil || len(due) != n {
		d.t.Fatalf("%d alarms are due, want %d, %v", len(due), n, err)
	}
	return due
}

// BenchmarkOpen disposes of arrivals: claim, case, letters, alarm.
func BenchmarkOpen(b *testing.B) {
	d := newDesk(b)
	arrived := make([]workflow.Arrived, b.N)
	each(b.N, 128, func(i int) { arrived[i] = d.arrive(fmt.Sprint(i)) })
	measure(b, func() []time.Duration {
		return each(b.N, 32, func(i int) {
			if err := d.Office.Open(b.Context(), arrived[i], ""); err != nil {
				b.Error(err)
			}
		})
	})
}

// BenchmarkArrive writes down sealed arrivals.
func BenchmarkArrive(b *testing.B) {
	d := newDesk(b)
	measure(b, func() []time.Duration {
		return each(b.N, 32, func(i int) {
			a := ledger.Arrival{ID: fmt.Sprintf("a%07d", i), Door: "mail", Mailbox: "inbox", Org: "org", Key: fmt.Sprintf("mail/1/%d", i),
				SHA256: fmt.Sprintf("%064x", i*7919), Size: 12000, Received: d.now()}
			if _, fresh, err := d.Ledger.Arrive(context.WithoutCancel(b.Context()), a); err != nil || !fresh {
				b.Error(fresh, err)
			}
		})
	})
}
