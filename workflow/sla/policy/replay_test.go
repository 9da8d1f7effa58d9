package policy

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dutydesk/workflow/sla"
)

// replayed is a story of the default policy, as lines "stage turn due done
// breached dropped"; only says of which stages.
func replayed(t *testing.T, s Story, at string, only ...sla.Stage) string {
	t.Helper()
	b := book(t)
	s.Version = b.Version
	clocks, err := (Books{b.Version: b}).Replay(s, local(t, at))
	if err != nil {
		t.Fatal(err)
	}
	out := ""
	for _, c := range clocks {
		if slices.Contains(only, c.Stage) {
			out += fmt.Sprintf("%s %d due %s, done %s, breached %s, dropped %s\n", c.Stage, c.Turn, shown(t, c.Due), shown(t, c.Done), shown(t, c.Breached), shown(t, c.Dropped))
		}
	}
	return out
}

func TestReplay(t *testing.T) {
	wed := local(t, "2026-11-25 10:00")
	at := func(s string) time.Time { return local(t, s) }
	for _, tt := range []struct {
		name     string
		severity sla.Severity
		events   []Event
		until    string
		stage    sla.Stage
		want     string
	}{
		{"nobody acts", sla.S2, nil, "2026-11-25 10:59", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done -, breached -, dropped -\n"},
		{"nobody acts in time: the limit itself is a breach", sla.S2, nil, "2026-11-25 11:00", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done -, breached Wed 11-25 11:00, dropped -\n"},
		{"a breach is for ever", "", []Event{{At: at("2026-11-25 11:30"), Kind: Did, Stage: sla.Acknowledge}}, "2026-11-25 12:00", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done Wed 11-25 11:30, breached Wed 11-25 11:00, dropped -\n"},
		{"in time", sla.S2, []Event{{At: at("2026-11-25 10:30"), Kind: Did, Stage: sla.Acknowledge}}, "2026-11-25 12:00", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done Wed 11-25 10:30, breached -, dropped -\n"},
		{"an acknowledgement that leads to nothing returns", sla.S2, []Event{{At: at("2026-11-25 10:30"), Kind: Did, Stage: sla.Acknowledge}}, "2026-11-25 15:00", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done Wed 11-25 10:30, breached -, dropped -\nacknowledge 1 due Wed 11-25 15:30, done -, breached -, dropped -\n"},
		{"and is breached by itself", sla.S2, []Event{{At: at("2026-11-25 10:30"), Kind: Did, Stage: sla.Acknowledge}}, "2026-11-26 09:00", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done Wed 11-25 10:30, breached -, dropped -\nacknowledge 1 due Wed 11-25 15:30, done -, breached Wed 11-25 15:30, dropped -\n"},
		{"one that leads on does not", sla.S2, []Event{{At: at("2026-11-25 10:30"), Kind: Did, Stage: sla.Acknowledge}, {At: at("2026-11-25 14:29"), Kind: Acted}}, "2026-11-27 15:00", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done Wed 11-25 10:30, breached -, dropped -\n"},
		{"the desk tells the LA lead on triage", sla.S2, []Event{{At: at("2026-11-25 12:00"), Kind: Did, Stage: sla.Triage}}, "2026-11-25 12:00", sla.TellLA,
			"la-told 0 due Wed 11-25 14:00, done Wed 11-25 12:00, breached -, dropped -\n"},
		{"or at the limit", sla.S2, []Event{{At: at("2026-11-25 15:00"), Kind: Did, Stage: sla.Triage}}, "2026-11-25 16:00", sla.TellLA,
			"la-told 0 due Wed 11-25 14:00, done Wed 11-25 14:00, breached -, dropped -\n"},
		{"a review runs again", sla.S1, []Event{{At: at("2026-11-26 09:00"), Kind: Did, Stage: sla.Review}}, "2026-11-26 10:00", sla.Review,
			"review 0 due Thu 11-26 10:00, done Thu 11-26 09:00, breached -, dropped -\nreview 1 due Fri 11-27 09:00, done -, breached -, dropped -\n"},
		{"a referral runs when it is raised", sla.S2, []Event{{At: at("2026-11-26 10:00"), Kind: Raised, Stage: sla.Refer}}, "2026-11-26 10:00", sla.Refer,
			"referral 0 due Fri 11-27 10:00, done -, breached -, dropped -\n"},
		{"a graver severity runs from its decision", sla.S3, []Event{{At: at("2026-11-25 11:00"), Kind: Graded, Severity: sla.S1}}, "2026-11-25 11:10", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:15, done -, breached -, dropped -\n"},
		{"but never later", sla.S2, []Event{{At: at("2026-11-25 10:50"), Kind: Graded, Severity: sla.S1}}, "2026-11-25 10:55", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done -, breached -, dropped -\n"},
		{"a breached one runs again by the graver", sla.S4, []Event{{At: at("2026-11-26 11:00"), Kind: Graded, Severity: sla.S1}}, "2026-11-26 11:05", sla.Acknowledge,
			"acknowledge 0 due Thu 11-26 10:00, done -, breached Thu 11-26 10:00, dropped Thu 11-26 11:00\nacknowledge 1 due Thu 11-26 11:15, done -, breached -, dropped -\n"},
		{"what only the graver has starts then", sla.S3, []Event{{At: at("2026-11-25 11:00"), Kind: Graded, Severity: sla.S1}}, "2026-11-25 11:10", sla.LAAcknowledge,
			"la-acknowledged 0 due Wed 11-25 12:00, done -, breached -, dropped -\n"},
		{"a lighter severity runs from the start", sla.S2, []Event{{At: at("2026-11-25 10:20"), Kind: Graded, Severity: sla.S3}}, "2026-11-25 10:30", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 14:00, done -, breached -, dropped -\n"},
		{"and what it has not is dropped", sla.S1, []Event{{At: at("2026-11-25 10:20"), Kind: Graded, Severity: sla.S3}}, "2026-11-25 10:30", sla.LAAcknowledge,
			"la-acknowledged 0 due Wed 11-25 11:00, done -, breached -, dropped Wed 11-25 10:20\n"},
		{"up and down again is no gain", sla.S3, []Event{{At: at("2026-11-25 11:00"), Kind: Graded, Severity: sla.S1}, {At: at("2026-11-25 11:10"), Kind: Graded, Severity: sla.S3}}, "2026-11-25 11:20", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 14:00, done -, breached -, dropped -\n"},
		{"down and up again is none either", sla.S2, []Event{{At: at("2026-11-25 10:50"), Kind: Graded, Severity: sla.S4}, {At: at("2026-11-25 10:51"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 10:55", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done -, breached -, dropped -\n"},
		{"nor by steps, after the limit", sla.S2, []Event{{At: at("2026-11-25 10:50"), Kind: Graded, Severity: sla.S4}, {At: at("2026-11-25 11:10"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-25 11:20"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 11:21", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done -, breached Wed 11-25 11:00, dropped -\n"},
		{"nor from a breach, which goes on climbing", sla.S2, []Event{{At: at("2026-11-25 11:10"), Kind: Graded, Severity: sla.S4}, {At: at("2026-11-25 11:20"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 11:21", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done -, breached Wed 11-25 11:00, dropped -\n"},
		{"nor with a hold between", sla.S2, []Event{{At: at("2026-11-25 10:50"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-25 10:51"), Kind: Paused}, {At: at("2026-11-25 12:00"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 12:01", sla.Triage,
			"triage 0 due Wed 11-25 14:00, done -, breached -, dropped -\n"},
		{"a hold that the severity has counts", sla.S3, []Event{{At: at("2026-11-25 11:00"), Kind: Graded, Severity: sla.S4}, {At: at("2026-11-25 12:00"), Kind: Paused, Until: at("2026-11-26 12:00")}, {At: at("2026-11-26 13:00"), Kind: Graded, Severity: sla.S3}}, "2026-11-26 13:01", sla.Acknowledge,
			"acknowledge 0 due Thu 11-26 14:00, done -, breached -, dropped -\n"},
		{"a graver one that came before counts from then", sla.S3, []Event{{At: at("2026-11-25 10:30"), Kind: Graded, Severity: sla.S1}, {At: at("2026-11-25 10:40"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-25 10:50"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 10:51", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:30, done -, breached -, dropped -\n"},
		{"what a lighter severity took away runs again, from when it began", sla.S2, []Event{{At: at("2026-11-25 10:10"), Kind: Graded, Severity: sla.S1}, {At: at("2026-11-25 10:20"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-25 10:30"), Kind: Graded, Severity: sla.S1}}, "2026-11-25 10:31", sla.LAAcknowledge,
			"la-acknowledged 0 due Wed 11-25 11:10, done -, breached -, dropped Wed 11-25 10:20\nla-acknowledged 1 due Wed 11-25 11:10, done -, breached -, dropped -\n"},
		{"also what was raised", sla.S2, []Event{{At: at("2026-11-25 10:10"), Kind: Raised, Stage: sla.Refer}, {At: at("2026-11-25 10:20"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-25 10:30"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 10:31", sla.Refer,
			"referral 0 due Thu 11-26 10:10, done -, breached -, dropped Wed 11-25 10:20\nreferral 1 due Thu 11-26 10:10, done -, breached -, dropped -\n"},
		{"but not what was done", sla.S2, []Event{{At: at("2026-11-25 10:10"), Kind: Raised, Stage: sla.Refer}, {At: at("2026-11-25 10:15"), Kind: Did, Stage: sla.Refer}, {At: at("2026-11-25 10:20"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-25 10:30"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 10:31", sla.Refer,
			"referral 0 due Thu 11-26 10:10, done Wed 11-25 10:15, breached -, dropped -\n"},
		{"and what was missed counts no more", sla.S2, []Event{{At: at("2026-11-25 10:10"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-25 10:20"), Kind: Graded, Severity: sla.S2}, {At: at("2026-11-25 11:10"), Kind: Graded, Severity: sla.S1}, {At: at("2026-11-25 11:15"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-25 11:20"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 11:21", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done -, breached Wed 11-25 11:00, dropped Wed 11-25 11:10\nacknowledge 1 due Wed 11-25 12:10, done -, breached -, dropped -\n"},
		{"a lighter one that was due earlier counts too", sla.S3, []Event{{At: at("2026-11-25 11:00"), Kind: Graded, Severity: sla.S4}, {At: at("2026-11-25 13:50"), Kind: Graded, Severity: sla.S1}}, "2026-11-25 13:51", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 14:00, done -, breached -, dropped -\n"},
		{"nor what was done and runs again", sla.S2, []Event{{At: at("2026-11-25 10:10"), Kind: Graded, Severity: sla.S3}, {At: at("2026-11-27 10:00"), Kind: Did, Stage: sla.Review}, {At: at("2026-11-27 11:00"), Kind: Graded, Severity: sla.S2}}, "2026-11-27 11:01", sla.Review,
			"review 0 due Wed 12-09 10:00, done Fri 11-27 10:00, breached -, dropped -\nreview 1 due Fri 12-04 11:00, done -, breached -, dropped -\n"},
		{"a breach outlives the lighter severity", sla.S1, []Event{{At: at("2026-11-25 10:20"), Kind: Graded, Severity: sla.S4}}, "2026-11-25 10:30", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 10:15, done -, breached Wed 11-25 10:15, dropped -\n"},
		{"a pause moves what is due after it", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused, Until: at("2026-11-26 12:00")}}, "2026-11-25 13:00", sla.Acknowledge,
			"acknowledge 0 due Thu 11-26 14:00, done -, breached -, dropped -\n"},
		{"a pause that ends early moves less", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused}, {At: at("2026-11-25 13:00"), Kind: Resumed}}, "2026-11-25 14:00", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 15:00, done -, breached -, dropped -\n"},
		{"a pause ends by itself", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused}}, "2026-12-31 14:00", sla.Acknowledge,
			"acknowledge 0 due Wed 12-09 14:00, done -, breached Wed 12-09 14:00, dropped -\n"},
		{"all pauses together have one total", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused, Until: at("2026-12-08 12:00")}, {At: at("2026-12-08 13:00"), Kind: Paused}}, "2026-12-08 14:00", sla.Acknowledge,
			"acknowledge 0 due Wed 12-09 14:00, done -, breached -, dropped -\n"},
		{"a pause ends with a severity that has none", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused}, {At: at("2026-11-25 13:00"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 13:30", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 14:00, done -, breached -, dropped -\n"},
		{"closing stops every clock", sla.S2, []Event{{At: at("2026-11-25 10:20"), Kind: Closed}, {At: at("2026-11-25 10:30"), Kind: Did, Stage: sla.Triage}}, "2026-12-30 10:00", sla.Triage,
			"triage 0 due Wed 11-25 14:00, done -, breached -, dropped Wed 11-25 10:20\n"},
		{"and nothing starts again", sla.S2, []Event{{At: at("2026-11-25 10:20"), Kind: Closed}, {At: at("2026-11-25 10:30"), Kind: Did, Stage: sla.Review}}, "2026-12-30 10:00", sla.Review,
			"review 0 due Wed 12-02 10:00, done -, breached -, dropped Wed 11-25 10:20\n"},
		{"closing is what the target was for", sla.S2, []Event{{At: at("2026-11-25 10:20"), Kind: Closed}}, "2026-12-30 10:00", sla.Closure,
			"closure 0 due Mon 01-11 10:00, done Wed 11-25 10:20, breached -, dropped -\n"},
		{"a target is no breach", sla.S3, nil, "2027-03-01 10:00", sla.Closure,
			"closure 0 due Wed 12-23 10:00, done -, breached -, dropped -\n"},
		{"an announcement is no act on the case", sla.S2, []Event{{At: at("2026-11-25 10:30"), Kind: Did, Stage: sla.Acknowledge}, {At: at("2026-11-25 10:31"), Kind: Announced}}, "2026-11-25 15:00", sla.Acknowledge,
			"acknowledge 0 due Wed 11-25 11:00, done Wed 11-25 10:30, breached -, dropped -\nacknowledge 1 due Wed 11-25 15:30, done -, breached -, dropped -\n"},
		{"a graver severity raises no referral", sla.S3, []Event{{At: at("2026-11-25 11:00"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 11:10", sla.Refer, ""},
		{"nor a screen", sla.S4, []Event{{At: at("2026-11-25 11:00"), Kind: Graded, Severity: sla.S3}}, "2026-11-25 11:10", sla.Screen, ""},
		{"nor what is done", sla.S3, []Event{{At: at("2026-11-25 10:30"), Kind: Did, Stage: sla.Triage}, {At: at("2026-11-25 11:00"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 11:10", sla.Triage,
			"triage 0 due Thu 11-26 10:00, done Wed 11-25 10:30, breached -, dropped -\n"},
		{"a pause is cut by a severity that has none", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused}, {At: at("2026-11-25 13:00"), Kind: Graded, Severity: sla.S2}}, "2026-11-25 13:30", sla.Closure,
			"closure 0 due Wed 12-23 11:00, done -, breached -, dropped -\n"},
		{"a pause has a most", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused, Until: at("2027-11-25 12:00")}}, "2026-11-25 14:00", sla.Acknowledge,
			"acknowledge 0 due Wed 12-09 14:00, done -, breached -, dropped -\n"},
		{"which may be used up", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused}, {At: at("2026-12-09 13:00"), Kind: Paused}}, "2026-12-09 13:30", sla.Acknowledge,
			"acknowledge 0 due Wed 12-09 14:00, done -, breached -, dropped -\n"},
		{"also in the evening", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused}, {At: at("2026-12-09 18:00"), Kind: Paused}}, "2026-12-10 13:30", sla.Triage,
			"triage 0 due Thu 12-10 10:00, done -, breached Thu 12-10 10:00, dropped -\n"},
		{"but not by what was resumed", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused}, {At: at("2026-11-25 13:00"), Kind: Resumed}, {At: at("2026-11-25 13:00"), Kind: Paused}}, "2026-11-25 14:00", sla.Acknowledge,
			"acknowledge 0 due Wed 12-09 14:00, done -, breached -, dropped -\n"},
		{"the desk does not pause", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused}}, "2026-11-25 13:00", sla.TellLA,
			"la-told 0 due Thu 11-26 10:00, done -, breached -, dropped -\n"},
		{"what starts in a pause starts after it", sla.S3, []Event{{At: at("2026-11-25 12:00"), Kind: Paused, Until: at("2026-11-27 12:00")}, {At: at("2026-11-26 12:00"), Kind: Did, Stage: sla.Review}}, "2026-11-26 13:00", sla.Review,
			"review 0 due Fri 12-11 10:00, done Thu 11-26 12:00, breached -, dropped -\nreview 1 due Fri 12-11 12:00, done -, breached -, dropped -\n"},
	} {
		if got := replayed(t, Story{Received: wed, Severity: tt.severity, Events: tt.events}, tt.until, tt.stage); got != tt.want {
			t.Errorf("%s:\n%swant\n%s", tt.name, got, tt.want)
		}
	}
	screened := Story{Received: local(t, "2026-11-27 18:00"), Events: []Event{{At: at("2026-11-27 19:30"), Kind: Did, Stage: sla.Triage}}}
	if got := replayed(t, screened, "2026-11-27 21:00", sla.Screen); got != "out-of-hours-screen 0 due Fri 11-27 20:00, done Fri 11-27 19:30, breached -, dropped -\n" {
		t.Error(got)
	}
	night := Story{Received: local(t, "2026-11-27 18:00"), Events: []Event{{At: at("2026-11-27 19:00"), Kind: Graded, Severity: sla.S2}}}
	if got := replayed(t, night, "2026-11-27 21:00", sla.Screen); got != "out-of-hours-screen 0 due Fri 11-27 20:00, done Fri 11-27 19:00, breached -, dropped -\n" {
		t.Error(got)
	}
}

// Another policy is earlier at once, and later when that is announced.
func TestReplayOfAChangedPolicy(t *testing.T) {
	b, wed := book(t), local(t, "2026-11-25 10:00")
	slow, quick := b.Policy, b.Policy
	slow.Stages, quick.Stages = slices.Clone(b.Policy.Stages), slices.Clone(b.Policy.Stages)
	slow.Stages[3].S[1], quick.Stages[3].S[1] = sla.WorkingHours(6), sla.WorkingHours(2)
	one, two := bookOf(t, slow), bookOf(t, quick)
	books := Books{b.Version: b, one.Version: one, two.Version: two}
	for _, tt := range []struct {
		to        *Book
		announced bool
		want      string
	}{{two, false, "Wed 11-25 12:00"}, {one, false, "Wed 11-25 14:00"}, {one, true, "Wed 11-25 16:00"}, {two, true, "Wed 11-25 12:00"}} {
		s := Story{Version: b.Version, Received: wed, Severity: sla.S2, Events: []Event{{At: wed.Add(time.Hour / 2), Kind: Changed, Version: tt.to.Version}}}
		if tt.announced {
			s.Events = append(s.Events, Event{At: wed.Add(time.Hour), Kind: Announced})
		}
		clocks, err := books.Replay(s, wed.Add(time.Hour))
		if err != nil {
			t.Fatal(err)
		}
		if got := shown(t, of(t, clocks, sla.Triage).Due); got != tt.want {
			t.Errorf("announced %v: %s, want %s", tt.announced, got, tt.want)
		}
	}
}

// changes are three books: the default, one whose triage of an S2 takes six
// working hours and that has no review, and one whose triage takes five, that has
// an LA lead's answer for S2 too, and half an hour to protect for S1.
func changes(t *testing.T) (b, six, five *Book, all Books) {
	t.Helper()
	b = book(t)
	p, q := b.Policy, b.Policy
	p.Stages, q.Stages = nil, nil
	for _, term := range b.Policy.Stages {
		slower := term
		switch term.Stage {
		case sla.Triage:
			slower.S[1], term.S[1] = sla.WorkingHours(6), sla.WorkingHours(5)
		case sla.LAAcknowledge:
			term.S[1] = sla.WorkingHours(3)
		case sla.Protect:
			term.S[0] = sla.Elapsed(30 * time.Minute)
		}
		if term.Stage != sla.Review {
			p.Stages = append(p.Stages, slower)
		}
		q.Stages = append(q.Stages, term)
	}
	six, five = bookOf(t, p), bookOf(t, q)
	return b, six, five, Books{b.Version: b, six.Version: six, five.Version: five}
}

// A change does what it says to every stage, and an announcement puts into force
// what is still as it was.
func TestReplayOfChangesAndAnnouncements(t *testing.T) {
	b, six, five, books := changes(t)
	wed := local(t, "2026-11-25 10:00")
	after := func(minutes int) time.Time { return wed.Add(time.Duration(minutes) * time.Minute) }
	for _, tt := range []struct {
		name   string
		events []Event
		stage  sla.Stage
		want   string
	}{
		{"a stage that is no more stays", []Event{{At: after(5), Kind: Changed, Version: six.Version}}, sla.Review, "Wed 12-02 10:00 -"},
		{"until that is announced", []Event{{At: after(5), Kind: Changed, Version: six.Version}, {At: after(6), Kind: Announced}}, sla.Review, "Wed 12-02 10:00 Wed 11-25 10:06"},
		{"only the last change is announced", []Event{{At: after(5), Kind: Changed, Version: six.Version}, {At: after(6), Kind: Changed, Version: b.Version}, {At: after(7), Kind: Announced}}, sla.Triage, "Wed 11-25 14:00 -"},
		{"and only what is as it was", []Event{{At: after(5), Kind: Changed, Version: six.Version}, {At: after(6), Kind: Graded, Severity: sla.S1}, {At: after(7), Kind: Announced}}, sla.Triage, "Wed 11-25 10:36 -"},
		{"a new stage starts", []Event{{At: after(5), Kind: Changed, Version: five.Version}}, sla.LAAcknowledge, "Wed 11-25 13:05 -"},
		{"but none that must be raised", []Event{{At: after(5), Kind: Changed, Version: five.Version}}, sla.Refer, ""},
		{"nor one for the night", []Event{{At: after(5), Kind: Changed, Version: five.Version}}, sla.Screen, ""},
		{"nor one that is done", []Event{{At: after(3), Kind: Did, Stage: sla.Triage}, {At: after(5), Kind: Changed, Version: five.Version}}, sla.Triage, "Wed 11-25 14:00 -"},
		{"up, changed and down is no gain", []Event{{At: after(5), Kind: Graded, Severity: sla.S1}, {At: after(6), Kind: Changed, Version: five.Version}, {At: after(7), Kind: Graded, Severity: sla.S2}}, sla.Protect, "Thu 11-26 10:00 -"},
	} {
		clocks, err := books.Replay(Story{Version: b.Version, Received: wed, Severity: sla.S2, Events: tt.events}, after(10))
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range clocks {
			if c.Stage == tt.stage {
				got += shown(t, c.Due) + " " + shown(t, c.Dropped)
			}
		}
		if got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

// A pause moves the rungs after its begin and no other, in a new policy too; a
// ladder that was breached before goes on climbing.
func TestRungsInAPause(t *testing.T) {
	b, six, _, books := changes(t)
	wed := local(t, "2026-11-25 10:00")
	rungs := func(from string, events ...Event) (all []string) {
		clocks, err := books.Replay(Story{Version: b.Version, Received: wed, Severity: sla.S3, Events: append(events, Event{At: local(t, from), Kind: Paused, Until: local(t, "2026-11-26 14:00")})}, local(t, from))
		if err != nil {
			t.Fatal(err)
		}
		c := of(t, clocks, sla.Acknowledge)
		for n := range 5 {
			r, _ := c.Ring(n)
			all = append(all, shown(t, r.At))
		}
		return all
	}
	if got, want := rungs("2026-11-25 13:00"), []string{"Wed 11-25 10:00", "Wed 11-25 12:00", "Thu 11-26 14:12", "Thu 11-26 15:00", "Fri 11-27 10:30"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got, want := rungs("2026-11-25 14:30"), []string{"Wed 11-25 10:00", "Wed 11-25 12:00", "Wed 11-25 13:12", "Wed 11-25 14:00", "Thu 11-26 09:30"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	s := Story{Version: b.Version, Received: wed, Severity: sla.S3, Events: []Event{{At: wed.Add(time.Hour), Kind: Paused, Until: local(t, "2026-11-26 11:00")}, {At: wed.Add(2 * time.Hour), Kind: Changed, Version: six.Version}}}
	clocks, err := books.Replay(s, wed.Add(3*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if c := of(t, clocks, sla.Acknowledge); shown(t, c.Due) != "Thu 11-26 14:00" {
		t.Errorf("changed in a pause, it is due %s", shown(t, c.Due))
	}
}

// A policy that gives more time gives none to who grades down and up again.
func TestRegradingUnderALongerPolicy(t *testing.T) {
	b, six, _, books := changes(t)
	wed := local(t, "2026-11-25 10:00")
	s := Story{Version: b.Version, Received: wed, Severity: sla.S2, Events: []Event{
		{At: wed.Add(time.Hour), Kind: Graded, Severity: sla.S3},
		{At: wed.Add(2 * time.Hour), Kind: Changed, Version: six.Version},
		{At: wed.Add(3 * time.Hour), Kind: Graded, Severity: sla.S2}}}
	clocks, err := books.Replay(s, wed.Add(3*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if got := shown(t, of(t, clocks, sla.Triage).Due); got != "Wed 11-25 14:00" {
		t.Errorf("triage is due %s", got)
	}
}

// However often a matter is graded, at its first severity no limit of a stage
// that was not done is later than it was.
func TestRegradingGainsNothing(t *testing.T) {
	b := book(t)
	books := Books{b.Version: b}
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, b)
		s.Events = nil
		at := s.Received
		for range rapid.IntRange(1, 6).Draw(t, "grades") {
			at = at.Add(time.Duration(rapid.Int64Range(0, 2*86400).Draw(t, "after")) * time.Second)
			s.Events = append(s.Events, Event{At: at, Kind: Graded, Severity: rapid.SampledFrom(severities()).Draw(t, "to")})
		}
		s.Events = append(s.Events, Event{At: at, Kind: Graded, Severity: s.Severity})
		clocks, err := books.Replay(s, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, was := range b.Open(s.Severity, s.Received) {
			missed := slices.ContainsFunc(clocks, func(c Clock) bool { return c.Stage == was.Stage && !c.Breached.IsZero() })
			for _, is := range clocks {
				if is.Stage == was.Stage && is.Running() && !is.Soft && !missed && is.Due.After(was.Due) {
					t.Fatalf("%s was due %s, is %s", was.Stage, was.Due, is.Due)
				}
			}
		}
	})
}

// What cannot be replayed says why.
func TestReplayRefuses(t *testing.T) {
	b, at := book(t), local(t, "2026-11-25 10:00")
	for says, s := range map[string]Story{
		`no policy has version "gone"`:     {Version: "gone"},
		"no severity":                      {Version: b.Version, Severity: "S9"},
		"before receipt":                   {Version: b.Version, Events: []Event{{At: at.Add(-1), Kind: Acted}}},
		`no stage "lunch"`:                 {Version: b.Version, Events: []Event{{At: at, Kind: Did, Stage: "lunch"}}},
		"S2 may not be paused":             {Version: b.Version, Events: []Event{{At: at, Kind: Paused}}},
		"no such event":                    {Version: b.Version, Events: []Event{{At: at, Kind: "slept"}}},
		`no policy has version "tomorrow"`: {Version: b.Version, Events: []Event{{At: at, Kind: Changed, Version: "tomorrow"}}},
		"graded at 2026-11-25T10:00:00Z: cannot be replayed: no severity": {Version: b.Version, Events: []Event{{At: at, Kind: Graded, Severity: "S0"}}},
	} {
		s.Received = at
		if _, err := (Books{b.Version: b}).Replay(s, at.Add(time.Hour)); !errors.Is(err, ErrStory) || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %s", err, says)
		}
	}
}

// drawStory draws what may happen to a matter within three weeks.
func drawStory(t *rapid.T, b *Book) Story {
	s := Story{Version: b.Version, Severity: rapid.SampledFrom(severities()).Draw(t, "severity")}
	s.Received = time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 60*86400).Draw(t, "second")) * time.Second)
	for range rapid.IntRange(0, 8).Draw(t, "events") {
		e := Event{At: s.Received.Add(time.Duration(rapid.Int64Range(0, 21*86400).Draw(t, "after")) * time.Second),
			Kind:  rapid.SampledFrom([]Kind{Did, Did, Did, Acted, Raised, Graded, Closed, Resumed}).Draw(t, "kind"),
			Stage: rapid.SampledFrom(stages()).Draw(t, "stage"), Severity: rapid.SampledFrom(severities()).Draw(t, "grade")}
		s.Events = append(s.Events, e)
	}
	return s
}

// Replaying is the same for ever: in any order of the events, and what is true at
// one moment is true for ever after: an end, a breach, a turn.
func TestReplayIsTheSameForEver(t *testing.T) {
	b := book(t)
	books := Books{b.Version: b}
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, b)
		at := s.Received.Add(time.Duration(rapid.Int64Range(0, 30*86400).Draw(t, "at")) * time.Second)
		then, err := books.Replay(s, at)
		if err != nil {
			t.Fatal(err)
		}
		later, err := books.Replay(s, at.Add(time.Duration(rapid.Int64Range(0, 30*86400).Draw(t, "later"))*time.Second))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range then {
			i := slices.IndexFunc(later, func(o Clock) bool {
				return o.Stage == c.Stage && o.Turn == c.Turn && (c.Running() || o.Done.Equal(c.Done) && o.Dropped.Equal(c.Dropped)) && (c.Breached.IsZero() || o.Breached.Equal(c.Breached))
			})
			if i < 0 {
				t.Fatalf("%s turn %d (%+v) is no more, in %+v", c.Stage, c.Turn, c, later)
			}
		}
		once(t, then)
	})
}

// once tells that no stage runs twice, and that what is late says so.
func once(t *rapid.T, clocks []Clock) {
	running := map[sla.Stage]bool{}
	for _, c := range clocks {
		if c.Running() && running[c.Stage] {
			t.Fatalf("%s runs twice", c.Stage)
		}
		running[c.Stage] = running[c.Stage] || c.Running()
		late := !c.Done.IsZero() && !c.Done.Before(c.Due) && !c.Soft && !c.term.Desk
		if late != (!c.Done.IsZero() && !c.Breached.IsZero()) {
			t.Fatalf("%s is due %s, done %s, breached %s", c.Stage, c.Due, c.Done, c.Breached)
		}
	}
}

// A graver severity never makes a deadline later, a lighter one never earlier.
func TestGradingNeverCheats(t *testing.T) {
	b := book(t)
	books := Books{b.Version: b}
	rapid.Check(t, func(t *rapid.T) {
		s := drawStory(t, b)
		s.Events = nil
		at := s.Received.Add(time.Duration(rapid.Int64Range(0, 5*86400).Draw(t, "at")) * time.Second)
		to := rapid.SampledFrom(severities()).Draw(t, "to")
		before, err := books.Replay(s, at)
		if err != nil {
			t.Fatal(err)
		}
		s.Events = []Event{{At: at, Kind: Graded, Severity: to}}
		after, err := books.Replay(s, at)
		if err != nil {
			t.Fatal(err)
		}
		for _, was := range before {
			for _, is := range after {
				open := was.Running() && is.Running() && was.Stage == is.Stage && was.Turn == is.Turn
				if open && (to < s.Severity && is.Due.After(was.Due) || to > s.Severity && is.Due.Before(was.Due)) {
					t.Fatalf("%s to %s: %s was due %s, is %s", s.Severity, to, was.Stage, was.Due, is.Due)
				}
			}
		}
	})
}
