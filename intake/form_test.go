package intake_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"dutydesk/intake"
	"dutydesk/workflow/ledger"
)

// report is a delivery by the form.
func (d *desk) report(key, head, words string) intake.Delivery {
	body := head + "Subject: Report by web form\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n" + words + "\n"
	return intake.Delivery{Door: intake.Form, Org: "northgate", Key: "form/" + key, At: d.clock, Body: strings.NewReader(strings.ReplaceAll(body, "\n", "\r\n"))}
}

// The same key is the same report: it has one case, one exhibit and the first
// one's reference, whatever its bytes (F9, F10).
func TestF10ReportTwice(t *testing.T) {
	d := newDesk(t, staff())
	first, err := d.Report(t.Context(), d.report("a", "", "help"))
	if err != nil || first == "" {
		t.Fatalf("%q, %v", first, err)
	}
	again, err := d.Report(t.Context(), d.report("a", "", "help, once more"))
	other, err2 := d.Report(t.Context(), d.report("b", "Dutydesk-Report: b\n", "help"))
	if again != first || other == first || other == "" || err != nil || err2 != nil {
		t.Errorf("%q, %q, %q, %v, %v", first, again, other, err, err2)
	}
	n := 0
	for _, err := range d.Store.Digests(t.Context()) {
		if n++; err != nil {
			t.Error(err)
		}
	}
	if n != 2 {
		t.Errorf("%d exhibits, want 2", n)
	}
	if ref, known, err := d.Reported(t.Context(), "form/c"); ref != "" || known || err != nil {
		t.Errorf("%q, %v, %v of a report that never came", ref, known, err)
	}
}

// What comes by the form answers no letter, even if its head and words would: it
// is a case of its own, proves nobody, and is graded as what it is.
func TestReportAnswersNothing(t *testing.T) {
	d := newDesk(t, staff())
	ref, err := d.Report(t.Context(), d.report("a", "", "help"))
	if err != nil {
		t.Fatal(err)
	}
	xs, err := d.Ledger.Letters(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := d.Ledger.Begin(t.Context(), xs[0], "digest", d.clock, time.Minute); err != nil {
		t.Fatal(err)
	}
	for i, head := range []string{"From: lead.person@council.example\nIn-Reply-To: " + d.name(xs[0]) + "\n", "Auto-Submitted: auto-replied\nIn-Reply-To: " + d.name(xs[0]) + "\n", "From: safeguarding@council.example\nMessage-ID: " + d.name(xs[0]) + "\n"} {
		own, err := d.Report(t.Context(), d.report(string(rune('b'+i)), head, "ACK"))
		if err != nil || own == "" || own == ref {
			t.Errorf("%d: %q, %v", i, own, err)
		}
	}
	as, err := d.Ledger.Arrivals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range as {
		if a.Grade != intake.FormGrade || a.Authentic || a.State != ledger.OnCase {
			t.Errorf("%+v", a)
		}
	}
}

// Whoever else disposes of the report, its sender waits for the reference.
func TestReportWaitsForOthers(t *testing.T) {
	d := newDesk(t, staff())
	q := &quicker{desk: d, tried: make(chan bool, 100)}
	d.Desk.Reminder, d.Desk.Now = q, func() time.Time { q.tried <- true; return d.clock }
	ref, err := d.Report(t.Context(), d.report("a", "", "help"))
	q.done.Wait()
	if err != nil || ref == "" {
		t.Errorf("%q, %v", ref, err)
	}
}

// quicker takes every job the moment it is offered, and does it a little later.
type quicker struct {
	*desk
	tried chan bool // somebody else is about to take it
	done  sync.WaitGroup
}

// Offer implements workflow.Reminder.
func (q *quicker) Offer(jobs ...ledger.Job) {
	for _, j := range jobs {
		if j.Kind != ledger.DisposeJob {
			continue
		}
		c, err := q.Ledger.Claim(context.Background(), j.ID, q.clock, time.Minute)
		if err != nil {
			q.t.Error(err)
		}
		q.done.Go(func() {
			<-q.tried
			for range 3 { // by now the other has been told that it is taken
				q.Ledger.Claim(context.Background(), j.ID, q.clock, time.Minute)
			}
			if err := q.Ledger.Release(context.Background(), c, q.clock, "later"); err != nil {
				q.t.Error(err)
			}
			q.Dispose(context.Background(), j.ID) // the other may have been quicker
		})
	}
}
