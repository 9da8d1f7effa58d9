package casefile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// What was told on time stays so, whatever happens to the case later: a nudge is
// held against the clock as it was when it rang.
func TestAuditAfterANudge(t *testing.T) {
	for name, then := range map[string]func(x *tale){
		"graver":  func(x *tale) { x.must("lead", Grade, "S1") },
		"lighter": func(x *tale) { x.must("lead", Grade, "S3 because all is calm") },
		"held": func(x *tale) {
			x.must("lead", Grade, "S3 because all is calm")
			x.must("lead", Rest, "until 4 December because waiting for the person affected")
		},
	} {
		x := begin(t, desked(t), sla.S2, local(26, 12, 0)).must("lead", Acknowledge, "").must("lead", Note, "on it")
		x.until(local(26, 14, 10))
		if x.count("triage 50%") != 1 {
			t.Fatalf("%s: there was no nudge", name)
		}
		then(x)
		x.agrees()
	}
}

// A rung that was told before its time differs also where the case was graded
// since.
func TestAuditFindsWhatWasEarly(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(26, 12, 0)).must("lead", Acknowledge, "").must("lead", Note, "on it")
	x.es = append(x.es, Event{At: local(26, 13, 59), By: "clock", Verb: Elapse, Text: "triage 50%"})
	x.now = local(26, 14, 10)
	x.must("lead", Grade, "S1")
	if _, ds, err := x.c.Audit(x.es, x.rules, x.now); err != nil || len(ds) == 0 || ds[0].Line != "triage 50%" {
		t.Errorf("%+v, %v", ds, err)
	}
}

// The clocks are replayed from what the case keeps of its events: what was added
// there, taken away or said by somebody else differs from the chronology.
func TestAuditFindsAForgedStory(t *testing.T) {
	rules := desked(t)
	x := begin(t, rules, sla.S2, local(26, 12, 0)).must("lead", Acknowledge, "").must("lead", Done, "triage").must("lead", Grade, "S3 because all is calm")
	x.must("deputy", Acknowledge, "").must("lead", Rest, "until 4 December because waiting for the person affected")
	x.until(local(27, 9, 0)).must("lead", Resume, "").bars("deputy", "lead").agrees()
	for name, forge := range map[string]func(s Story) Story{
		"added":      func(s Story) Story { return s.and(x.now, policy.Did, string(sla.Protect)) },
		"taken away": func(s Story) Story { return Story(strings.Replace(string(s), "did triage", "acted", 1)) },
		"another's":  func(s Story) Story { return Story(strings.Replace(string(s), "triage @lead", "triage @deputy", 1)) },
		"graded":     func(s Story) Story { return s.and(x.now, policy.Graded, "S4 S2").signed(s, "deputy") },
		"held":       func(s Story) Story { return Story(strings.Replace(string(s), "paused", "resumed", 1)) },
		"later":      func(s Story) Story { return s.and(x.now.Add(-time.Minute).Add(time.Hour), policy.Acted, "") },
	} {
		c := x.c
		c.Story = forge(c.Story)
		if ds := c.unfounded(x.es); len(ds) == 0 {
			t.Errorf("%s: no difference", name)
		}
	}
}

// A severity that the events do not lead to is found.
func TestAuditFindsAForgedSeverity(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(26, 12, 0)).must("lead", Grade, "S1")
	x.c.Severity = sla.S4
	if _, ds, err := x.c.Audit(x.es, x.rules, x.now); err != nil || len(ds) == 0 || ds[0].Line != "severity S4" {
		t.Errorf("%+v, %v", ds, err)
	}
}

// A clock that is set back takes back nothing that happened: the case waits for
// what it waited for.
func TestF58ClockSetBackForgetsNothing(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(26, 12, 0)).until(local(26, 12, 20)).must("lead", Grade, "S1")
	want := x.c.alarms(x.rules, x.now)
	if got := x.c.Remark("lead", "words", "", x.rules, local(26, 12, 5)).Alarms; !slices.Equal(got, want) {
		t.Errorf("waits for %+v, before that for %+v", got, want)
	}
}
