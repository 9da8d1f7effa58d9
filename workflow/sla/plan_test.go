package sla

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"
)

// The table is DOMAIN.md's, cell by cell; "-" is a cell without a clock.
func TestDefaultTerms(t *testing.T) {
	want := strings.Fields(`
		receipt              0m  0m  0m   0m
		acknowledge          15m 1wh 4wh  1wd
		out-of-hours-screen  -   2h  1wh  0wh
		triage               30m 4wh 1wd  2wd
		la-told              0m  4wh 1wd  2wd
		la-acknowledged      1h  -   -    -
		protective-action    1h  1wd 3wd  5wd
		referral             1h  1wd -    -
		referral-in-writing  -   3wd -    -
		reporter-update      1wd 5wd 10wd 20wd
		review               24h 5wd 10wd 20wd
		closure              -   30wd 20wd 20wd`)
	var got, flags []string
	for _, term := range DefaultTerms() {
		got = append(got, string(term.Stage))
		for _, a := range term.S {
			got = append(got, cmp.Or(a.String(), "-"))
		}
		if term.OutOfHours || term.Soft || term.Repeats {
			flags = append(flags, fmt.Sprintln(term.Stage, term.OutOfHours, term.Soft, term.Repeats))
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q\nwant\n%q", got, want)
	}
	if s := strings.Join(flags, ""); s != "out-of-hours-screen true false false\nreview false false true\nclosure false true false\n" {
		t.Error(s)
	}
}

func planned(plan []Deadline) (s string) {
	for _, d := range plan {
		s += fmt.Sprintf("%s %s %s\n", d.Stage, d.Allowance, d.Due.Format("Mon 01-02 15:04"))
	}
	return s
}

// A Friday evening: the on-call screen runs, and working clocks wait for Monday.
func TestPlanOfAFridayEvening(t *testing.T) {
	got := planned(DefaultTerms().Plan(england(t), S2, at(t, "2026-11-27T18:00:00Z")))
	if want := `receipt 0m Fri 11-27 18:00
acknowledge 1wh Mon 11-30 09:30
out-of-hours-screen 2h Fri 11-27 20:00
triage 4wh Mon 11-30 12:30
la-told 4wh Mon 11-30 12:30
protective-action 1wd Mon 11-30 17:00
referral 1wd Mon 11-30 17:00
referral-in-writing 3wd Wed 12-02 17:00
reporter-update 5wd Fri 12-04 16:30
review 5wd Fri 12-04 16:30
closure 30wd Wed 01-13 17:00
`; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// An emergency runs through the night.
func TestPlanOfAnEmergency(t *testing.T) {
	got := planned(DefaultTerms().Plan(england(t), S1, at(t, "2026-12-26T02:00:00Z")))
	if want := `receipt 0m Sat 12-26 02:00
acknowledge 15m Sat 12-26 02:15
triage 30m Sat 12-26 02:30
la-told 0m Sat 12-26 02:00
la-acknowledged 1h Sat 12-26 03:00
protective-action 1h Sat 12-26 03:00
referral 1h Sat 12-26 03:00
reporter-update 1wd Tue 12-29 17:00
review 24h Sun 12-27 02:00
`; got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}

// "Next opening + 1wh" and "next opening" are for the hours of closing only.
func TestPlanScreensOutOfHoursOnly(t *testing.T) {
	for _, tt := range []struct {
		severity      Severity
		from, screens string
	}{
		{S3, "2026-11-27T18:00:00Z", "Mon 11-30 09:30"}, {S4, "2026-11-27T18:00:00Z", "Mon 11-30 08:30"},
		{S3, "2026-11-27T16:30:00Z", ""}, {S3, "2026-11-27T16:30:01Z", "Mon 11-30 09:30"}, {S2, "2026-11-27T12:00:00.5Z", ""},
		{S1, "2026-11-27T18:00:00Z", ""},
	} {
		got := ""
		for _, d := range DefaultTerms().Plan(england(t), tt.severity, at(t, tt.from)) {
			if d.Stage == Screen {
				got = d.Due.Format("Mon 01-02 15:04")
			}
		}
		if got != tt.screens {
			t.Errorf("%s at %s is screened by %q, want %q", tt.severity, tt.from, got, tt.screens)
		}
	}
}

// A severity nobody has decided is S2; a graver one is never due later, but for
// two cells of the table: S4 is screened at the next opening and S3 an hour
// later, and S2 has more time to close than S3.
func TestPlanBySeverity(t *testing.T) {
	c, received := england(t), at(t, "2026-12-24T16:00:00Z")
	if a, b := planned(DefaultTerms().Plan(c, "", received)), planned(DefaultTerms().Plan(c, S2, received)); a != b {
		t.Errorf("undecided:\n%s\nS2:\n%s", a, b)
	}
	for received := received; received.Before(at(t, "2027-01-05T00:00:00Z")); received = received.Add(47 * time.Minute) {
		graver := map[Stage]time.Time{}
		for _, s := range []Severity{S1, S2, S3, S4} {
			for _, d := range DefaultTerms().Plan(c, s, received) {
				if d.Stage != Closure && d.Stage != Screen && d.Due.Before(graver[d.Stage]) {
					t.Errorf("%s of %s received %s is due %s, earlier than of a graver one", d.Stage, s, received, d.Due)
				}
				graver[d.Stage] = d.Due
			}
		}
	}
}

// The plan says which of its deadlines are not sure.
func TestF59PlanPastTheHorizon(t *testing.T) {
	for _, d := range DefaultTerms().Plan(england(t), S3, at(t, "2027-12-30T10:00:00Z")) {
		if want := d.Due.Year() == 2027; d.Known != want {
			t.Errorf("%s due %s: known %v", d.Stage, d.Due, d.Known)
		}
	}
}

func TestParseSeverity(t *testing.T) {
	for s, want := range map[string]Severity{"S1": S1, "s2": S2, "S3": S3, "s4": S4} {
		if got, err := ParseSeverity(s); err != nil || got != want {
			t.Errorf("%s: %v %v", s, got, err)
		}
	}
	if _, err := ParseSeverity("S5"); !errors.Is(err, ErrSeverity) || !strings.Contains(err.Error(), "want S1 (emergency)") {
		t.Error(err)
	}
}
