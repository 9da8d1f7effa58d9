package workflow_test

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// These stories are told by the council's policy through the office and its
// ledger, every alarm at its time: who got which letter, and when.

// since is a desk by the default policy whose clock shows a moment.
func since(t *testing.T, at time.Time) *desk {
	d := newDesk(t)
	d.byPolicy(nil)
	d.forward(at.Sub(d.now()))
	return d
}

// until answers every alarm that is due by a moment, each when it is due.
func (d *desk) until(at time.Time) {
	d.t.Helper()
	for !d.alarm().Due.After(at) {
		d.ring()
	}
	d.forward(at.Sub(d.now()))
}

// wrote lists the letters about cases from a moment on, as the clock of London
// shows it: "Wed 11:00 breach acknowledge: deputy lead".
func (d *desk) wrote(from time.Time) (all []string) {
	d.t.Helper()
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		d.t.Fatal(err)
	}
	xs, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	people, when := map[string][]string{}, map[string]time.Time{}
	for _, x := range xs {
		var detail workflow.Detail
		if err := json.Unmarshal([]byte(x.Detail), &detail); err != nil {
			d.t.Fatal(err)
		}
		if x.Created.Before(from) || x.Kind == workflow.Transcript {
			continue
		}
		line := strings.TrimSpace(fmt.Sprintf("%s %s %s", x.Created.In(zone).Format("Mon 15:04"), x.Kind, detail.Stage))
		people[line], when[line] = append(people[line], x.Person), x.Created.Truncate(time.Minute)
	}
	all = slices.SortedFunc(maps.Keys(people), func(a, b string) int { return cmp.Or(when[a].Compare(when[b]), cmp.Compare(a, b)) })
	for i, line := range all {
		slices.Sort(people[line])
		all[i] = line + ": " + strings.Join(people[line], " ")
	}
	return all
}

func (d *desk) wroteOnly(from time.Time, want ...string) {
	d.t.Helper()
	if got := d.wrote(from); !slices.Equal(got, want) {
		d.t.Errorf("wrote\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// audits holds cases against their replay, as "sla replay" does: forty of them
// at most.
func (d *desk) audits() {
	d.t.Helper()
	cs, err := d.Ledger.Cases(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	for i, c := range cs {
		if i%(len(cs)/40+1) > 0 {
			continue
		}
		lines, err := d.Ledger.Chronology(d.t.Context(), c.Ref)
		if err != nil {
			d.t.Fatal(err)
		}
		var es []casefile.Event
		for _, l := range lines {
			es = append(es, l.Event)
		}
		alarms, err := d.Ledger.Alarms(d.t.Context(), c.Ref)
		if err != nil {
			d.t.Fatal(err)
		}
		_, ds, err := c.Audit(es, d.Office.Rules, d.now())
		if ds = append(ds, c.AuditAlarms(es, alarms, d.Office.Rules)...); err != nil || len(ds) > 0 {
			d.t.Errorf("replay of %s differs: %+v, %v", c.Ref, ds, err)
		}
	}
}

// Nobody answers a concern of a Wednesday morning, until the executive hears of
// it, and then again every four working hours.
func TestPolicyNobodyAnswersUntilTheExecutive(t *testing.T) {
	d := since(t, time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC))
	d.open("please help")
	d.until(d.now().Add(24 * time.Hour))
	d.wroteOnly(time.Time{},
		"Wed 10:00 opened acknowledge: deputy lead",
		"Wed 10:30 nudge acknowledge: deputy lead",
		"Wed 10:48 nudge acknowledge: deputy lead",
		"Wed 11:00 breach acknowledge: deputy la-lead lead manager service-lead",
		"Wed 12:00 breach acknowledge: la-lead manager senior",
		"Wed 12:00 stage-nudge triage: deputy lead",
		"Wed 13:12 stage-nudge triage: deputy lead",
		"Wed 14:00 breach acknowledge: executive la-lead manager senior",
		"Wed 14:00 informed la-told: la-lead",
		"Wed 14:00 stage-breach triage: deputy la-lead lead manager service-lead",
		"Wed 14:15 stage-nudge protective-action: deputy lead",
		"Wed 16:48 stage-nudge protective-action: deputy lead",
		"Thu 09:30 breach acknowledge: executive la-lead manager senior",
		"Thu 09:30 stage-breach triage: la-lead manager senior",
		"Thu 10:00 stage-breach protective-action: deputy la-lead lead manager service-lead")
	d.audits()
}

// Two in the morning: the lead's automatic answer is learnt from, and the next
// rung hears now. The deputy makes it an emergency, which rings through the
// night; and of the next concern whoever covers for the lead hears as well.
func TestPolicyLeadAwayAtTwoInTheMorning(t *testing.T) {
	d := since(t, time.Date(2026, 11, 27, 2, 0, 0, 0, time.UTC))
	p := d.Rules.Roster.People["lead"]
	p.Cover = "other-lead"
	d.Rules.Roster.People["lead"] = p
	d.open("please help")
	d.forward(10 * time.Second)
	away := d.arrive("I am away until Monday")
	away.Away = d.now().Add(72 * time.Hour)
	if err := d.Returned(t.Context(), away, d.letters("lead", casefile.Opened)[0], "an automatic answer came back"); err != nil {
		t.Fatal(err)
	}
	d.forward(time.Minute)
	d.obey(d.answer(d.letters("deputy", casefile.Opened)[0], "GRADE S1 because he is at her door"))
	d.until(time.Date(2026, 11, 27, 2, 17, 0, 0, time.UTC))
	d.wroteOnly(time.Time{},
		"Fri 02:00 opened acknowledge: deputy lead",
		"Fri 02:00 undelivered acknowledge: la-lead manager service-lead",
		"Fri 02:01 changed acknowledge: la-lead lead other-lead service-lead",
		"Fri 02:01 nudge acknowledge: deputy lead other-lead",
		"Fri 02:08 nudge acknowledge: deputy lead other-lead",
		"Fri 02:13 nudge acknowledge: deputy lead other-lead service-lead",
		"Fri 02:16 breach acknowledge: deputy la-lead lead manager other-lead service-lead",
		"Fri 02:16 stage-nudge triage: deputy lead other-lead")
	next := d.now()
	d.open("and me")
	d.wroteOnly(next, "Fri 02:17 opened acknowledge: deputy lead other-lead")
	d.until(time.Date(2026, 11, 27, 3, 0, 0, 0, time.UTC))
	d.audits()
}

// The deputy's letter bounces and the lead says nothing: the next rung hears at
// the bounce, once, and the limit stays where it was.
func TestPolicyDeputyBounces(t *testing.T) {
	d := since(t, time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC))
	d.open("please help")
	d.forward(time.Minute)
	for range 2 { // the same letter comes back twice
		if err := d.Undelivered(t.Context(), d.letters("deputy", casefile.Opened)[0].ID, "no such mailbox"); err != nil {
			t.Fatal(err)
		}
	}
	d.until(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))
	d.wroteOnly(time.Time{},
		"Wed 10:00 opened acknowledge: deputy lead",
		"Wed 10:01 undelivered acknowledge: la-lead manager service-lead",
		"Wed 10:30 nudge acknowledge: deputy lead",
		"Wed 10:48 nudge acknowledge: deputy lead",
		"Wed 11:00 breach acknowledge: deputy la-lead lead manager service-lead",
		"Wed 12:00 breach acknowledge: la-lead manager senior",
		"Wed 12:00 stage-nudge triage: deputy lead")
	d.audits()
}

// A ladder with gaps: nobody leads the provider, and nobody is above the service
// lead but the executive. Each empty rung is passed at once, which stands in the
// chronology; of the first gap managers hear as of a trouble.
func TestPolicyLadderWithAGap(t *testing.T) {
	d := since(t, time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC))
	d.Rules.Roster.Orgs["org"] = casefile.Org{ID: "org", Name: "Org", Lead: "gone", Deputy: "gone"}
	d.open("please help")
	d.until(time.Date(2026, 11, 25, 11, 59, 0, 0, time.UTC))
	d.Rules.Roster.LALead, d.Rules.Roster.SeniorOfficer, d.Rules.Roster.Managers = "", "", nil
	d.until(time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC))
	d.wroteOnly(time.Time{},
		"Wed 10:00 opened acknowledge: la-lead manager service-lead",
		"Wed 10:00 trouble: manager",
		"Wed 10:30 nudge acknowledge: la-lead manager service-lead",
		"Wed 10:48 nudge acknowledge: la-lead manager service-lead",
		"Wed 11:00 breach acknowledge: la-lead manager service-lead",
		"Wed 12:00 breach acknowledge: executive",
		"Wed 12:00 stage-nudge triage: service-lead")
	for _, text := range []string{"nobody on rung 0", "nobody on rung 4"} {
		if n := d.chronicled(text); n == 0 {
			t.Errorf("%q does not stand in the chronology", text)
		}
	}
	d.audits()
}

// chronicled counts the lines of all chronologies with these words.
func (d *desk) chronicled(text string) (n int) {
	d.t.Helper()
	lines, err := d.Ledger.Chronology(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, l := range lines {
		if l.Text == text {
			n++
		}
	}
	return n
}

// Friday at ten to six before a bank holiday: it is screened that evening, and
// its working hours begin on Tuesday.
func TestPolicyBeforeABankHoliday(t *testing.T) {
	d := since(t, time.Date(2027, 4, 30, 16, 50, 0, 0, time.UTC)) // 17:50 in London; 3 May 2027 is a bank holiday
	d.open("please help")
	d.until(time.Date(2027, 5, 4, 9, 30, 0, 0, time.UTC))
	d.wroteOnly(time.Time{},
		"Fri 17:50 opened acknowledge: deputy lead",
		"Fri 18:50 stage-nudge out-of-hours-screen: deputy lead",
		"Fri 19:26 stage-nudge out-of-hours-screen: deputy lead",
		"Fri 19:50 stage-breach out-of-hours-screen: deputy la-lead lead manager service-lead",
		"Fri 21:50 stage-breach out-of-hours-screen: la-lead manager senior",
		"Sat 01:50 stage-breach out-of-hours-screen: executive la-lead manager senior",
		"Tue 09:00 nudge acknowledge: deputy lead",
		"Tue 09:18 nudge acknowledge: deputy lead",
		"Tue 09:30 breach acknowledge: deputy la-lead lead manager service-lead",
		"Tue 10:30 breach acknowledge: la-lead manager senior",
		"Tue 10:30 stage-nudge triage: deputy lead")
	d.audits()
}

// The lead takes it and does nothing: it goes back to lead and deputy after four
// working hours, and climbs anew from there.
func TestPolicyAcknowledgementGoneStale(t *testing.T) {
	d := since(t, time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC))
	d.open("please help")
	d.forward(10 * time.Minute)
	d.obey(d.answer(d.letters("lead", casefile.Opened)[0], "ACK"))
	d.until(time.Date(2026, 11, 25, 16, 10, 0, 0, time.UTC))
	d.wroteOnly(time.Time{},
		"Wed 10:00 opened acknowledge: deputy lead",
		"Wed 10:10 acknowledged: deputy",
		"Wed 12:00 stage-nudge triage: lead",
		"Wed 13:12 stage-nudge triage: deputy lead",
		"Wed 14:00 informed la-told: la-lead",
		"Wed 14:00 stage-breach triage: deputy la-lead lead manager service-lead",
		"Wed 14:10 returned acknowledge: deputy lead",
		"Wed 14:15 stage-nudge protective-action: deputy lead",
		"Wed 14:40 nudge acknowledge: deputy lead",
		"Wed 14:58 nudge acknowledge: deputy lead",
		"Wed 15:10 breach acknowledge: deputy la-lead lead manager service-lead",
		"Wed 16:10 breach acknowledge: la-lead manager senior")
	if n := d.chronicled("acknowledge 100%, turn 2"); n != 1 {
		t.Errorf("the second turn was missed %d times", n)
	}
	d.audits()
}

// Five hundred concerns in ten minutes: everybody has letters they can read, no
// case is left out of them, and every clock of every case runs as always.
func TestPolicyFloodOfFiveHundred(t *testing.T) {
	d := since(t, time.Date(2026, 11, 25, 10, 0, 0, 0, time.UTC))
	d.Rules.Flood = casefile.Flood{After: 20, Within: 10 * time.Minute}
	d.flood(500, 10*time.Minute)
	for _, p := range []string{"lead", "deputy"} {
		alone := len(slices.DeleteFunc(d.letters(p, casefile.Opened), func(x ledger.Letter) bool { return x.Digest != "" }))
		if lines, lists := len(d.lines(p)), len(d.letters(p, casefile.Digest)); alone != 20 || lines != 480 || lists != 1 {
			t.Errorf("%s has %d letters and %d lists with %d lines", p, alone, lists, lines)
		}
	}
	d.forward(time.Date(2026, 11, 25, 10, 41, 0, 0, time.UTC).Sub(d.now()))
	d.ringTogether()
	for text, want := range map[string]int{"acknowledge 50%": 500, "acknowledge 80%": 0} {
		if n := d.chronicled(text); n != want {
			t.Errorf("%q stands %d times, want %d", text, n, want)
		}
	}
	for _, p := range []string{"lead", "deputy"} {
		told := map[casefile.Ref]bool{}
		for _, x := range d.letters(p, casefile.Nudge) {
			told[x.Case] = true
		}
		if len(told) != 500 {
			t.Errorf("%s was nudged for %d", p, len(told))
		}
	}
	d.audits()
}

// ringTogether answers all that is due, many at a time as the queue does.
func (d *desk) ringTogether() {
	d.t.Helper()
	for {
		jobs, err := d.Ledger.Overdue(d.t.Context(), d.now(), d.now(), 100_000)
		if err != nil {
			d.t.Fatal(err)
		}
		jobs = slices.DeleteFunc(jobs, func(j ledger.Job) bool { return j.Kind != ledger.AlarmJob })
		if len(jobs) == 0 {
			return
		}
		each(len(jobs), 64, func(i int) {
			if err := d.Elapse(d.t.Context(), jobs[i].ID); err != nil && !errors.Is(err, ledger.ErrDone) {
				d.t.Error(err)
			}
		})
	}
}
