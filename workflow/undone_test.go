package workflow_test

import (
	"testing"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// say answers a person's newest letter about the case.
func (d *desk) say(person, text string) {
	d.t.Helper()
	all, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Person == person && all[i].Case != "" {
			d.obey(d.answer(all[i], text))
			return
		}
	}
	d.t.Fatalf("%s has no letter", person)
}

// Nobody takes everybody else off a case unseen: without a manager the local
// authority lead hears that there is none, and whoever would be alone with it is
// joined by the contact outside the service.
func TestConflictOfEverybodyElse(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.People["out"] = casefile.Person{ID: "out", Name: "Out", Address: "out@council.example"}
	d.Rules.Roster.Outside = "out"
	d.byPolicy(nil)
	d.open("words")
	d.say("lead", "CONFLICT manager because he is her uncle")
	if got := d.told(casefile.Changed); got["deputy"] != 1 || got["la-lead"] != 1 {
		t.Errorf("of the manager told %v", got)
	}
	if got := d.told(workflow.Trouble); got["la-lead"] != 1 || got["manager"] != 0 {
		t.Errorf("of the empty seat told %v", got)
	}
	d.say("lead", "CONFLICT the deputy, service-lead, la-lead, senior, executive because they are all her uncles")
	if got := d.told(casefile.Opened); got["out"] != 1 {
		t.Errorf("told %v", got)
	}
	d.say("out", "CONFLICT lead because nobody else is left")
	d.say("out", "UNCONFLICT la-lead because he does not know her")
	if c := d.only(); !c.Excluded.Has("lead") || c.Excluded.Has("la-lead") {
		t.Errorf("%+v", c)
	}
	d.audits()
}

// What a person held is held no more once they are off the case: the deadline of
// their successors is that of a case that was just opened.
func TestHoldOfTheConflicted(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("words")
	d.say("lead", "ACK\nGRADE S3 because it is calm\nHOLD until 31 December because waiting for the person affected")
	d.say("deputy", "CONFLICT lead because he is the uncle")
	if due := d.alarm().Due; due.After(noon.AddDate(0, 0, 1)) {
		t.Errorf("the next alarm rings at %v", due)
	}
	d.audits()
}
