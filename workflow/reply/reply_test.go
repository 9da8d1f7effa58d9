package reply

import (
	"strings"
	"testing"

	"dutydesk/workflow/casefile"
)

func TestParse(t *testing.T) {
	const quoted = "\n\nOn Thu, 26 Nov 2026 at 10:00, Safeguarding <safeguarding@council.example> wrote:\n> CLOSE\n> ACK"
	tests := []struct {
		text    string
		verbs   string
		note    string
		nearest casefile.Verb
	}{
		{"ACK" + quoted, "ACK", "", ""},
		{"ack" + quoted, "ACK", "", ""},
		{"Ack, thanks." + quoted, "ACK", "", ""},
		{"Please acknowledge" + quoted, "ACK", "", ""},
		{"\"ACK\"\nI will ring her today" + quoted, "ACK", "I will ring her today", ""},
		{"ACK\nNOTE: rang the family", "ACK NOTE", "", ""},
		{"CLOSE because it was a misunderstanding", "CLOSE", "", ""},
		{"Close to tears when I saw her", "", "Close to tears when I saw her", ""},
		{"close the door please", "", "close the door please", ""},
		{"Thanks, I spoke to the family", "", "Thanks, I spoke to the family", ""},
		{"akc", "", "akc", casefile.Acknowledge},
		{"colse", "", "colse", casefile.Close},
		{"help", "HELP", "", ""},
		{"GRADE S1 because he knows where she lives", "GRADE", "", ""},
		{"grade s3 because it is old", "GRADE", "", ""},
		{"DONE triage\nDONE protective action", "DONE DONE", "", ""},
		{"done review, all is well", "DONE", "", ""},
		{"done with all of this", "", "done with all of this", ""},
		{"Done deal, he said", "", "Done deal, he said", ""},
		{"hold until 4 December because waiting for the person affected", "HOLD", "", ""},
		{"hold on a moment", "", "hold on a moment", ""},
		{"RESUME", "RESUME", "", ""},
		{"Status please", "STATUS", "", ""},
		{"STATUS\nshe is safe" + quoted, "STATUS", "she is safe", ""},
		{"STATUS: she is safe", "", "STATUS: she is safe", ""},
		{"status quo is fine", "", "status quo is fine", ""},
		{"What is the status?", "", "What is the status?", ""},
		{"satus", "", "satus", Status},
		{"garde", "", "garde", casefile.Grade},
		{"GRAED S1 because he has a knife", "", "GRAED S1 because he has a knife", casefile.Grade},
		{"graed s1 he has a knife", "", "graed s1 he has a knife", casefile.Grade},
		{"CONFLCIT", "", "CONFLCIT", casefile.Exclude},
		{"unconflit", "", "unconflit", casefile.Readmit},
		{"DOEN triage", "", "DOEN triage", casefile.Done},
		{"HODL until 4 December because of her", "", "HODL until 4 December because of her", casefile.Rest},
		{"Dome of the rock school told me", "", "Dome of the rock school told me", ""},
		{"He told me to wait", "", "He told me to wait", ""},
		{"Conflict of interest", "CONFLICT", "", ""},
		{"Conflict, I am her uncle", "CONFLICT", "", ""},
		{"conflict between two learners", "", "conflict between two learners", ""},
		{"REFER lado 2026/17", "REFER", "", ""},
		{"refer to the police", "REFER", "", ""},
		{"refer to my last mail", "", "refer to my last mail", ""},
		{"REFER TO MY LAST MAIL", "", "REFER TO MY LAST MAIL", ""},
		{"DONE triage not yet", "DONE", "", ""},
		{"done triage not yet", "", "done triage not yet", ""},
		{"> ACK", "", "", ""},
		{"-- please write above this line --\nACK", "", "", ""},
		{"From: Safeguarding\nSent: Thursday\nTo: Amy\n\nACK", "", "", ""},
		{"-----Original Message-----\nACK", "", "", ""},
		{"\n\n-- \nACK", "", "", ""},
		{"", "", "", ""},
	}
	for _, tt := range tests {
		got := Parse(tt.text)
		var verbs []string
		for _, w := range got.Words {
			verbs = append(verbs, string(w.Verb))
		}
		if strings.Join(verbs, " ") != tt.verbs || got.Note != tt.note || got.Nearest != tt.nearest {
			t.Errorf("%q: verbs %q, note %q, nearest %q; want %q, %q, %q", tt.text, verbs, got.Note, got.Nearest, tt.verbs, tt.note, tt.nearest)
		}
	}
}

// Whatever arrives, quoted text alone must never move a case.
func FuzzParse(f *testing.F) {
	f.Add("ACK\n> close")
	f.Add("> ACK")
	f.Add("\n\n'Close.' spoke to the family\n-- \nAmy")
	f.Fuzz(func(t *testing.T, text string) {
		quoted := "> " + strings.ReplaceAll(strings.ReplaceAll(text, "\r", "\n"), "\n", "\n> ")
		if r := Parse(quoted); len(r.Words) != 0 {
			t.Errorf("quoted text gave %v", r.Words)
		}
	})
}
