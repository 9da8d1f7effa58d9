package policy

import (
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

// BenchmarkReplay is a matter of two months with twenty events.
func BenchmarkReplay(b *testing.B) {
	book := book(b)
	books, received := Books{book.Version: book}, local(b, "2026-11-25 10:00")
	s := Story{Version: book.Version, Received: received, Severity: sla.S3}
	for n := range 20 {
		s.Events = append(s.Events, Event{At: received.Add(time.Duration(n) * 70 * time.Hour), Kind: Did, Stage: stages()[n%len(stages())]})
	}
	for b.Loop() {
		if _, err := books.Replay(s, received.AddDate(0, 2, 0)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkNextRing is what a desk asks at each rung.
func BenchmarkNextRing(b *testing.B) {
	c := of(b, book(b).Open(sla.S2, local(b, "2026-11-25 10:00")), sla.Acknowledge)
	for b.Loop() {
		if _, ok := c.Ring(4); !ok {
			b.Fatal("no ring")
		}
	}
}
