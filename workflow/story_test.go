package workflow_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// alarm is the job of the alarm that is due soonest.
func (d *desk) alarm() ledger.Job {
	d.t.Helper()
	jobs, err := d.Ledger.Overdue(d.t.Context(), d.now(), d.now().Add(10*365*24*time.Hour), 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	i := slices.IndexFunc(jobs, func(j ledger.Job) bool { return j.Kind == ledger.AlarmJob })
	if i < 0 {
		d.t.Fatal("nothing is to ring")
	}
	return jobs[i]
}

// ring moves the clock to the next alarm and answers it.
func (d *desk) ring() ledger.Job {
	d.t.Helper()
	j := d.alarm()
	d.forward(max(0, j.Due.Sub(d.now())))
	if err := d.Elapse(d.t.Context(), j.ID); err != nil {
		d.t.Fatal(err)
	}
	return j
}

// told counts letters by person.
func (d *desk) told(kind casefile.Kind) map[string]int {
	d.t.Helper()
	n := map[string]int{}
	all, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, x := range all {
		if x.Kind == kind {
			n[x.Person]++
		}
	}
	return n
}

func same(a, b map[string]int) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return true
}

// Nobody answers: the ladder climbs to its top and goes on there, each rung in
// its time, until somebody takes the case.
func TestNobodyAnswers(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	opened := d.only().Opened
	if got := d.told(casefile.Opened); !same(got, map[string]int{"lead": 1, "deputy": 1}) {
		t.Errorf("told at once: %v", got)
	}
	for _, after := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour, 4 * time.Hour, 8 * time.Hour} {
		if j := d.ring(); !j.Due.Equal(opened.Add(after)) {
			t.Errorf("rang %v after, want %v", j.Due.Sub(opened), after)
		}
	}
	want := map[string]int{"lead": 1, "deputy": 1, "service-lead": 1, "la-lead": 4, "manager": 4, "senior": 3, "executive": 2}
	if got := d.told(casefile.Breach); !same(got, want) {
		t.Errorf("told of the breach: %v, want %v", got, want)
	}
	d.obey(d.answer(d.letters("la-lead", casefile.Breach)[0], "ACK"))
	if got := d.told(casefile.TakenBy); got["executive"] != 1 || got["lead"] != 1 || got["la-lead"] != 0 {
		t.Errorf("told that it was taken: %v", got)
	}
	c := d.only()
	if j := d.alarm(); !j.Due.Equal(c.Acknowledged.Add(24*time.Hour)) || !c.Breached.Equal(opened.Add(time.Hour)) {
		t.Errorf("next %v, breached %v", j.Due, c.Breached)
	}
}

// What a decision owes is offered to the queue after it is committed, and
// nothing of a decision that was not.
func TestOffers(t *testing.T) {
	d := newDesk(t)
	a := d.arrive("please help")
	lost := a
	lost.Claim.Token = "another's"
	if err := d.Office.Open(t.Context(), lost, ""); !errors.Is(err, ledger.ErrLost) || len(d.offered) != 0 {
		t.Errorf("%v, offered %v", err, d.offered)
	}
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 0 {
		t.Errorf("a lost claim opened %d cases, %v", len(cs), err)
	}
	if err := d.Office.Open(t.Context(), a, ""); err != nil {
		t.Fatal(err)
	}
	if len(d.offered) != 2 || d.offered[0].Kind != ledger.LetterJob || d.offered[0].Offer != 1 || !d.offered[0].Urgent {
		t.Errorf("offered %+v", d.offered)
	}
	if err := d.Office.Open(t.Context(), a, ""); !errors.Is(err, ledger.ErrLost) {
		t.Errorf("open twice: %v", err)
	}
	d.only()
}

// However many ring it, an alarm is answered once; early it is not.
func TestAlarmRingsOnce(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	j := d.alarm()
	if err := d.Elapse(t.Context(), j.ID); !errors.Is(err, ledger.ErrEarly) {
		t.Errorf("early: %v", err)
	}
	d.forward(max(0, j.Due.Sub(d.now())))
	var wg sync.WaitGroup
	errs := make([]error, 20)
	for i := range errs {
		wg.Go(func() { errs[i] = d.Elapse(context.WithoutCancel(t.Context()), j.ID) })
	}
	wg.Wait()
	done := 0
	for _, err := range errs {
		if err == nil {
			done++
		} else if !errors.Is(err, ledger.ErrDone) {
			t.Error(err)
		}
	}
	if got := d.told(casefile.Nudge); done != 1 || !same(got, map[string]int{"lead": 1, "deputy": 1}) {
		t.Errorf("answered %d times, told %v", done, got)
	}
	if err := d.Elapse(t.Context(), "alarm/none"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
}

// A desk that starts with another policy moves its alarms instead of losing
// them.
func TestPolicyChangedOverNight(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	old := d.alarm()
	d.Rules.Policy.Acknowledge = 3*time.Hour + 7*time.Nanosecond
	d.forward(old.Due.Sub(d.now()))
	if err := d.Elapse(t.Context(), old.ID); err != nil || len(d.told(casefile.Nudge)) != 0 {
		t.Errorf("at its old time: %v, told %v", err, d.told(casefile.Nudge))
	}
	if j := d.ring(); !j.Due.Equal(d.only().Opened.Add(90 * time.Minute)) {
		t.Errorf("rang at %v", j.Due)
	}
	if got := d.told(casefile.Nudge); !same(got, map[string]int{"lead": 1, "deputy": 1}) {
		t.Errorf("told %v", got)
	}
	for range 3 {
		d.ring()
	}
}

// An allowance that is no whole number of anything still rings: a job that is
// due and answers "early" for ever would be a lost deadline.
func TestOddAllowance(t *testing.T) {
	d := newDesk(t)
	d.Rules.Policy.Acknowledge = time.Hour / 7
	d.open("please help")
	for range 4 {
		d.ring()
	}
	if c := d.only(); c.Climbed != 5 || c.Breached.IsZero() {
		t.Errorf("%+v", c)
	}
}

// The mail that closes a case, sent again by whoever got hold of it, moves
// nothing: by the same bytes or by the same words another way.
func TestReplayedMail(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	d.obey(d.answer(x, "ACK"))
	proposal := d.answer(x, "CLOSE because it was a joke")
	proposal.Content = digest("one and the same")
	d.obey(proposal)
	if c := d.only(); c.State != casefile.CloseProposed {
		t.Fatalf("%s", c.State)
	}
	d.obey(d.answer(d.letters("deputy", casefile.CloseProposal)[0], "ACK"))
	replay := d.answer(x, "CLOSE because it was a joke")
	d.obey(replay)
	relayed := d.answer(x, "CLOSE because it was a joke, by another relay")
	relayed.Content = proposal.Content
	d.obey(relayed)
	if c := d.only(); c.State != casefile.Acknowledged || c.Proposed != "" {
		t.Errorf("a replay made the case %s", c.State)
	}
	if got := d.told(casefile.CloseProposal)["deputy"]; got != 1 {
		t.Errorf("the deputy was asked %d times", got)
	}
}

// One mail with several words is one decision: each person hears of it once,
// and the notes are kept.
func TestSeveralWords(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	d.obey(d.answer(d.letters("lead", casefile.Opened)[0], "ACK\nNOTE rang the family\nthey are well"))
	c := d.only()
	lines, err := d.Ledger.Chronology(t.Context(), c.Ref)
	if err != nil || len(lines) != 4 || c.State != casefile.Acknowledged {
		t.Fatalf("%s, %v, %+v", c.State, err, lines)
	}
	if x := d.letters("deputy", casefile.TakenBy); len(x) != 1 {
		t.Errorf("told the deputy %+v", x)
	}
	if n := len(d.letters("lead", workflow.Transcript)); n != 1 {
		t.Errorf("%d transcripts", n)
	}
}

// A person, or a machine that passes for one, who sends bare notes is answered
// twenty times a day; the notes are kept all the same.
func TestNotesTwentyTimesADay(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	for i := range 25 {
		d.obey(d.answer(x, strings.Repeat("again ", i+3)))
		d.forward(50 * time.Minute)
	}
	if n := len(d.letters("lead", workflow.Transcript)); n != 20 {
		t.Errorf("%d transcripts in a day", n)
	}
	lines, err := d.Ledger.Chronology(t.Context(), d.only().Ref)
	if err != nil || len(lines) != 26 {
		t.Errorf("%d lines, %v", len(lines), err)
	}
	d.obey(d.answer(x, "ACK"))
	if n := len(d.letters("lead", workflow.Transcript)); n != 21 || d.only().State != casefile.Acknowledged {
		t.Errorf("a command was not answered: %d transcripts", n)
	}
}

// A bounce or an absence notice tells the next rung now, with the mail on the
// case; the breach comes at its time.
func TestReturned(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	due := d.alarm()
	for range 2 {
		if err := d.Returned(t.Context(), d.arrive("I am away until Monday"+d.now().String()), x, "an automatic answer came back"); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.told(casefile.NotDelivered); !same(got, map[string]int{"service-lead": 1, "la-lead": 1, "manager": 1}) {
		t.Errorf("told %v", got)
	}
	if again := d.alarm(); again != due {
		t.Errorf("waits for %+v, before %+v", again, due)
	}
	lines, err := d.Ledger.Chronology(t.Context(), d.only().Ref)
	if err != nil || len(lines) != 4 || lines[1].Arrival == "" {
		t.Errorf("%v %+v", err, lines)
	}
}

// What asks nothing of anybody is noted on its case, or set aside.
func TestRemarkAndAside(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	c := d.only()
	a, b := d.arrive("read receipt"), d.arrive("absent")
	if err := d.Remark(t.Context(), a, c.Ref, "written by a machine: receipt"); err != nil {
		t.Fatal(err)
	}
	if err := d.Aside(t.Context(), b, "written by a machine: auto-reply"); err != nil {
		t.Fatal(err)
	}
	for id, want := range map[string]ledger.ArrivalState{a.ID: ledger.OnCase, b.ID: ledger.Aside} {
		if got, err := d.Ledger.Arrival(t.Context(), id); err != nil || got.State != want || got.Why == "" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	if now := d.only(); now != c {
		t.Errorf("the case moved: %+v", now)
	}
}

// What could not be read opens a case all the same, on a person's list.
func TestHeld(t *testing.T) {
	d := newDesk(t)
	a := d.arrive("\x00")
	if err := d.Office.Open(t.Context(), a, "the reader failed twice"); err != nil {
		t.Fatal(err)
	}
	got, err := d.Ledger.Arrival(t.Context(), a.ID)
	if err != nil || got.State != ledger.Held || got.Case != d.only().Ref {
		t.Errorf("%+v, %v", got, err)
	}
	if got := d.told(casefile.Hold); !same(got, map[string]int{"lead": 1, "deputy": 1}) {
		t.Errorf("told %v", got)
	}
}

// Lead and deputy both bounce for ever, and so does everybody who is told
// instead: the letters end, and the ladder goes on by the clock.
func TestEverybodyBounces(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	seen := map[string]bool{}
	for {
		all, err := d.Ledger.Letters(t.Context(), "")
		if err != nil {
			t.Fatal(err)
		}
		all = slices.DeleteFunc(all, func(x ledger.Letter) bool { return seen[x.ID] })
		if len(all) == 0 {
			break
		}
		for _, x := range all {
			if seen[x.ID] = true; len(seen) > 30 {
				t.Fatal("bounces breed letters without end")
			}
			if err := d.Undelivered(t.Context(), x.ID, "refused"); err != nil {
				t.Fatal(err)
			}
		}
	}
	if got := d.told(casefile.NotDelivered); !same(got, map[string]int{"service-lead": 1, "la-lead": 1, "manager": 1, "senior": 1, "executive": 1}) {
		t.Errorf("told instead: %v", got)
	}
	d.ring()
	d.ring()
	if got := d.told(casefile.Breach)["la-lead"]; got != 1 {
		t.Errorf("the breach was told %d times", got)
	}
}

// Why somebody was not trusted is said in words that fit.
func TestWhyUntrusted(t *testing.T) {
	for why, spoil := range map[string]func(d *desk, s *workflow.Said){
		"the person the letter was for has left": func(d *desk, _ *workflow.Said) { delete(d.Rules.Roster.People, "lead") },
		"it did not come from the address the letter was sent to": func(d *desk, _ *workflow.Said) {
			d.Rules.Roster.People["lead"] = casefile.Person{ID: "lead", Name: "has no address"}
		},
		"it answers a letter that is too old": func(d *desk, _ *workflow.Said) { d.forward(14*24*time.Hour + time.Minute) },
	} {
		d := newDesk(t)
		d.open("please help")
		s := d.answer(d.letters("lead", casefile.Opened)[0], "ACK")
		spoil(d, &s)
		d.obey(s)
		if got := d.untrusted(s); got != why || d.only().State != casefile.Submitted {
			t.Errorf("%q, want %q", got, why)
		}
	}
}
