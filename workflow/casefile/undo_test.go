package casefile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

// worked is an S2 that the lead of the service's own organisation took, graded
// lighter and held.
func worked(t *testing.T) *tale {
	rules := desked(t)
	x := &tale{t: t, rules: rules, now: local(26, 12, 0)}
	x.keep(Begin(Report{Ref: "SG-1", Org: "service", Severity: sla.S2}, rules, x.now))
	x.must("head", Acknowledge, "").must("head", Grade, "S3 because all is calm").must("head", Done, "triage")
	return x.must("head", Rest, "until 31 December because waiting for the person affected")
}

func (x *tale) bars(by string, people ...string) *tale {
	x.keep(x.c.Exclude(people, by, "she is his niece", x.rules, x.now))
	return x
}

// Nothing that a person did stands once they are off the case: what they held
// runs, for the acknowledgement as well; what they said was done runs again; the
// lighter severity is off; and their successors are told all of it.
func TestExcludeUndoesDeeds(t *testing.T) {
	x := worked(t)
	x.now = local(26, 12, 30)
	x.told = nil
	x.bars("under", "head")
	if x.c.Severity != sla.S2 || x.c.State != Submitted {
		t.Errorf("%+v", x.c)
	}
	if due := x.alarms["acknowledge.1="].Due; due.After(x.now.Add(time.Hour)) {
		t.Errorf("the acknowledgement rings at %v", due)
	}
	for _, k := range x.c.stand(x.rules, x.now).Clocks {
		if k.Running() && k.Due.After(local(30, 23, 0)) && k.Stage != sla.Closure && k.Stage != sla.Review && k.Stage != sla.UpdateReporter {
			t.Errorf("%s is still held until %v", k.Stage, k.Due)
		}
	}
	if a, ok := x.alarms["triage.1="]; !ok || a.Due.After(local(26, 16, 31)) {
		t.Errorf("triage does not run again: %+v", x.alarms)
	}
	for _, n := range x.told {
		if n.Kind == Opened && (n.Why == "" || n.Due.IsZero() || n.Stage != sla.Acknowledge) {
			t.Errorf("the letter to %s does not say which rule set its limit", n.To)
		}
	}
	x.agrees()
	x.now = local(26, 12, 45)
	x.must("la", Acknowledge, "").must("la", Grade, "S4 because it is nothing").must("la", Done, "triage")
	if x.bars("la", "under"); x.c.Severity != sla.S4 || x.c.By != "la" || x.c.clocks(x.rules, x.now, sla.Triage) != 0 {
		t.Errorf("what others did since does not stand: %+v", x.c)
	}
	x.agrees()
}

// clocks counts the clocks of a stage that run.
func (c Case) clocks(rules Rules, at time.Time, s sla.Stage) (n int) {
	for _, k := range c.stand(rules, at).Clocks {
		if k.Stage == s && k.Running() {
			n++
		}
	}
	return n
}

// What others did stays, and only the hold of whoever is off ends.
func TestExcludeKeepsOthersDeeds(t *testing.T) {
	x := worked(t)
	x.bars("head", "under")
	if x.c.Severity != sla.S3 || x.c.State != Acknowledged || x.c.clocks(x.rules, x.now, sla.Triage) != 0 || strings.Contains(string(x.c.Story), "resumed") {
		t.Errorf("%+v", x.c)
	}
	x.must("la", Done, "triage")
	if x.bars("la", "head"); x.c.clocks(x.rules, x.now, sla.Triage) != 0 {
		t.Error("triage runs again though another person did it as well")
	}
	x.agrees()
}

// Who remains hears that somebody was taken off; of a manager, and of each after
// the second, those above hear as well. Where no manager is left that is an alarm.
func TestExcludeIsTold(t *testing.T) {
	x := worked(t)
	x.told = nil
	x.bars("head", "under")
	x.heardBy("opened ", "la")
	x.bars("head", "m1")
	x.heardBy("changed ", "la", "m2")
	if x.count("nobody among the managers") != 0 {
		t.Error("an alarm though a manager is left")
	}
	x.bars("head", "m2")
	x.heardBy("changed ", "la")
	if x.count("nobody among the managers") != 1 {
		t.Error("no alarm though no manager is left")
	}
	if got := x.c.Told(x.rules.Roster, sla.Manager); len(got) != 1 || got[0].Person != "la" {
		t.Errorf("in place of the managers stand %v", got)
	}
	x.bars("head", "la")
	x.heardBy("opened ", "senior")
}

// Whoever takes everybody else off is not alone with the case: the contact
// outside the service is told, may act, and where nobody else may lifts an
// exclusion by themselves.
func TestExcludeEverybody(t *testing.T) {
	x := worked(t)
	x.rules.Roster.People["out"] = Person{ID: "out", Name: "out", Address: "out@council.example"}
	x.rules.Roster.Outside = "out"
	x.told = nil
	x.bars("head", "under", "la", "senior", "exec", "night", "m1", "m2")
	if got := x.heard(); !slices.Equal(got["opened "], []string{"out"}) && !slices.Equal(got["opened acknowledge"], []string{"out"}) || !x.c.MayAct(x.rules.Roster, "out") {
		t.Errorf("told %v", got)
	}
	if _, err := x.c.Readmit("la", "out", "it is not so", x.rules, x.now); err != nil {
		t.Error(err)
	}
	x.bars("out", "head")
	out, err := x.c.Readmit("la", "out", "it is not so", x.rules, x.now)
	if err != nil || out.Case.Excluded.Has("la") || !out.Case.MayAct(x.rules.Roster, "la") {
		t.Errorf("%v: %+v", err, out.Case)
	}
}

// An allowance of the council's own makes no deadline later than the policy's: of
// an emergency it is found, told and missed as if there were none.
func TestOwnAllowanceMakesNothingLater(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(26, 12, 0)).must("lead", Grade, "S1")
	before := x.alarms["acknowledge.0="].Due
	x.rules.Policy.Acknowledge, x.rules.Policy.Review = 72*time.Hour, 20*24*time.Hour
	x.told = nil
	x.until(local(26, 12, 15))
	if got := x.heard(); !slices.Contains(got["breach acknowledge"], "m1") || x.c.Breached.IsZero() {
		t.Errorf("nobody heard that the limit of %v passed: %v", before, got)
	}
	if x.c.reviewed(x.rules) {
		t.Error("the review is put off")
	}
	x.agrees()
	x.es = slices.DeleteFunc(x.es, func(e Event) bool { return e.Text == "acknowledge 100%" })
	if _, ds, err := x.c.Audit(x.es, x.rules, local(26, 13, 0)); err != nil || len(ds) == 0 {
		t.Errorf("replay finds nothing: %v", err)
	}
}

// The pace of the desk is that of whoever has least time.
func TestPace(t *testing.T) {
	rules := desked(t)
	p := rules.Books[rules.Version].Policy
	p.Stages = slices.Clone(p.Stages)
	for i := range p.Stages {
		if p.Stages[i].Stage == sla.Acknowledge {
			p.Stages[i].S[0] = sla.Elapsed(5 * time.Minute)
		}
	}
	quick := under(t, p)
	long := quick
	long.Policy.Acknowledge = time.Hour
	short := quick
	short.Policy.Acknowledge = time.Minute
	for _, tt := range []struct {
		rules Rules
		want  time.Duration
	}{{rules, 15 * time.Minute}, {quick, 5 * time.Minute}, {long, 5 * time.Minute}, {short, time.Minute}, {Rules{}, 15 * time.Minute}} {
		if got := tt.rules.Pace(); got != tt.want {
			t.Errorf("%v, want %v", got, tt.want)
		}
	}
}

// The limit of a case that was worked is that of a replay, and cheap.
func TestLimitOfAWorkedCase(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(26, 12, 0)).must("lead", Acknowledge, "").must("lead", Done, "triage")
	if got, want := x.c.Limit(x.rules, x.now), x.c.ladder(x.rules, x.now).limit(); !got.Equal(want) {
		t.Errorf("%v, a replay says %v", got, want)
	}
	if n := testing.AllocsPerRun(10, func() { x.c.Limit(x.rules, x.now) }); n > 60 {
		t.Errorf("%v allocations: it replays", n)
	}
	x.must("lead", Grade, "S1")
	if got, want := x.c.Limit(x.rules, x.now), x.c.ladder(x.rules, x.now).limit(); !got.Equal(want) {
		t.Errorf("graded: %v, a replay says %v", got, want)
	}
	y := begin(t, desked(t), sla.S2, local(26, 12, 0)).must("lead", Grade, "S1")
	if got, want := y.c.Limit(y.rules, y.now), local(26, 12, 15); !got.Equal(want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// Nor does anybody who must not know hear of a clock of the policy, though all of
// them climb to the top.
func TestT8NoTraceOfClocks(t *testing.T) {
	for _, org := range []string{"northgate", "service"} {
		for id := range desked(t).Roster.People {
			x := &tale{t: t, rules: desked(t), now: local(26, 12, 0)}
			barred := []string{id}
			if org == "northgate" && (id == "lead" || id == "deputy") {
				barred = []string{"lead", "deputy"}
			}
			x.keep(Begin(Report{Ref: "SG-1", Org: org, Severity: sla.S1, Excluded: IDs(id)}, x.rules, x.now))
			x.until(local(27, 12, 0))
			for _, n := range x.told {
				if slices.Contains(barred, n.To) {
					t.Errorf("%s: %s %s of a case about %s went to %s", org, n.Kind, n.Stage, id, n.To)
				}
			}
			if n := x.count("protective-action 100%"); n != 1 || x.c.Breached.IsZero() {
				t.Errorf("%s: without %s the limit was told %d times", org, id, n)
			}
			x.agrees()
		}
	}
}
