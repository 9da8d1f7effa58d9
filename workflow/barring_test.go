package workflow_test

import (
	"testing"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// letter is the last of a kind to a person, who has one.
func (d *desk) letter(person string, kind casefile.Kind) ledger.Letter {
	d.t.Helper()
	xs := d.letters(person, kind)
	if len(xs) == 0 {
		d.t.Fatalf("%s has no letter %s", person, kind)
	}
	return xs[len(xs)-1]
}

// A lead who is too close says so in a word: the case goes round their provider,
// nothing they wrote after that is a command, and the last that they hear is
// that they are off it.
func TestConflictBySelf(t *testing.T) {
	for _, text := range []string{"CONFLICT", "conflict because she is my niece", "ACK\nCONFLICT me because of my niece\nGRADE S4 because nothing\nCLOSE because of nothing", "CONFLICT\n\nShe is my niece."} {
		d := newDesk(t)
		d.Rules.Roster.Triage = "other"
		d.open("words")
		said := d.answer(d.letter("lead", casefile.Opened), text)
		d.obey(said)
		c := d.only()
		if !c.Excluded.Has("lead") || c.State != casefile.Submitted || c.By != "" || c.MayAct(d.Rules.Roster, "deputy") {
			t.Errorf("%q: %+v", text, c)
		}
		for _, person := range []string{"la-lead", "service-lead"} {
			if len(d.letters(person, casefile.Opened)) != 1 {
				t.Errorf("%q: %s does not know", text, person)
			}
		}
		if x := d.letter("lead", workflow.OffCase); x.Case != "" || len(d.letters("lead", workflow.Transcript)) != 0 {
			t.Errorf("%q: %+v", text, x)
		}
		said.Arrived, said.Text = d.arrive("and ACK"), "ACK"
		if d.obey(said); d.only().State != casefile.Submitted {
			t.Errorf("%q: a person in conflict was obeyed", text)
		}
	}
}

// UNCONFLICT that names nobody, or nobody in particular, lets nobody back and
// says so.
func TestUnconflictNamesNobody(t *testing.T) {
	for _, text := range []string{"UNCONFLICT deputy because we were wrong", "UNCONFLICT because", "UNCONFLICT deputy"} {
		d := newDesk(t)
		d.open("words")
		d.obey(d.answer(d.letter("lead", casefile.Opened), text))
		if c := d.only(); c.Excluded != "" || c.Lifting != "" || !d.says(c.Ref, "refused: ") || len(d.letters("lead", workflow.Transcript)) != 1 {
			t.Errorf("%q: %+v", text, c)
		}
	}
}

// CONFLICT keeps whom it names from the case, and its sender too where it is not
// clear whom: when in doubt somebody is left out.
func TestConflictWhom(t *testing.T) {
	for text, want := range map[string]casefile.IDs{
		"Conflict of interest":                             "lead",
		"conflict - she is my niece":                       "lead",
		"Conflict, I am her uncle":                         "lead",
		"CONFLICT somebody because he is close":            "lead",
		"CONFLICT The":                                     "lead",
		"CONFLICT deputy, nobody":                          "deputy lead",
		"CONFLICT me, the deputy, the la-lead":             "deputy la-lead lead",
		"CONFLICT myself and deputy@council.example":       "deputy lead",
		"CONFLICT: the deputy is her uncle":                "deputy",
		"CONFLICT the deputy, he is her uncle, I am told":  "deputy",
		"CONFLICT of interest: the deputy because he knew": "deputy",
	} {
		d := newDesk(t)
		d.open("words")
		d.obey(d.answer(d.letter("lead", casefile.Opened), text))
		if c := d.only(); c.Excluded != want {
			t.Errorf("%q keeps %q from the case, want %q", text, c.Excluded, want)
		}
		if off := len(d.letters("lead", workflow.OffCase)) == 1; off != want.Has("lead") {
			t.Errorf("%q: the sender was told that they are off it: %v", text, off)
		}
	}
}

// A manager hears of a case and may not act on it, but may say that they are too
// close to it: then they hear nothing more.
func TestConflictByManager(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Managers = []string{"manager", "other-lead"}
	d.open("words")
	for d.told(casefile.Breach)["manager"] == 0 {
		d.ring()
	}
	d.obey(d.answer(d.letter("manager", casefile.Breach), "ACK\nGRADE S1"))
	if c := d.only(); c.State != casefile.Submitted || c.Severity != "S2" || len(d.letters("manager", workflow.Transcript)) != 0 {
		t.Errorf("a manager was obeyed: %+v", c)
	}
	d.obey(d.answer(d.letter("manager", casefile.Breach), "ACK\nCONFLICT because she is my niece\nGRADE S1"))
	c := d.only()
	if c.State != casefile.Submitted || c.Severity != "S2" || c.Excluded != "manager" {
		t.Fatalf("%+v", c)
	}
	if !d.says(c.Ref, "ACK refused: ") {
		t.Error("a manager took the case")
	}
	if x := d.letter("manager", workflow.OffCase); x.Case != "" || len(d.letters("manager", workflow.Transcript)) != 0 {
		t.Errorf("%+v", x)
	}
	before := d.told(casefile.Breach)
	d.ring()
	if after := d.told(casefile.Breach); after["manager"] != before["manager"] || after["other-lead"] == before["other-lead"] {
		t.Errorf("told %v, before %v", after, before)
	}
}

// Whoever a colleague names hears nothing more, what was not sent to them is
// taken back, and only two others let them back (G10).
func TestConflictIsUndoneByTwo(t *testing.T) {
	d := newDesk(t)
	d.open("words")
	deputys := d.letter("deputy", casefile.Opened)
	d.obey(d.answer(d.letter("lead", casefile.Opened), "CONFLICT the deputy because he is her uncle"))
	if c := d.only(); c.Excluded != "deputy" {
		t.Fatalf("%+v", c)
	}
	if x, err := d.Ledger.Letter(t.Context(), deputys.ID); err != nil || x.State == ledger.Due {
		t.Errorf("the deputy's letter is still owed: %+v, %v", x, err)
	}
	undo := "UNCONFLICT deputy@council.example because it is another family"
	for _, tt := range []struct {
		by   string
		kind casefile.Kind
		back bool
	}{{"lead", workflow.Transcript, false}, {"lead", workflow.Transcript, false}, {"la-lead", casefile.Opened, true}} {
		d.obey(d.answer(d.letter(tt.by, tt.kind), undo))
		if c := d.only(); c.Excluded.Has("deputy") == tt.back {
			t.Fatalf("after %s: %+v", tt.by, c)
		}
	}
	if got := d.told(casefile.Changed); got["la-lead"] != 1 || got["lead"] != 1 || got["deputy"] != 0 {
		t.Errorf("told %v", got)
	}
}
