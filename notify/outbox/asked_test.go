package outbox_test

import (
	"regexp"
	"testing"
	"time"

	"dutydesk/notify"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/reply"
	"dutydesk/workflow/sla"
)

// demands are the words that a letter tells people to answer.
var demands = regexp.MustCompile(`answer ([A-Z]{4,}(?: [a-z0-9A-Z]+)*?)(?:[.;,]| because| in time)`)

// Whatever a letter about a stage tells people to answer is understood, as the
// word that does it; a manager, who may not act, is told no word and offered no
// ready reply but CONFLICT.
func TestLettersAskForWordsThatAreObeyed(t *testing.T) {
	for _, term := range sla.DefaultTerms() {
		if term.Desk || term.Stage == sla.Acknowledge {
			continue
		}
		for _, kind := range []notify.Kind{notify.StageNudge, notify.StageBreach} {
			text := asking(t, kind, term.Stage, "lead")
			all := demands.FindAllStringSubmatch(text, -1)
			if len(all) == 0 {
				t.Errorf("%s of %s asks for nothing:\n%s", kind, term.Stage, text)
			}
			for _, m := range all {
				if said := reply.Parse(m[1]); len(said.Words) != 1 || said.Words[0].Verb != casefile.Close && !casefile.Takes(said.Words[0].Verb, said.Words[0].Text) {
					t.Errorf("%s of %s asks for %q, which is not understood: %+v", kind, term.Stage, m[1], said)
				}
			}
			if text := asking(t, kind, term.Stage, "manager"); demands.MatchString(text) || regexp.MustCompile(`mailto:|first line`).MatchString(text) || !regexp.MustCompile(`reply CONFLICT`).MatchString(text) {
				t.Errorf("%s of %s asks a manager to act:\n%s", kind, term.Stage, text)
			}
		}
	}
}

// asking is the text of a letter about a stage.
func asking(t *testing.T, kind notify.Kind, stage sla.Stage, role string) string {
	t.Helper()
	l, err := notify.Compose(notify.Facts{Kind: kind, What: string(stage), Role: role, State: "acknowledged", Ref: "SG-7K3F9", Severity: "S2",
		Service: "Desk", ServiceAddress: "safeguarding@council.example", To: notify.Person{Address: "lead@council.example"},
		Now: noon, Due: noon.Add(time.Hour), Token: "k3v9x0q2m7c5t8w1b4n6z0d2f8", LetterID: "01JD8Z6Q4M", Host: "council.example"})
	if err != nil {
		t.Fatal(err)
	}
	return l.Text
}
