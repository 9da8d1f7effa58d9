package ledger

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"testing"
	"time"
)

// A million alarms over a year, of which a day's worth is in Redis. They are
// written by the database itself, behind the ledger's back.
const fill = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
	INSERT INTO jobs (id, kind, subject, due_at, urgent, offered_at, offer)
	SELECT 'alarm/' || i, 'alarm', 'SG-' || i, $1 + i * 31536, 1, CASE WHEN i < 3000 THEN $1 ELSE 0 END, 0 FROM n`

// BenchmarkDueWindow asks, as the queue does every second, what comes and what
// is late, with a million alarms in the ledger. Wanted: 1 ms for the two.
func BenchmarkDueWindow(b *testing.B) {
	l, err := Open(b.Context(), filepath.Join(b.TempDir(), "desk.db"))
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	begun := noon.Add(time.Second)
	if _, err := l.write.ExecContext(b.Context(), fill, ms(begun)); err != nil {
		b.Fatal(err)
	}
	b.Run("nothing due", func(b *testing.B) { window(b, l, noon, 0) })
	b.Run("ten due", func(b *testing.B) { window(b, l, begun.Add(10*31536*time.Millisecond), 10) })
	b.Run("offer 500", func(b *testing.B) {
		at := begun.AddDate(0, 3, 0)
		for b.Loop() {
			jobs, err := l.Upcoming(b.Context(), at, at, 500)
			if err != nil || len(jobs) != 500 {
				b.Fatal(len(jobs), err)
			}
		}
	})
	b.Run("forget all", func(b *testing.B) {
		for b.Loop() {
			if err := l.Forget(context.WithoutCancel(b.Context())); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// window polls and reports the median. Late jobs that are listed stay late.
func window(b *testing.B, l *Ledger, now time.Time, late int) {
	var took []time.Duration
	for b.Loop() {
		begun := time.Now()
		coming, err := l.Upcoming(b.Context(), now, now.Add(24*time.Hour-time.Minute), 500)
		if err != nil || len(coming) != 0 {
			b.Fatal(len(coming), err)
		}
		overdue, err := l.Overdue(b.Context(), now, now, 500)
		if err != nil || len(overdue) != late {
			b.Fatal(len(overdue), err)
		}
		took = append(took, time.Since(begun))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "p50-ms")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds())/1000, "p99-ms")
	if median := took[len(took)/2]; median > time.Millisecond && len(took) > 100 {
		b.Error(fmt.Errorf("median %v", median))
	}
}
