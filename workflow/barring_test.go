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

// A word that names nobody, or nobody in particular, keeps nobody from the case
// and says so.
func TestConflictNamesNobody(t *testing.T) {
	for _, text := range []string{"CONFLICT The", "CONFLICT somebody because he is close", "CONFLICT deputy, nobody", "UNCONFLICT deputy because we were wrong", "UNCONFLICT because", "UNCONFLICT deputy"} {
		d := newDesk(t)
		d.open("words")
		d.obey(d.answer(d.letter("lead", casefile.Opened), text))
		if c := d.only(); c.Excluded != "" || c.Lifting != "" || !d.says(c.Ref, "refused: ") || len(d.letters("lead", workflow.Transcript)) != 1 {
			t.Errorf("%q: %+v", text, c)
		}
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
