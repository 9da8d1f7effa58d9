package reply

import (
	"testing"

	"dutydesk/workflow/casefile"
)

// A command is its first words; what is none is never guessed, and the nearest
// verb is named.
func TestAct(t *testing.T) {
	for said, want := range map[string]Word{
		"GRADE S2 because he is at risk":   {casefile.Grade, "S2 because he is at risk"},
		" flag: staffsubj, live":           {casefile.Flag, "staffsubj, live"},
		"not needed LADO because no staff": {casefile.NotNeeded, "LADO because no staff"},
		"Not-Safeguarding, because a bill": {casefile.NotSafeguarding, "because a bill"},
		"note":                             {casefile.Note, ""},
		"close ADVICE.\ntold: yes":         {casefile.Close, "ADVICE.\ntold: yes"},
	} {
		if w, _, ok := Act(said); !ok || w != want {
			t.Errorf("%q: %+v, %v", said, w, ok)
		}
	}
	for said, near := range map[string]casefile.Verb{"GARDE S2": casefile.Grade, "closed": casefile.Close, "flags LIVE": casefile.Flag, "INVESTIGATE him": "", "": "", "not": casefile.Note, "TRIAGE-X": casefile.Triage} {
		if w, got, ok := Act(said); ok || got != near {
			t.Errorf("%q: %+v, nearest %q, want %q", said, w, got, near)
		}
	}
}

// Every verb that a person may say can be written, and is itself.
func TestActKnowsEveryVerb(t *testing.T) {
	for _, v := range casefile.Acts() {
		if w, _, ok := Act(string(v) + " x"); !ok || w != (Word{v, "x"}) {
			t.Errorf("%s: %+v", v, w)
		}
	}
}
