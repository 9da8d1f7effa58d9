package mailbox

import (
	"fmt"
	"slices"
	"testing"
	"time"
)

// From EXISTS to the desk's keep, on loopback: one round trip of the server.
func BenchmarkNewMail(b *testing.B) {
	kept := make(chan time.Time, 1)
	l := newLedger()
	l.keep = func(string) error { kept <- time.Now(); return nil }
	s := newScript(b)
	w, _ := s.watcher(l)
	w.Poll = time.Minute
	start(b, w)
	var took []time.Duration
	idles := 0
	for i := 0; b.Loop(); i++ {
		until(b, "idle", func() bool { return s.said("IDLE") > idles })
		idles = s.said("IDLE")
		raw, began := mail(fmt.Sprint(i)), time.Now()
		s.arrive(raw)
		took = append(took, (<-kept).Sub(began))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "p50-µs")
	b.ReportMetric(float64(took[len(took)*99/100].Microseconds()), "p99-µs")
}
