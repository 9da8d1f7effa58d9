package casefile

import (
	"slices"
	"testing"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// changed puts another policy in force for the case: the default, changed.
func (x *tale) changed(change func(*policy.Policy)) *tale {
	x.t.Helper()
	p, err := policy.Default()
	if err != nil {
		x.t.Fatal(err)
	}
	p.Stages, p.Ladder = slices.Clone(p.Stages), slices.Clone(p.Ladder)
	change(&p)
	next := under(x.t, p)
	for v, b := range x.rules.Books {
		next.Books[v] = b
	}
	x.rules = next
	out, _, _, replanned := x.c.Replan(next, x.now)
	if !replanned {
		x.t.Fatal("the policy is not new")
	}
	x.keep(out)
	return x
}

// fewer takes the nudges of these shares away and makes an S2 due a minute
// earlier at a stage.
func fewer(stage sla.Stage, limit time.Duration, shares ...int) func(*policy.Policy) {
	return func(p *policy.Policy) {
		for i := range p.Stages {
			if p.Stages[i].Stage == stage {
				p.Stages[i].S[1] = sla.Elapsed(limit)
			}
		}
		p.Ladder = slices.DeleteFunc(p.Ladder, func(r policy.Rung) bool { return slices.Contains(shares, r.Percent) })
	}
}

// A policy with fewer rungs, put in force in the middle of a ladder, passes over
// no limit: it is told at its new time to everybody who must hear of it.
func TestShorterLadderKeepsTheLimit(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).until(local(25, 10, 50))
	x.changed(fewer(sla.Acknowledge, 59*time.Minute, 50, 80)).heard()
	x.until(local(25, 10, 59)).heardBy("breach acknowledge", "lead", "deputy", "head", "la", "m1", "m2")
	x.until(local(25, 11, 58)).heardBy("breach acknowledge", "la", "senior", "m1", "m2")

	x = begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "").must("lead", Note, "began").until(local(25, 13, 13))
	x.changed(fewer(sla.Triage, 239*time.Minute, 50, 80)).heard()
	x.until(local(25, 13, 59)).heardBy("stage-breach triage", "lead", "deputy", "head", "la", "m1", "m2")
}

// Nor does the limit vanish when somebody takes the case after it, before the
// desk has noticed.
func TestShorterLadderKeepsTheBreach(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).until(local(25, 10, 50))
	x.changed(fewer(sla.Acknowledge, 59*time.Minute, 50, 80)).heard()
	x.now = local(25, 11, 48)
	x.must("lead", Acknowledge, "")
	if got := x.heard(); x.c.Breached.IsZero() || !slices.Contains(got["breach acknowledge"], "m1") {
		t.Errorf("breached %v, told %v", x.c.Breached, got)
	}
}

// A longer ladder tells what the shorter did not have, and what was told and has
// passed only once.
func TestLongerLadder(t *testing.T) {
	rules := desked(t)
	x := begin(t, rules, sla.S2, local(25, 10, 0)).until(local(25, 10, 50))
	x.changed(func(p *policy.Policy) {
		fewer(sla.Acknowledge, 59*time.Minute)(p)
		p.Ladder = append(p.Ladder, policy.Rung{Severities: []sla.Severity{sla.S2}, Percent: 90, Tell: []sla.Role{sla.ServiceLead}})
	}).until(local(25, 10, 59))
	for text, n := range map[string]int{"acknowledge 50%": 1, "acknowledge 80%": 1, "acknowledge 90%": 1, "acknowledge 100%": 1} {
		if got := x.count(text); got != n {
			t.Errorf("%q stands %d times, want %d", text, got, n)
		}
	}
}

// A graver severity begins every ladder that it begins again at its first rung,
// whatever the lighter one had told.
func TestGraverSeverityLeavesNoRungOut(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "").must("lead", Note, "began").until(local(25, 13, 13))
	x.must("lead", Grade, "S1 because he has a knife").heard()
	x.until(local(25, 13, 28)).heardBy("stage-nudge triage", "lead", "deputy")
	x.until(local(25, 13, 37)).heardBy("stage-nudge triage", "lead", "deputy", "head")
	x.until(local(25, 13, 43)).heardBy("stage-breach triage", "lead", "deputy", "head", "la", "night", "m1", "m2")
}

// A lighter severity tells anew, at their new times, the rungs that it moves.
func TestLighterSeverityTellsAgain(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "").must("lead", Note, "began").until(local(25, 13, 13))
	x.must("lead", Grade, "S3 because she is safe").heard()
	due := x.alarms["triage.0="].Due
	if a := x.alarms["triage.0="]; a.Rung != 0 || !due.After(local(25, 13, 13)) {
		t.Errorf("%+v", a)
	}
	x.until(due).heardBy("stage-nudge triage", "lead")
}
