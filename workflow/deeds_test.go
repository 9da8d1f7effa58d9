package workflow_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// detail is what the last letter of a kind to a person says.
func (d *desk) detail(person string, kind casefile.Kind) workflow.Detail {
	d.t.Helper()
	return d.read(d.letter(person, kind))
}

func (d *desk) read(x ledger.Letter) (detail workflow.Detail) {
	d.t.Helper()
	if err := json.Unmarshal([]byte(x.Detail), &detail); err != nil {
		d.t.Fatal(err)
	}
	return detail
}

// about is a person's letter of a kind that is about a stage.
func (d *desk) about(person string, kind casefile.Kind, stage sla.Stage) (x ledger.Letter, ok bool) {
	d.t.Helper()
	all := d.letters(person, kind)
	i := slices.IndexFunc(all, func(x ledger.Letter) bool { return d.read(x).Stage == stage })
	if i < 0 {
		return x, false
	}
	return all[i], true
}

// Each word that is refused says why in a code of its own.
func TestRefusalsByCode(t *testing.T) {
	for text, want := range map[string]string{
		"DONE triage not yet":  "not-done",
		"DONE la acknowledged": "not-waited",
		"REFER police":         "not-grave",
		"REFER":                "unclear",
		"HOLD until 4 December because I am tired":                           "no-pause",
		"RESUME for nothing\nGRADE S4":                                       "needs-reason",
		"GRADE S1\nHOLD until 4 December because of it":                      "not-pausable",
		"GRADE S1\nGRADE S3 because it is over":                              "calm-proposed",
		"GRADE S1\nGRADE S3 because it is over\nGRADE S3 because it is over": "calm-same",
	} {
		d := newDesk(t)
		d.byPolicy(nil)
		d.open("please help")
		d.obey(d.answer(d.letter("lead", casefile.Opened), "ACK\nGRADE S3 because it is old"))
		d.obey(d.answer(d.letter("lead", workflow.Transcript), text))
		deeds := d.detail("lead", workflow.Transcript).Deeds
		last := deeds[len(deeds)-1]
		if last.Did != want || want == "no-pause" && !slices.Equal(last.Reasons, []string{"waiting for the person affected"}) {
			t.Errorf("%q: %+v, want %s", text, last, want)
		}
	}
}

// Whoever takes a case reads what is due next, by which rule, and when the case
// goes back if nothing follows; the second person for a lighter grade gets the
// words to answer with.
func TestTranscriptSaysWhatIsNext(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	d.obey(d.answer(d.letter("lead", casefile.Opened), "ACK"))
	said := d.detail("lead", workflow.Transcript)
	if said.Stage != sla.Triage || said.Due.IsZero() || said.Why == "" || said.Back.Sub(d.now()) < 4*time.Hour-time.Minute {
		t.Errorf("%+v", said)
	}
	d.obey(d.answer(d.letter("lead", workflow.Transcript), "GRADE S1 because he waits outside\nGRADE S3 because he was arrested"))
	if all := d.letters("deputy", casefile.Changed); !slices.ContainsFunc(all, func(x ledger.Letter) bool { return d.read(x).Ask == "GRADE S3 because " }) {
		t.Errorf("nobody is asked to agree: %+v", all)
	}
}

// Whoever is on call gets the check out of hours with its own limit, and not a
// request to acknowledge by then; the local authority's lead an emergency with
// the limit of their answer.
func TestLettersHaveTheirOwnLimit(t *testing.T) {
	d := since(t, time.Date(2026, 11, 27, 2, 0, 0, 0, time.UTC))
	d.Rules.Roster.OnCall = "senior"
	d.open("please help")
	if said := d.detail("senior", casefile.Opened); said.Stage != sla.Screen || !said.Due.Equal(d.only().Opened.Add(2*time.Hour).Truncate(time.Second)) {
		t.Errorf("%+v", said)
	}
	d.obey(d.answer(d.letter("senior", casefile.Opened), "GRADE S1"))
	if said := d.detail("la-lead", casefile.Informed); said.Due.Sub(d.now()) < 59*time.Minute || said.Due.Sub(d.now()) > time.Hour {
		t.Errorf("%+v", said)
	}
}

// A referral by mail: it is wanted, and then it is done.
func TestReferByLetter(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	d.obey(d.answer(d.letter("lead", casefile.Opened), "ACK\nrefer to the police, CAD 1234"))
	nudge, told := d.about("lead", casefile.StageNudge, sla.Refer)
	for ; !told; nudge, told = d.about("lead", casefile.StageNudge, sla.Refer) {
		d.ring()
	}
	d.obey(d.answer(nudge, "DONE referral police CAD 1234"))
	deeds := d.detail("lead", workflow.Transcript).Deeds
	if deeds[0].Did != "done" {
		t.Errorf("%+v", deeds)
	}
	d.audits()
}
