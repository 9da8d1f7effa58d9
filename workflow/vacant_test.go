package workflow_test

import (
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// A step of the ladder with nobody on it is skipped at once, and managers hear
// of it, once a day.
func TestEmptyRungIsAnAlarm(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Orgs["org"] = casefile.Org{ID: "org", Name: "Org", Lead: "gone", Deputy: "gone"}
	for range 3 {
		d.open("please help " + d.now().String())
	}
	if got := d.told(casefile.Opened); !same(got, map[string]int{"service-lead": 3, "la-lead": 3, "manager": 3}) {
		t.Errorf("told of the concerns: %v", got)
	}
	if got := d.told(workflow.Trouble); !same(got, map[string]int{"manager": 1}) {
		t.Errorf("told of the empty rung: %v", got)
	}
	d.forward(24 * time.Hour)
	d.open("please help again")
	if got := d.told(workflow.Trouble); !same(got, map[string]int{"manager": 2}) {
		t.Errorf("told a day later: %v", got)
	}
}

// A manager in conflict does not hear of the rung either; where no other is left
// the local authority lead does.
func TestT8EmptyRungOfAConflict(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Orgs["org"] = casefile.Org{ID: "org", Name: "Org", Lead: "gone", Deputy: "gone"}
	d.Rules.Roster.People["manager"] = casefile.Person{ID: "manager", Name: "Femi Ade", Address: "manager@council.example"}
	d.named("Femi Ade did it")
	if xs, err := d.Ledger.Letters(t.Context(), ""); err != nil || len(xs) != 3 || d.told(workflow.Trouble)["la-lead"] != 1 {
		t.Errorf("%d letters, %v", len(xs), err)
	}
	for _, kind := range []casefile.Kind{casefile.Opened, workflow.Trouble} {
		if n := len(d.letters("manager", kind)); n != 0 {
			t.Errorf("%d letters (%s) to the manager", n, kind)
		}
	}
}

// A case on which nobody may act is a trouble of the desk; of the managers, only
// those hear of it who are not the reason, and nobody hears that it is over.
func TestT8Unowned(t *testing.T) {
	d := newDesk(t)
	if err := d.CheckUnowned(t.Context()); err != nil {
		t.Error(err)
	}
	d.open("please help")
	c := d.only()
	if err := d.Exclude(t.Context(), c.Ref, []string{"lead", "deputy", "service-lead", "la-lead", "senior", "executive", "manager"}, "la-lead", "everybody"); err != nil {
		t.Fatal(err)
	}
	d.Rules.Roster.People["second"] = casefile.Person{ID: "second", Name: "Second", Address: "second@council.example"}
	d.Rules.Roster.Managers = []string{"manager", "second"}
	if err := d.CheckUnowned(t.Context()); err == nil {
		t.Error("nobody noticed")
	}
	for range 2 {
		if err := d.Trouble(t.Context(), workflow.UnownedPart, 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.Recovered(t.Context(), workflow.UnownedPart); err != nil {
		t.Fatal(err)
	}
	if got := d.told(workflow.Trouble); !same(got, map[string]int{"second": 1}) || len(d.told(workflow.Recovered)) != 0 {
		t.Errorf("told %v, and that it is over %v", got, d.told(workflow.Recovered))
	}
}
