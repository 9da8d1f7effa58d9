package casefile

import (
	"testing"

	"dutydesk/workflow/sla"
)

// A stage is done when somebody says so plainly, and not when a sentence only
// begins like it or takes it back.
func TestStageIn(t *testing.T) {
	for text, want := range map[string]sla.Stage{
		"triage":                           sla.Triage,
		"the Triage.":                      sla.Triage,
		"triage because he is safe now":    sla.Triage,
		"triage: no immediate risk":        sla.Triage,
		"triage, because it is not S1":     sla.Triage,
		"protective-action – rang the GP":  sla.Protect,
		"out of hours screen":              sla.Screen,
		"referral lado":                    sla.Refer,
		"referral to the police, CAD 1234": sla.Refer,
		"referral in writing":              sla.ReferInWriting,
		"Safe journey home, I will look":   "",
		"Update to follow on Monday":       "",
		"update, not sent yet":             "",
		"triage not yet":                   "",
		"triage: not yet":                  "",
		"triage isn’t":                     "",
		"referral not needed":              "",
		"referral - not needed":            "",
		"protective action (tomorrow)":     "",
		"review the file":                  "",
		"updates":                          "",
		"":                                 "",
	} {
		if got, ok := stageIn(text); ok != (want != "") || ok && got != want {
			t.Errorf("%q: %q, %v, want %q", text, got, ok, want)
		}
	}
}

// A decision to refer begins the clock of the referral, which only the referral
// ends; the LADO wants it in writing as well.
func TestReferBeginsItsClock(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(26, 10, 0))
	x.must("lead", Acknowledge, "").must("lead", Refer, "LADO 2026/17")
	for _, s := range []sla.Stage{sla.Refer, sla.ReferInWriting} {
		if k, ok := x.c.clock(s, x.rules, x.now); !ok || !k.Running() {
			t.Errorf("%s does not run: %+v", s, k)
		}
	}
	x.must("lead", Done, "referral lado")
	for s, runs := range map[sla.Stage]bool{sla.Refer: false, sla.ReferInWriting: true} {
		if k, _ := x.c.clock(s, x.rules, x.now); k.Running() != runs {
			t.Errorf("after DONE %s runs: %v", s, k.Running())
		}
	}
	x.heardBy("changed ", "deputy")
	x.agrees()
}

// A referral that nobody decided on first is still one: the LADO's written form
// is wanted all the same.
func TestDoneReferralToLADO(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(26, 10, 0))
	x.must("lead", Acknowledge, "").must("lead", Done, "referral to the LADO")
	if k, ok := x.c.clock(sla.ReferInWriting, x.rules, x.now); !ok || !k.Running() {
		t.Errorf("%+v", k)
	}
}

// A lighter case has no time for a referral: it is graded first, and nobody is
// left to believe that a clock runs.
func TestReferNeedsGraver(t *testing.T) {
	x := begin(t, desked(t), sla.S3, local(26, 10, 0))
	if err := x.says("lead", Refer, "police"); err == nil || x.c.Story != "" {
		t.Errorf("%v, %q", err, x.c.Story)
	}
	if err := x.says("lead", Refer, ""); err == nil {
		t.Error("nobody was named")
	}
	x.must("lead", Grade, "S2").must("lead", Refer, "police")
}
