package casefile

import (
	"testing"

	"dutydesk/workflow/sla"
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
