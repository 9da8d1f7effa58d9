package workflow_test

import (
	"testing"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// running is the clock of a stage that runs now.
func (d *desk) running(stage sla.Stage) (k policy.Clock, runs bool) {
	d.t.Helper()
	st, err := d.only().Standing(d.Office.Rules, d.now())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, one := range st.Clocks {
		if one.Stage == stage && one.Running() {
			return one, true
		}
	}
	return k, false
}

// What somebody did who is off the case is owed again by the severity that it
// falls back to, also where the lighter one that they gave asked for none of it.
func TestUndoneIsOwedByTheSeverityOfNow(t *testing.T) {
	for _, tt := range []struct {
		said  []string
		stage sla.Stage
	}{
		{[]string{"ACK\nREFER lado", "DONE referral\nDONE referral in writing\nGRADE S3 because it is calm"}, sla.Refer},
		{[]string{"ACK\nDONE la told\nGRADE S4 because it is calm"}, sla.TellLA},
	} {
		d := newDesk(t)
		d.byPolicy(nil)
		d.open("words")
		for _, s := range tt.said {
			d.say("lead", s)
		}
		d.forward(time.Hour)
		d.say("deputy", "CONFLICT lead because he is the uncle")
		if k, runs := d.running(tt.stage); !runs || k.Severity != sla.S2 {
			t.Errorf("%s runs: %v, as %s", tt.stage, runs, k.Severity)
		}
		d.audits()
	}
}

// That the local authority lead took an emergency, and that it was screened at
// night, do not stand once they are off the case.
func TestAnswerAndScreenAreUndone(t *testing.T) {
	for _, tt := range []struct {
		later time.Duration
		said  [][2]string
		off   string
		stage sla.Stage
		again bool
	}{
		{0, [][2]string{{"lead", "ACK\nGRADE S1 because knife"}, {"la-lead", "ACK"}}, "la-lead", sla.LAAcknowledge, true},
		{10 * time.Hour, [][2]string{{"lead", "DONE screen"}}, "lead", sla.Screen, true},
		{10 * time.Hour, [][2]string{{"lead", "DONE screen"}, {"deputy", "DONE triage"}}, "lead", sla.Screen, false},
		{10 * time.Hour, [][2]string{{"lead", "DONE screen"}, {"deputy", "GRADE S1 because knife"}}, "lead", sla.Screen, false},
	} {
		d := newDesk(t)
		d.byPolicy(nil)
		d.forward(tt.later)
		d.open("words")
		for _, s := range tt.said {
			d.say(s[0], s[1])
		}
		d.say("deputy", "CONFLICT "+tt.off+" because he is the uncle")
		if _, runs := d.running(tt.stage); runs != tt.again {
			t.Errorf("after %v, %s off: %s runs: %v", tt.said, tt.off, tt.stage, runs)
		}
		d.audits()
	}
}

// An emergency that two people made lighter is one again when either of them
// turns out to be too close to it.
func TestCalmFallsWithEither(t *testing.T) {
	for _, tt := range []struct {
		by, off string
		want    sla.Severity
	}{{"deputy", "lead", sla.S1}, {"lead", "deputy", sla.S1}, {"lead", "service-lead", sla.S3}} {
		d := newDesk(t)
		d.byPolicy(nil)
		d.open("words")
		d.say("lead", "ACK\nGRADE S1 because knife")
		d.say("lead", "GRADE S3 because calm")
		d.say("deputy", "GRADE S3 because calm")
		d.audits()
		d.say(tt.by, "CONFLICT "+tt.off+" because he is the uncle")
		if got := d.only().Severity; got != tt.want {
			t.Errorf("%s off: %s, want %s", tt.off, got, tt.want)
		}
		d.audits()
	}
}
