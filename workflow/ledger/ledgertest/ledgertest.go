// Package ledgertest is what every ledger must do, whatever database holds it.
//
// It knows the ledger's promises and nothing of SQL dialects: the same tests
// run on SQLite and on PostgreSQL. It must never be imported by anything but
// tests.
package ledgertest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// Run tries every promise on ledgers that open makes, each empty and closed by
// open's own cleanup. Open must set the instance "one".
func Run(t *testing.T, open func(t *testing.T) *ledger.Ledger) {
	for _, part := range []struct {
		name string
		run  func(*book)
	}{
		{"arrivals", arrivals}, {"claims", claims}, {"offers", offers}, {"cases", cases}, {"letters", letters}, {"digests", digests},
		{"decisions", decisions}, {"words", words}, {"leases", leases}, {"marks", marks}, {"whole", whole}, {"rounds", rounds}, {"folders", folders}, {"signs", signs}, {"canaries", canaries}, {"daily", daily}, {"blank", blank}, {"relay", relay}, {"reads", reads},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(&book{T: t, Ledger: open(t)}) })
	}
}

// noon is when everything happens that happens at no time of its own.
var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// book is a ledger under test.
type book struct {
	*testing.T
	*ledger.Ledger
	n int
}

// on runs a test of one promise on the ledger of its part.
func (b *book) on(name string, f func(*book)) {
	b.Helper()
	b.T.Run(name, func(t *testing.T) { f(&book{T: t, Ledger: b.Ledger}) })
}

func (b *book) must(err error) {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
}

func (b *book) update(f func(*ledger.Tx) error) {
	b.Helper()
	b.must(b.Update(b.Context(), f))
}

// name is a name nobody has in this ledger.
func (b *book) name(of string) string {
	b.n++
	return fmt.Sprintf("%s-%s-%d", of, b.Name(), b.n)
}

// arrival is one that did not arrive yet.
func (b *book) arrival() ledger.Arrival {
	id := b.name("arrival")
	return ledger.Arrival{ID: id, Door: "mail", Mailbox: "inbox", Org: "org", Key: "key/" + id, SHA256: "sha/" + id, Size: 12, Received: noon}
}

// arrived is one that did.
func (b *book) arrived() ledger.Arrival {
	b.Helper()
	a := b.arrival()
	if _, fresh, err := b.Arrive(b.Context(), a); err != nil || !fresh {
		b.Fatalf("arrive: fresh %v, %v", fresh, err)
	}
	return a
}

// opened is a case that waits for an alarm an hour after noon.
func (b *book) opened() casefile.Case { return b.openedBy("") }

// openedBy is the same under a policy.
func (b *book) openedBy(version string) casefile.Case {
	b.Helper()
	a := b.arrived()
	c := casefile.Case{Ref: casefile.Ref(b.name("SG")), Org: "org", Severity: sla.S2, State: casefile.Submitted, Arrival: a.ID, Opened: noon, Version: version}
	b.update(func(tx *ledger.Tx) error {
		if fresh, err := tx.Create(c); err != nil || !fresh {
			return fmt.Errorf("create: fresh %v, %w", fresh, err)
		}
		return tx.Store(casefile.Outcome{Case: c, Events: []casefile.Event{event("opened")}, Alarms: []casefile.Alarm{alarm(c, 1)}}, nil, noon)
	})
	return c
}

func event(text string) casefile.Event {
	return casefile.Event{At: noon, By: "clock", Verb: casefile.Note, Text: text}
}

// alarm is the n-th of a case, n hours after noon.
func alarm(c casefile.Case, n int) casefile.Alarm {
	return casefile.Alarm{Ref: c.Ref, Stage: sla.Acknowledge, Rung: n, Due: noon.Add(time.Duration(n) * time.Hour)}
}

// owed lists what is due before a moment, by id.
func (b *book) owed(before time.Time) (ids []string) {
	b.Helper()
	jobs, err := b.Overdue(b.Context(), noon, before, 1000)
	b.must(err)
	for _, j := range jobs {
		ids = append(ids, j.ID)
	}
	return ids
}

// alarmID is the job of the one alarm that a case waits for.
func (b *book) alarmID(ref casefile.Ref) string {
	b.Helper()
	jobs, err := b.Overdue(b.Context(), noon, noon.Add(1000*time.Hour), 1000)
	b.must(err)
	id := ""
	for _, j := range jobs {
		if j.Kind == ledger.AlarmJob && j.Subject == string(ref) {
			if id != "" {
				b.Fatalf("%s waits for %s and %s", ref, id, j.ID)
			}
			id = j.ID
		}
	}
	return id
}

// job writes a job that is due at a moment.
func (b *book) job(due time.Time) ledger.Job {
	b.Helper()
	j := ledger.Job{ID: b.name("tick"), Kind: ledger.TickJob, Subject: "round", Due: due}
	b.update(func(tx *ledger.Tx) error { return tx.Owe(j) })
	return j
}

// together calls f from n goroutines and counts the calls that returned nil.
func together(n int, f func(i int) error) (ok int) {
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := range n {
		wg.Go(func() {
			if f(i) == nil {
				mu.Lock()
				ok++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	return ok
}

func background(b *book) context.Context { return context.WithoutCancel(b.Context()) }
