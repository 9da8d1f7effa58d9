package main

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

// simulated runs "sla simulate".
func simulated(t *testing.T, args ...string) (out, said string, code int) {
	t.Helper()
	return ran(t, append([]string{"sla", "simulate"}, args...)...)
}

// The whole story of a Friday evening before a bank holiday, in words.
func TestSimulateInWords(t *testing.T) {
	out, said, code := simulated(t, "--received", "2027-08-27 17:50")
	if code != 0 {
		t.Fatal(code, said)
	}
	for _, want := range []string{
		"S2 received 5:50pm BST on Friday 27 August 2027, out of hours (Europe/London), policy ", "Nobody answers:\n",
		"Fri 27 Aug 2027 17:50 BST  acknowledge          at once ", "Tue 31 Aug 2027 09:30 BST  acknowledge          100% BREACH ",
		"lead, deputy, service-lead, la-lead, manager ", "la-told              the desk does it", "400%, still missed", "senior-officer, executive, manager",
		"400%, again (2)", "and so on every 4 working hours until a person acts\n",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	if strings.Contains(out, "not sure") || strings.Contains(out, "nobody") || strings.Contains(out, "again (3)") && !strings.Contains(out, "screen") {
		t.Error(out)
	}
	if out, _, _ := simulated(t, "--received", "2027-12-31 15:00"); !strings.Contains(out, "not sure: bank holidays are known to 2027-12-31") {
		t.Error(out)
	}
	if out, _, _ := simulated(t, "--received", "2026-11-28 03:00", "--severity", "s1"); !strings.Contains(out, "Sat 28 Nov 2026 03:07:30 GMT  acknowledge        50% ") || !strings.Contains(out, "every 1 hour until") {
		t.Error(out)
	}
}

// simulatedJSON is what a script reads.
type simulatedJSON struct {
	Policy, Severity, Received, Received_words, Time_zone, Holidays_until, Organisation string
	In_hours, Sure                                                                      *bool
	Story                                                                               []struct {
		At, At_words, Stage, Allowance, Note, Why string
		Percent, Repeat, As_percent               int
		Breach, By_desk                           bool
		Told                                      []struct {
			Role   string
			People []struct{ ID, Name string }
		}
	}
}

func parsed(t *testing.T, args ...string) (s simulatedJSON) {
	t.Helper()
	out, said, code := simulated(t, append(args, "--json")...)
	if err := json.Unmarshal([]byte(out), &s); err != nil || code != 0 || strings.Contains(out, "null") {
		t.Fatal(err, code, said, out)
	}
	return s
}

// The names in the JSON are stable; without a configuration nobody is named.
func TestSimulateJSON(t *testing.T) {
	s := parsed(t, "--received", "2026-11-27T18:00:00Z")
	if len(s.Policy) != 12 || s.Severity != "S2" || s.Received != "2026-11-27T18:00:00Z" || s.Received_words != "6pm GMT on Friday 27 November 2026" ||
		s.Time_zone != "Europe/London" || s.Holidays_until != "2027-12-31" || s.In_hours == nil || *s.In_hours || s.Sure == nil || !*s.Sure || s.Organisation != "" {
		t.Errorf("%+v", s)
	}
	first := s.Story[1]
	if first.At != "2026-11-27T18:00:00Z" || first.Stage != "acknowledge" || first.Allowance != "1wh" || first.Percent != 0 || first.Breach || first.By_desk ||
		len(first.Told) != 2 || first.Told[0].Role != "lead" || len(first.Told[0].People) != 0 || !strings.HasPrefix(first.Why, "S2 acknowledge: 1 working hour from receipt, policy ") {
		t.Errorf("%+v", first)
	}
	last := s.Story[len(s.Story)-1]
	if last.Repeat == 0 || !last.Breach || last.At_words == "" {
		t.Errorf("%+v", last)
	}
}

// With a configuration the people are named, and a rung with nobody on it goes to
// the nearest that has somebody.
func TestSimulateWithARoster(t *testing.T) {
	cfg := rosterConfig(t, "noor")
	s := parsed(t, "--received", "2026-11-27T18:00:00Z", "-c", cfg, "--organisation", "north")
	if told := s.Story[1].Told; s.Organisation != "north" || len(told[0].People) != 1 || told[0].People[0].Name != "Noor Ali" {
		t.Errorf("%+v", s.Story[1])
	}
	gap := policyWith(t, `tell = ["la-lead", "senior-officer", "manager"]`, `tell = ["senior-officer"]`)
	for _, l := range parsed(t, "--received", "2026-11-27T18:00:00Z", "-c", cfg, "--policy", gap).Story {
		if want := map[int]int{200: 400}[l.Percent]; want != 0 && l.As_percent != want || want == 0 && l.As_percent != l.Percent {
			t.Errorf("%d%% is told as %d%%", l.Percent, l.As_percent)
		}
	}
	out, _, _ := simulated(t, "--received", "2026-11-27T18:00:00Z", "-c", cfg, "--policy", gap)
	for _, want := range []string{"lead (Amira Khan), deputy (Tom Reed)", "assignee (Amira Khan, Tom Reed)", "executive (nobody)", "200%, still missed, nobody there: as at 400%"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
}

// A policy changes the story and the plan.
func TestSimulateAndPlanByAPolicy(t *testing.T) {
	slow := policyWith(t, `s2 = "1wh"`, `s2 = "2wh"`, `closure_days = []`, `closure_days = ["2026-11-30"]`)
	out, said, code := simulated(t, "--received", "2026-11-27T18:00:00Z", "--policy", slow)
	if code != 0 || !strings.Contains(out, "Tue 1 Dec 2026 10:30 GMT   acknowledge          100% BREACH") {
		t.Errorf("exit %d, %s\n%s", code, said, out)
	}
	out, said, code = planned(t, "", "--received", "2026-11-27T18:00:00Z", "--policy", slow)
	if code != 0 || !strings.Contains(out, "2026-12-01T10:30:00Z") {
		t.Errorf("exit %d, %s\n%s", code, said, out)
	}
}

func TestSimulateExitCodes(t *testing.T) {
	for _, tt := range []struct {
		args []string
		code int
		says string
	}{
		{nil, 64, `--received: "": want an instant with its zone, such as 2026-11-27T18:00:00Z, "2026-11-27 18:00"`},
		{[]string{"--received", "Fri 17:50", "--repeats", "101"}, 64, "--repeats: want 0 to 100"},
		{[]string{"--received", "Fri 17:50", "--severity", "S5"}, 64, "--severity: no severity"},
		{[]string{"--received", "Fri 17:50", "--organisation", "north"}, 64, "add -c"},
		{[]string{"--received", "Fri 17:50", "--policy", "/nonexistent"}, 64, "no such file"},
		{[]string{"--received", "Fri 17:50", "-c", "/nonexistent"}, 78, "config describe"},
		{[]string{"--received", "Fri 17:50", "--policy", policyWith(t, "title", "titel")}, 78, "did you mean title?"},
		{[]string{"--received", "Fri 17:50", "-c", rosterConfig(t, "noor"), "--organisation", "south"}, 64, `"south" is none of service, north`},
		{[]string{"--received", "Fri 17:50 before a bank holiday"}, 0, "Nobody answers"},
		{[]string{"--help"}, 0, "as_percent"},
	} {
		if out, said, code := simulated(t, tt.args...); code != tt.code || !strings.Contains(out+said, tt.says) {
			t.Errorf("sla simulate %q: exit %d, %q; want %d and %q", tt.args, code, out+said, tt.code, tt.says)
		}
	}
}

// What people write for an instant, asked on Sunday 22 November 2026 at noon.
func TestMoment(t *testing.T) {
	cal, err := sla.EnglandAndWales()
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	for s, want := range map[string]string{
		"2026-11-27T18:00:00Z": "2026-11-27T18:00:00Z", "2026-07-01T09:00:00+01:00": "2026-07-01T08:00:00Z",
		"2026-12-24 17:50": "2026-12-24T17:50:00Z", "2026-07-01T09:00": "2026-07-01T08:00:00Z", " 2026-12-24 17:50 ": "2026-12-24T17:50:00Z",
		"Fri 17:50": "2026-11-27T17:50:00Z", "friday 9:05": "2026-11-27T09:05:00Z", "Sun 12:00": "2026-11-29T12:00:00Z", "Sun 12:01": "2026-11-22T12:01:00Z",
		"Fri 17:50 before a bank holiday": "2027-04-30T16:50:00Z", "thursday 17:50 before a holiday": "2026-12-24T17:50:00Z", "Mon 09:00 before a bank holiday": "",
		"2026-10-25 01:30": "", "2027-03-28 01:30": "", "Fri": "", "Fri 25:00": "", "tomorrow": "", "": "", "2026-13-01 10:00": "", "Fry 17:50": "",
	} {
		got, err := moment(s, cal, now)
		if want == "" && err == nil || want != "" && (err != nil || got.UTC().Format(time.RFC3339) != want) {
			t.Errorf("%q: %v %v, want %s", s, got, err, want)
		}
	}
	for s, says := range map[string]string{
		"2026-10-25 01:30": "show it twice: write 2026-10-25T01:30:00+01:00 or 2026-10-25T01:30:00Z", "2027-03-28 01:30": "leap over it",
		"Mon 09:00 before a bank holiday": "there is none up to 2027-12-31", "Fri 25:00": `"25:00" is no time of day`,
	} {
		if _, err := moment(s, cal, now); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %v, want %s", s, err, says)
		}
	}
}
