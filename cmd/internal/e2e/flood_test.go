package e2e

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow/ledger"
)

// floodMails is how many mails the flood of the test has; the benchmark's has
// ten thousand (G6).
const floodMails = 3000

// flood fills the mailbox with mails that nobody has looked at.
func (w *world) flood(n int) {
	for i := range n {
		w.imap.Deliver("desk", realtest.Mail(fmt.Sprintf("spam%d@flood.example", i), "safeguarding@council.example", fmt.Sprint("offer ", i), strings.Repeat("buy this. ", 100)))
	}
}

// overtaken is a real report that came behind a flood: how many of the flood
// were sealed and how many were cases before it, and how long each took.
type overtaken struct {
	sealedAfter, openedAfter int
	sealed, opened, told     time.Duration
}

// behind starts the worker on a flood, lets a real report come when some of it
// is taken in, and waits until it is a case and its lead has a letter of its own.
func (w *world) behind(flood int) (o overtaken) {
	w.t.Helper()
	w.flood(flood)
	a := w.open(w.t, app.RealClock())
	defer run(w.t, a)()
	realtest.Poll(w.t, 2*time.Minute, "the flood begins to come in", func() error {
		if n := arrived(w.t.Context(), a.Ledger); n < flood/10 {
			return fmt.Errorf("%d arrived", n)
		}
		return nil
	})
	began, ref := time.Now(), ""
	w.imap.Deliver("desk", realtest.Mail("learner@college.example", "safeguarding@council.example", "please help", "they wait for me after class"))
	realtest.Poll(w.t, 5*time.Minute, "the report is a case", func() error {
		all, err := a.Ledger.Arrivals(w.t.Context())
		sealed, opened := 0, 0
		var report ledger.Arrival
		for _, x := range all {
			if x.Size < 900 { // the flood's are longer
				report = x
				continue
			}
			sealed++
			if x.Case != "" {
				opened++
			}
		}
		if report.ID != "" && o.sealed == 0 {
			o.sealed, o.sealedAfter = time.Since(began), sealed
		}
		if o.opened, o.openedAfter = time.Since(began), opened; report.Case == "" {
			err = errors.Join(err, fmt.Errorf("%d sealed, %d cases", sealed, opened))
		}
		ref = string(report.Case)
		return err
	})
	w.post.Expect(2*time.Minute, func(a realtest.Accepted) bool {
		return a.To[0] == address("lead") && strings.Contains(flat(a.Raw), ref)
	})
	o.told = time.Since(began)
	return o
}

// G6, T5: a real report behind a flood is sealed and a case long before the
// flood is, and its lead hears of it by a letter of its own: the newest and the oldest take turns on the line, and at the desk
// what comes new overtakes what waited.
func TestG6FloodHidesNothing(t *testing.T) {
	w := newWorld(t, options{digest: "10m"})
	o := w.behind(floodMails)
	t.Logf("sealed after %v, a case after %v, a letter after %v, before it %d sealed and %d cases of %d", o.sealed, o.opened, o.told, o.sealedAfter, o.openedAfter, floodMails)
	if o.openedAfter >= floodMails || o.sealed > time.Minute || o.told > 2*time.Minute {
		t.Error("the flood came first")
	}
}

// BenchmarkFlood is a report behind ten thousand waiting mails: how long until
// it is sealed and a case, and how much of the flood came before it.
func BenchmarkFlood(b *testing.B) {
	for b.Loop() {
		o := newWorld(b, options{digest: "10m"}).behind(10_000)
		b.ReportMetric(o.sealed.Seconds(), "s/sealed")
		b.ReportMetric(o.opened.Seconds(), "s/case")
		b.ReportMetric(o.told.Seconds(), "s/letter")
		b.ReportMetric(float64(o.sealedAfter), "sealed-before")
		b.ReportMetric(float64(o.openedAfter), "cases-before")
	}
}
