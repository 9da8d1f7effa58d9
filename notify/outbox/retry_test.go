package outbox_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"dutydesk/notify/mailer"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

const minute = time.Minute

// A letter that nobody waits for with a clock is tried after 1, 2, 4, 8, 15 and
// then every 15 minutes, for ever; every two when the post as such does not work.
func TestF51RetryTimes(t *testing.T) {
	later := []time.Duration{0, 1 * minute, 3 * minute, 7 * minute, 15 * minute, 30 * minute, 45 * minute, 60 * minute}
	unsent := []time.Duration{0}
	for at := minute; at <= 61*minute; at += 2 * minute {
		unsent = append(unsent, at)
	}
	for cause, want := range map[error][]time.Duration{mailer.ErrLater: later, mailer.ErrUnsent: unsent, relayRefuses: unsent} {
		d := newDesk(t)
		d.post.answer = func(posted) error { return cause }
		d.must(d.office.Trouble(t.Context(), "redis", 0))
		d.pass(61 * minute)
		tries := d.post.to("manager")
		if !slices.Equal(times(tries), want) {
			t.Errorf("%v: tried at %v, want %v", cause, times(tries), want)
		}
		same(t, tries)
		d.post.answer = nil
		d.pass(75 * minute)
		d.state(d.letter("manager", workflow.Trouble), ledger.Sent)
		if len(d.told) != 0 || d.counts["twice"] != 0 || d.counts["sent"] != 1 {
			t.Errorf("told %v, counted %v", d.told, d.counts)
		}
	}
}

// When the post has used up half of the time to the next step, the next rung is
// told, once and in time; the letter is still tried and at last sent.
func TestF51NextRungIsTold(t *testing.T) {
	for _, tt := range []struct {
		allowance, half time.Duration
		cause           error
	}{
		{time.Hour, 15 * minute, mailer.ErrLater},
		{time.Hour, 15 * minute, mailer.ErrUnsent},
		{time.Hour, 15 * minute, relayRefuses},
		{10 * minute, 150 * time.Second, mailer.ErrLater}, // between two tries
		{8 * time.Hour, 2 * time.Hour, mailer.ErrLater},
	} {
		d := newDesk(t)
		d.office.Rules.Policy.Acknowledge = tt.allowance
		d.post.answer = only(tt.cause, tt.half+21*minute)
		d.concern(mailed("they wait for me at the gate"))
		d.pass(tt.half - time.Second)
		x := d.letter("lead", casefile.Opened)
		if len(d.told) != 0 || len(d.letters("la-lead", casefile.NotDelivered)) != 0 {
			t.Fatalf("told %v before half of the time was over", d.told)
		}
		d.pass(tt.half)
		next := d.letter("la-lead", casefile.NotDelivered)
		if told := d.tolds(x.ID); len(told) != 1 || !told[0].at.Equal(noon.Add(tt.half)) || !next.Created.Equal(noon.Add(tt.half)) {
			t.Errorf("told %v, next rung's letter of %v", told, next.Created)
		}
		d.state(next, ledger.Sent)
		d.state(x, ledger.Due)
		d.pass(tt.half + 40*minute)
		d.state(x, ledger.Sent)
		if len(d.told) != 1 || len(d.letters("la-lead", casefile.NotDelivered)) != 1 {
			t.Errorf("told more than once: %v", d.told)
		}
		same(t, d.post.to("lead"))
	}
}

// A letter that the server will never take ends, and the next rung is told in
// the same minute.
func TestF52RefusedForGood(t *testing.T) {
	d := newDesk(t)
	d.post.answer = only(mailer.ErrRefused, forever)
	d.concern(mailed("they wait for me at the gate"))
	d.pass(0)
	x := d.letter("lead", casefile.Opened)
	d.state(x, ledger.Failed)
	for _, p := range []string{"service-lead", "la-lead", "manager"} {
		d.state(d.letter(p, casefile.NotDelivered), ledger.Sent)
	}
	d.pass(2 * time.Hour)
	if n := len(d.post.to("lead")); n != 1 || len(d.told) != 1 || d.counts["failed"] != 1 {
		t.Errorf("tried %d times, told %v, counted %v", n, d.told, d.counts)
	}
	d.state(d.letter("deputy", casefile.Opened), ledger.Sent)
}

// Nobody forgets the next rung when writing it down fails or the process dies
// before it is: the refused letter stays owed until the next rung was told.
func TestF52NextRungIsToldFirst(t *testing.T) {
	d := newDesk(t)
	d.post.answer = only(mailer.ErrRefused, forever)
	d.concern(mailed("they wait for me at the gate"))
	d.deaf = errors.New("ledger does not answer")
	x := d.letter("lead", casefile.Opened)
	if err := d.Send(t.Context(), x.JobID()); !errors.Is(err, d.deaf) {
		t.Errorf("said %v", err)
	}
	d.state(x, ledger.Due)
	d.deaf = nil
	d.pass(5 * minute)
	d.state(x, ledger.Failed)
	if len(d.tolds(x.ID)) != 1 || len(d.post.to("lead")) != 2 {
		t.Errorf("told %v after %d tries", d.told, len(d.post.to("lead")))
	}
}

// A relay that refuses us says nothing about the person: nobody else is told
// before half of the time is over, and the letter goes when it is mended.
func TestF52RelayRefusesUs(t *testing.T) {
	d := newDesk(t)
	d.post.answer = func(m posted) error {
		if m.at < 10*minute {
			return relayRefuses
		}
		return nil
	}
	d.concern(mailed("they wait for me at the gate"))
	d.pass(15 * minute)
	d.state(d.letter("lead", casefile.Opened), ledger.Sent)
	if len(d.told) != 0 || d.counts["failed"] != 0 {
		t.Errorf("told %v, counted %v", d.told, d.counts)
	}
	same(t, d.post.to("lead"))
}

// A line lost before the end of the mail: the same bytes a minute later, once.
func TestF53NotSent(t *testing.T) {
	d := newDesk(t)
	d.post.answer = answers(mailer.ErrUnsent)
	d.concern(mailed("they wait for me at the gate"))
	d.pass(time.Hour / 5)
	tries := d.post.to("lead")
	if !slices.Equal(times(tries), []time.Duration{0, minute}) {
		t.Errorf("tried at %v", times(tries))
	}
	same(t, tries)
	if kept, err := filepath.Glob(d.path("*")); len(kept) != 3 || err != nil {
		t.Errorf("a concern and two letters make %d exhibits, %v", len(kept), err)
	}
	d.state(d.letter("lead", casefile.Opened), ledger.Sent)
	if d.counts["twice"] != 0 || len(d.told) != 0 {
		t.Errorf("counted %v, told %v", d.counts, d.told)
	}
	if len(d.heard) != 3 || !errors.Is(errors.Join(d.heard...), mailer.ErrUnsent) {
		t.Errorf("the post's health was told %v", d.heard)
	}
}

// As soon as the post takes one letter, all go that waited for the post.
func TestPostIsBack(t *testing.T) {
	d := newDesk(t)
	d.post.answer = func(m posted) error {
		if m.at < 7*minute+30*time.Second {
			return mailer.ErrUnsent
		}
		return nil
	}
	d.concern(mailed("they wait for me at the gate"))
	d.must(d.office.Trouble(t.Context(), "redis", 0))
	d.pass(6*minute + 30*time.Second)
	d.concern(mailed("they wait for me at the gate again"))
	late, err := d.Ledger.OverdueCounts(t.Context(), d.now().Add(-time.Minute))
	if err != nil || len(late) != 1 || late[0].N < 2 {
		t.Errorf("late: %v, %v", late, err)
	}
	d.pass(8 * minute) // the younger ones are tried again at 7:30
	d.state(d.letter("manager", workflow.Trouble), ledger.Sent)
	for _, x := range d.letters("lead", casefile.Opened) {
		d.state(x, ledger.Sent)
		if got := d.post.to("lead"); got[len(got)-1].at != 7*minute+30*time.Second {
			t.Errorf("sent at %v", got[len(got)-1].at)
		}
	}
}

// A part that works again before its letter went is told once, by one letter.
func TestRecoveredIsTheLastWord(t *testing.T) {
	d := newDesk(t)
	d.post.answer = func(m posted) error {
		if m.at < 10*minute {
			return mailer.ErrUnsent
		}
		return nil
	}
	d.must(d.office.Trouble(t.Context(), "smtp", 0))
	d.pass(9*minute + 30*time.Second)
	d.must(d.office.Recovered(t.Context(), "smtp"))
	d.pass(time.Hour)
	d.state(d.letter("manager", workflow.Trouble), ledger.Withdrawn)
	d.state(d.letter("manager", workflow.Recovered), ledger.Sent)
	d.must(d.office.Trouble(t.Context(), "smtp", 0))
	d.pass(time.Hour + minute)
	if xs := d.letters("manager", workflow.Trouble); len(xs) != 2 || xs[0].State != ledger.Withdrawn || xs[1].State != ledger.Sent {
		t.Errorf("letters %+v", xs)
	}
}
