package outbox_test

import (
	"slices"
	"sync"
	"testing"
	"time"

	"dutydesk/notify/mailer"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// After an answer that was lost the same bytes go once more, ten minutes later.
// A second doubt ends the letter, and the next rung is told: nobody knows
// whether its reader was.
func TestF54MaybeSent(t *testing.T) {
	maybe, later := mailer.ErrMaybeSent, mailer.ErrLater
	for _, tt := range []struct {
		name    string
		answers []error
		tries   []time.Duration
		ends    ledger.LetterState
		told    bool
		twice   int
	}{
		{"then taken", []error{maybe}, []time.Duration{0, 10 * minute}, ledger.Sent, false, 1},
		{"twice", []error{maybe, maybe}, []time.Duration{0, 10 * minute}, ledger.MaybeSent, true, 1},
		{"twice with a 4xx between", []error{maybe, later, maybe}, []time.Duration{0, 10 * minute, 12 * minute}, ledger.MaybeSent, true, 1},
		{"then lost before its end", []error{maybe, mailer.ErrUnsent}, []time.Duration{0, 10 * minute, 12 * minute}, ledger.Sent, false, 1},
		{"after a 4xx", []error{later, maybe}, []time.Duration{0, 1 * minute, 11 * minute}, ledger.Sent, false, 1},
		{"then refused", []error{maybe, mailer.ErrRefused}, []time.Duration{0, 10 * minute}, ledger.Failed, true, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := newDesk(t)
			d.post.answer = answers(tt.answers...)
			d.concern(mailed("they wait for me at the gate"))
			d.pass(0)
			x := d.letter("lead", casefile.Opened)
			d.pass(9 * minute)
			if tt.answers[0] == maybe {
				d.state(x, ledger.MaybeSent)
			}
			d.pass(3 * time.Hour)
			tries := d.post.to("lead")
			if !slices.Equal(times(tries), tt.tries) {
				t.Errorf("tried at %v, want %v", times(tries), tt.tries)
			}
			same(t, tries)
			d.state(x, tt.ends)
			if told := len(d.tolds(x.ID)); told != len(d.letters("la-lead", casefile.NotDelivered)) || (told == 1) != tt.told || told > 1 {
				t.Errorf("told %v", d.told)
			}
			if d.counts["twice"] != tt.twice {
				t.Errorf("counted %v", d.counts)
			}
		})
	}
}

// A letter whose reader would have too little time left after the ten minutes:
// the next rung is told at the first doubt, and the letter goes again.
func TestF54DoubtInAHurry(t *testing.T) {
	d := newDesk(t)
	d.office.Rules.Policy.Acknowledge = 20 * minute // half of the first step are five
	d.post.answer = answers(mailer.ErrMaybeSent)
	d.concern(mailed("they wait for me at the gate"))
	d.pass(0)
	x := d.letter("lead", casefile.Opened)
	d.state(d.letter("la-lead", casefile.NotDelivered), ledger.Sent)
	d.pass(time.Hour)
	d.state(x, ledger.Sent)
	if tries := d.post.to("lead"); !slices.Equal(times(tries), []time.Duration{0, 10 * minute}) || len(d.tolds(x.ID)) != 1 {
		t.Errorf("tried at %v, told %v", times(tries), d.told)
	}
}

// A worker that was frozen after it had read the letter does not believe what
// it read: others were in doubt meanwhile, and a second doubt is the last (F62).
func TestF54FrozenWorker(t *testing.T) {
	d := newDesk(t)
	d.post.answer = func(posted) error { return mailer.ErrMaybeSent }
	d.concern(mailed("they wait for me at the gate"))
	x := d.letter("lead", casefile.Opened)
	frozen, w := *d.Box, *d.Writer
	thaw := sync.OnceFunc(func() { // between reading and claiming
		d.send(x)
		d.at(12 * minute)
	})
	w.Now = func() time.Time {
		thaw()
		return d.now()
	}
	frozen.Writer = &w
	d.must(frozen.Send(t.Context(), x.JobID()))
	d.pass(3 * time.Hour)
	tries := d.post.to("lead")
	if !slices.Equal(times(tries), []time.Duration{0, 12 * minute}) {
		t.Errorf("tried at %v", times(tries))
	}
	same(t, tries)
	d.state(x, ledger.MaybeSent)
}
