package policy

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"dutydesk/workflow/sla"
)

// told is a story as people read it.
func told(t *testing.T, lines []Line) (s string) {
	t.Helper()
	for _, l := range lines {
		who := strings.Join(words(l.Ring.Tell), " ")
		if l.ByDesk {
			who = "(desk) " + who
		}
		s += strings.TrimSpace(fmt.Sprintf("%s %s %d%% %d %s", shown(t, l.Ring.At), l.Clock.Stage, l.Ring.Percent, l.Ring.Repeat, who)) + "\n"
	}
	return s
}

// Nobody answers an S1 at night: the executive within the hour, then every hour.
func TestNobodyAnswersAnEmergency(t *testing.T) {
	var got []string
	for line := range strings.Lines(told(t, book(t).Silence(sla.S1, local(t, "2026-12-26 02:00"), 2, nil))) {
		if strings.Contains(line, " acknowledge ") || strings.Contains(line, "(desk)") {
			got = append(got, line)
		}
	}
	if s := strings.Join(got, ""); s != `Sat 12-26 02:00 receipt 100% 0 (desk)
Sat 12-26 02:00 acknowledge 0% 0 lead deputy
Sat 12-26 02:00 la-told 100% 0 (desk) la-lead
Sat 12-26 02:07 acknowledge 50% 0 assignee deputy
Sat 12-26 02:12 acknowledge 80% 0 assignee deputy service-lead
Sat 12-26 02:15 acknowledge 100% 0 lead deputy service-lead la-lead on-call manager
Sat 12-26 02:30 acknowledge 200% 0 la-lead senior-officer manager
Sat 12-26 03:00 acknowledge 400% 0 la-lead senior-officer executive manager
Sat 12-26 04:00 acknowledge 400% 1 la-lead senior-officer executive manager
Sat 12-26 05:00 acknowledge 400% 2 la-lead senior-officer executive manager
` {
		t.Error(s)
	}
}

// Friday 17:50 before a bank holiday: the on-call screen in the evening, the
// ladder from Tuesday's opening, the LA lead told by the desk.
func TestFridayEveningBeforeABankHoliday(t *testing.T) {
	s := told(t, book(t).Silence(sla.S2, local(t, "2027-08-27 17:50"), 1, nil))
	for _, want := range []string{
		"Fri 08-27 17:50 acknowledge 0% 0 lead deputy\n", "Fri 08-27 17:50 out-of-hours-screen 0% 0 on-call lead deputy\n",
		"Fri 08-27 19:50 out-of-hours-screen 100% 0 lead deputy service-lead la-lead manager\n",
		"Tue 08-31 09:30 acknowledge 100% 0", "Tue 08-31 12:30 la-told 100% 0 (desk) la-lead\n", "Tue 08-31 12:30 acknowledge 400% 0 la-lead senior-officer executive manager\n",
		"Tue 08-31 16:30 acknowledge 400% 1",
	} {
		if !strings.Contains(s, want) {
			t.Errorf("%q is not in\n%s", want, s)
		}
	}
}

// A story is in order, ends with the last repeat asked for, and every breach is
// told to managers.
func TestSilenceIsWhole(t *testing.T) {
	for _, s := range severities() {
		lines := book(t).Silence(s, local(t, "2026-12-24 16:00"), 3, nil)
		for i, l := range lines {
			if i > 0 && l.Ring.At.Before(lines[i-1].Ring.At) {
				t.Errorf("%s: line %d goes back", s, i)
			}
			if l.Ring.Breach && !slices.Contains(l.Ring.Tell, sla.Manager) {
				t.Errorf("%s: managers do not hear of %s", s, l.Clock.Stage)
			}
		}
		last := lines[len(lines)-1].Ring.At
		acks := slices.DeleteFunc(lines, func(l Line) bool { return l.Clock.Stage != sla.Acknowledge })
		if end := acks[len(acks)-1]; end.Ring.Repeat != 3 || !end.Ring.At.Equal(last) {
			t.Errorf("%s ends with %+v", s, end.Ring)
		}
	}
}

// What the desk does after the story has ended is not in it.
func TestSilenceEndsForTheDeskToo(t *testing.T) {
	p, err := Default()
	if err != nil {
		t.Fatal(err)
	}
	p.Stages[4].S[1] = sla.WorkingDays(5)
	if s := told(t, bookOf(t, p).Silence(sla.S2, local(t, "2026-11-25 10:00"), 0, nil)); strings.Contains(s, "la-told") || !strings.Contains(s, "receipt") {
		t.Error(s)
	}
}

// A rung with nobody on it passes to the nearest above, or else below.
func TestLadderWithAGap(t *testing.T) {
	c := of(t, book(t).Open(sla.S2, local(t, "2026-11-25 10:00")), sla.Acknowledge)
	only := func(roles ...sla.Role) func(sla.Role) bool {
		return func(r sla.Role) bool { return slices.Contains(roles, r) }
	}
	for _, tt := range []struct {
		n    int
		held func(sla.Role) bool
		want int
	}{
		{0, nil, 0}, {5, nil, 5}, {9, nil, 5}, {0, only(sla.LALead), 3}, {1, only(sla.Deputy), 2}, {5, only(sla.Lead), 3}, {9, only(sla.Lead), 3}, {2, only(), -1}, {4, only(sla.Executive), 5},
	} {
		if got := c.Stands(tt.n, tt.held); got != tt.want {
			t.Errorf("rung %d is told as %d, want %d", tt.n, got, tt.want)
		}
	}
	if got := of(t, book(t).Open(sla.S2, local(t, "2026-11-25 10:00")), sla.Receipt).Stands(0, nil); got != -1 {
		t.Error(got)
	}
}
