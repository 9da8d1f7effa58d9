package casefile

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// referring is a case that somebody has taken, without casework.
func referring(t *testing.T, s sla.Severity) *tale {
	x := &tale{t: t, rules: desked(t), now: local(26, 12, 0)}
	x.keep(Begin(Report{Ref: "SG-1", Org: "college", Severity: s}, x.rules, x.now))
	return x.must("lead", Acknowledge, "")
}

func (x *tale) byHand(by string, v Verb, text string) *tale {
	x.t.Helper()
	out, err := x.c.Obey(Command{By: by, Verb: v, Text: text, Hand: "operator"}, x.rules, x.now)
	if err != nil {
		x.t.Fatal(err)
	}
	x.keep(out)
	return x
}

// runs reports whether the clock of a stage runs.
func (x *tale) runs(stage sla.Stage) bool {
	k, ok := x.c.clock(stage, x.rules, x.now)
	return ok && k.Running()
}

// By letter a referral begins its clock and no casework; from a hand, or where
// casework has begun, it meets what is owed to the agency as well, and then only
// the clock of the referral runs, until it was made or all have answered.
func TestReferBothWays(t *testing.T) {
	x := referring(t, sla.S2).must("lead", Refer, "police CR-1")
	if x.c.File != (File{}) || !x.runs(sla.Refer) {
		t.Errorf("by letter: %+v", x.c.File)
	}
	x.must("lead", Flag, "STAFFSUBJ").must("lead", Refer, "LADO")
	if x.c.File.Owed.Owes("LADO") || x.runs("obligation-lado") || !x.runs(sla.Refer) || !x.runs(sla.ReferInWriting) || x.c.File.Asked != "LADO" {
		t.Errorf("with casework: %+v", x.c.File)
	}
	if x.must("lead", Refer, "CAMHS"); x.c.File.Asked != "LADO" {
		t.Errorf("a body outside the list is asked: %s", x.c.File.Asked)
	}
	if x.must("lead", Heard, "LADO: no threshold"); x.runs(sla.Refer) {
		t.Error("all have answered, and the referral is waited for")
	}
	x.agrees()
	if x = referring(t, sla.S3).byHand("lead", Refer, "police"); x.c.File.Asked != "POLICE_101" || !x.c.File.Owed.Owes("DFE_24H") {
		t.Errorf("by hand: %+v", x.c.File)
	}
	x.agrees()
	x = referring(t, sla.S2).byHand("lead", Refer, "police")
	if x.must("lead", Done, "POLICE_101 CR-1"); x.runs(sla.Refer) {
		t.Error("it was made, and is waited for")
	}
	x.agrees()
}

// No letter brings casework to a case by an obligation it says is done, and what
// says that it was not done is none.
func TestDoneOfAnObligation(t *testing.T) {
	x := referring(t, sla.S2)
	if err := x.says("lead", Done, "LADO LR-1"); !errors.Is(err, ErrUnclear) || x.c.File.begun() {
		t.Errorf("%v, %+v", err, x.c.File)
	}
	x.must("lead", Flag, "STAFFSUBJ")
	for _, text := range []string{"LADO not yet", "LADO will be rung", "review not yet", "HR tomorrow"} {
		if err := x.says("lead", Done, text); !errors.Is(err, ErrUnclear) {
			t.Errorf("%s: %v", text, err)
		}
	}
	x.must("lead", Done, "LADO LR-1").agrees()
}

// What casework moves is founded on what was said: the replay agrees at every
// step, and finds a line that nobody said.
func TestReplayOfCasework(t *testing.T) {
	x := referring(t, sla.S3)
	for _, s := range []Command{
		{By: "lead", Verb: Form, Text: "THR"}, {By: "lead", Verb: Age, Text: "25+"}, {By: "lead", Verb: Danger, Text: "yes"},
		{By: "lead", Verb: Done, Text: "triage because it is a threat"}, {By: "lead", Verb: Done, Text: "SAFETY_PLAN in the folder"},
		{By: "lead", Verb: Refer, Text: "999"}, {By: "lead", Verb: Heard, Text: "999: they were there"}, {By: "lead", Verb: Plan, Text: "talks on Friday"},
		{By: "lead", Verb: Done, Text: "DFE_24H told them"}, {By: "la", Verb: Acknowledge}, {By: "lead", Verb: Done, Text: "reporter update"}, {By: "lead", Verb: Done, Text: "review"},
		{By: "lead", Verb: Done, Text: "SUPPORT_AFFECTED"}, {By: "lead", Verb: Close, Text: goodClose}, {By: "la", Verb: Close, Text: "agreed"}, {By: "lead", Verb: Reopen, Text: "because it goes on"},
	} {
		x.must(s.By, s.Verb, s.Text).agrees()
	}
	if x.c.State != Reopened {
		t.Errorf("it is %s", x.c.State)
	}
	x.es = slices.DeleteFunc(x.es, func(e Event) bool { return e.Verb == Triage })
	if _, ds, err := x.c.Audit(x.es, x.rules, x.now); err != nil || !slices.ContainsFunc(ds, func(d Difference) bool { return strings.Contains(d.Line, string(policy.Did)+" triage") }) {
		t.Errorf("nobody said that it was triaged: %v, %v", ds, err)
	}
}

// What is referred while a close waits for the second person is not closed before
// the agency has answered, where it is grave.
func TestReferWhileClosing(t *testing.T) {
	w := newWorker(t).triaged().settled()
	w.say("lead", Grade, "S2 because it is grave")
	w.say("lead", Plan, "talks")
	w.say("lead", Close, goodClose)
	w.say("deputy", Refer, "police CR-1")
	w.say("lead", Done, "DFE_24H told them")
	w.refused(ErrNotAllowed, "la", Close, "agreed")
	w.say("la", Veto, "because we wait")
	w.say("deputy", Heard, "police: no further action")
	w.say("lead", Close, goodClose)
	w.say("la", Close, "agreed")
	w.in(Closed)
}

// What two people found to be no safeguarding matter before anybody took it does
// not go back to be taken when it is opened again and turns out to be grave.
func TestReopenedUntaken(t *testing.T) {
	w := newWorker(t)
	w.say("lead", NotSafeguarding, "because it is a lost bag")
	w.say("deputy", NotSafeguarding, "because it is a lost bag")
	w.say("lead", Reopen, "because of the pictures")
	w.say("lead", Plan, "talks")
	for _, code := range []string{"LA_NOTIFY", "SUPPORT_AFFECTED", "REVIEW", "UPDATE_REPORTER"} {
		w.say("lead", Done, code)
	}
	w.say("lead", Close, goodClose)
	w.say("lead", Acknowledge, "")
	w.say("deputy", Flag, "IIOC")
	w.say("deputy", Owe, "HR")
	w.in(Acknowledged)
}
