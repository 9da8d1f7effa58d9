package app

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// BenchmarkLists prints the books of a desk with 10,000 cases. Wanted: each
// list in some queries, however many rows there are, and so well under a second.
func BenchmarkLists(b *testing.B) {
	l, err := ledger.Open(b.Context(), b.TempDir()+"/ledger.db")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	l.As("one")
	fillBooks(b, l, 10_000)
	r := Reader{Ledger: l, Rules: casefile.Rules{Policy: sla.Default()}}
	for name, list := range map[string]func() (int, error){
		"cases":    func() (int, error) { xs, err := r.Cases(b.Context()); return len(xs), err },
		"arrivals": func() (int, error) { xs, err := r.Arrivals(b.Context()); return len(xs), err },
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if n, err := list(); n != 10_000 || err != nil {
					b.Fatal(n, err)
				}
			}
		})
	}
}

// fillBooks opens n cases that wait for an alarm, each with an exhibit.
func fillBooks(b *testing.B, l *ledger.Ledger, n int) {
	var wg sync.WaitGroup
	now := time.Now()
	for g := range 100 {
		wg.Go(func() {
			for i := range n / 100 {
				if err := openCase(b, l, fmt.Sprintf("%d-%d", g, i), now); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func openCase(b *testing.B, l *ledger.Ledger, name string, now time.Time) error {
	a := ledger.Arrival{ID: name, Key: name, Received: now, SHA256: name, State: ledger.OnCase, Case: casefile.Ref("SG-" + name)}
	if _, _, err := l.Arrive(b.Context(), a); err != nil {
		return err
	}
	return l.Update(b.Context(), func(tx *ledger.Tx) error {
		c := casefile.Case{Ref: a.Case, State: casefile.Submitted, Arrival: a.ID, Opened: now}
		if _, err := tx.Create(c); err != nil {
			return err
		}
		if err := tx.Dispose(a, []ledger.Exhibit{{N: 1, Name: "photo"}}); err != nil {
			return err
		}
		return tx.Store(casefile.Outcome{Case: c, Alarms: []casefile.Alarm{{Ref: c.Ref, Stage: sla.Acknowledge, Rung: 1, Due: now.Add(time.Hour)}}}, nil, now)
	})
}
