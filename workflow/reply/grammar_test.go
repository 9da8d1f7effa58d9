package reply

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"dutydesk/workflow/casefile"
)

// Every word of the grammar is read as people write it, with what it takes.
func TestGrammar(t *testing.T) {
	for text, want := range map[string]Command{
		"ACK":                                 {Verb: "ACK"},
		"ack SG-7K3F9, sg-00a1b":              {Verb: "ACK", Argument: "SG-7K3F9, sg-00a1b", Refs: refs("SG-7K3F9", "SG-00A1B")},
		"akc":                                 {Verb: "ACK", Written: "akc"},
		"Acknowleged, thanks":                 {Verb: "ACK", Written: "Acknowleged"},
		"NOTE rang her":                       {Verb: "NOTE", Argument: "rang her", Text: "rang her"},
		"Note: he said \"because\" why":       {Verb: "NOTE", Argument: "he said \"because\" why", Text: "he said \"because\" why"},
		"take it":                             {Verb: "TAKE", Argument: "it"},
		"TAKE":                                {Verb: "TAKE"},
		"Please pass to deputy":               {Verb: "PASS", Argument: "to deputy", To: "deputy"},
		"PASS to my deputy because I am away": {Verb: "PASS", Argument: "to my deputy because I am away", To: "deputy", Because: "I am away"},
		"pass":                                {Verb: "PASS"},
		"GRADE S1 because he knows where she lives": {Verb: "GRADE", Argument: "S1 because he knows where she lives", Severity: "S1", Because: "he knows where she lives"},
		"grade to s3, it is old":                    {Verb: "GRADE", Argument: "to s3, it is old", Severity: "S3", Because: "it is old"},
		"Grade: high.":                              {Verb: "GRADE", Argument: "high.", Severity: "S2"},
		"GRADE it higher":                           {Verb: "GRADE", Argument: "it higher", Text: "it higher", Wants: []string{"severity"}},
		"FORM exc, trl-pub":                         {Verb: "FORM", Argument: "exc, trl-pub", Codes: []string{"EXC", "TRL-PUB"}},
		"form EXC and TRL":                          {Verb: "FORM", Argument: "EXC and TRL", Codes: []string{"EXC", "TRL"}},
		"FLAG U18 DPO_BREACH":                       {Verb: "FLAG", Argument: "U18 DPO_BREACH", Codes: []string{"U18", "DPO_BREACH"}},
		"FLAG":                                      {Verb: "FLAG", Wants: []string{"codes"}},
		"REFER police":                              {Verb: "REFER", Argument: "police", To: "police"},
		"refer to the police CAD-1234":              {Verb: "REFER", Argument: "to the police CAD-1234", To: "police", Reference: "CAD-1234"},
		"REFER Children's Social Care ref. 77/12":   {Verb: "REFER", Argument: "Children's Social Care ref. 77/12", To: "Children's Social Care", Reference: "77/12"},
		"done triage":                               {Verb: "DONE", Argument: "triage", Codes: []string{"triage"}},
		"DONE protective action":                    {Verb: "DONE", Argument: "protective action", Codes: []string{"protective action"}},
		"done review, all is well":                  {Verb: "DONE", Argument: "review, all is well", Codes: []string{"review"}, Text: "all is well"},
		"DONE LADO ref 2026/11":                     {Verb: "DONE", Argument: "LADO ref 2026/11", Codes: []string{"LADO"}, Reference: "2026/11"},
		"Done.":                                     {Verb: "DONE", Wants: []string{"code"}},
		"NOT-NEEDED POLICE_101 because she is safe": {Verb: "NOT-NEEDED", Argument: "POLICE_101 because she is safe", Codes: []string{"POLICE_101"}, Because: "she is safe"},
		"Not needed: LADO because he is no worker":  {Verb: "NOT-NEEDED", Argument: "LADO because he is no worker", Codes: []string{"LADO"}, Because: "he is no worker"},
		"NOT NEEDED lado":                           {Verb: "NOT-NEEDED", Argument: "lado", Codes: []string{"lado"}, Wants: []string{"because"}},
		"UPDATE reporter: are you safe? Ring us":    {Verb: "UPDATE", Argument: "reporter: are you safe? Ring us", To: "reporter", Text: "are you safe? Ring us"},
		"update the reporter":                       {Verb: "UPDATE", Argument: "the reporter", To: "reporter", Wants: []string{"text"}},
		"hold until 4 December because she is away": {Verb: "HOLD", Argument: "until 4 December because she is away", Until: "4 December", Because: "she is away"},
		"HOLD until Friday":                         {Verb: "HOLD", Argument: "until Friday", Until: "Friday", Wants: []string{"because"}},
		"resume":                                    {Verb: "RESUME"},
		"restrict exhibit 3":                        {Verb: "RESTRICT", Argument: "exhibit 3", Item: "exhibit 3"},
		"RESTRICT the photo":                        {Verb: "RESTRICT", Argument: "the photo", Text: "the photo", Wants: []string{"item"}},
		"Conflict":                                  {Verb: "CONFLICT"},
		"CONFLICT because he is my son":             {Verb: "CONFLICT", Argument: "because he is my son", Because: "he is my son"},
		"CONFLICT AMY LEAD":                         {Verb: "CONFLICT", Argument: "AMY LEAD", Text: "AMY LEAD"},
		"unconflict: Amy Lead because he is no kin": {Verb: "UNCONFLICT", Argument: "Amy Lead because he is no kin", Text: "Amy Lead", Because: "he is no kin"},
		"Resume because she is back":                {Verb: "RESUME", Argument: "because she is back", Because: "she is back"},
		"Hold: she is away":                         {Verb: "HOLD", Argument: "she is away", Text: "she is away", Wants: []string{"until", "because"}},
		"CLOSE because it was a misunderstanding":   {Verb: "CLOSE", Argument: "because it was a misunderstanding", Because: "it was a misunderstanding"},
		"CLOSE unfounded because he was not there":  {Verb: "CLOSE", Argument: "unfounded because he was not there", Text: "unfounded", Because: "he was not there"},
		"Confirm river apple stone bird":            {Verb: "CONFIRM", Argument: "river apple stone bird", Codes: []string{"river apple stone bird"}},
		"CONFIRM the code":                          {Verb: "CONFIRM", Argument: "the code", Text: "the code", Wants: []string{"code"}},
		"HOLD for a week":                           {Verb: "HOLD", Argument: "for a week", Text: "for a week", Wants: []string{"until", "because"}},
		"CONFIRM river apple stone bird":            {Verb: "CONFIRM", Argument: "river apple stone bird", Codes: []string{"river apple stone bird"}},
		"confirm":                                   {Verb: "CONFIRM", Wants: []string{"code"}},
		"VETO - she is not safe":                    {Verb: "VETO", Argument: "she is not safe", Text: "she is not safe"},
		"Reopen because he came back":               {Verb: "REOPEN", Argument: "because he came back", Because: "he came back"},
		"REOPEN":                                    {Verb: "REOPEN", Wants: []string{"because"}},
		"status?":                                   {},
		"Status please":                             {Verb: "STATUS"},
		"HELP!":                                     {Verb: "HELP"},
	} {
		r := Read(text)
		if want.Verb == "" && len(r.Commands) == 0 {
			continue
		}
		if len(r.Commands) != 1 {
			t.Errorf("%q: %+v", text, r)
			continue
		}
		r.Commands[0].end = 0
		if got := r.Commands[0]; shown(got) != shown(want) {
			t.Errorf("%q:\n%s, want\n%s", text, shown(got), shown(want))
		}
	}
}

func refs(all ...casefile.Ref) []casefile.Ref { return all }

func shown(c Command) string {
	b, err := json.Marshal(c)
	return fmt.Sprint(string(b), err)
}

// What people write that only begins like a command is a note.
func TestNoCommand(t *testing.T) {
	for _, text := range []string{
		"Take care", "take her home please", "Take a look at this", "TAKE CARE OF HER", "pass it on", "Pass the message to her mother when she is back", "PASS IT ON TO HER",
		"Hold on a moment", "HOLD ON", "hold her", "Done deal, he said", "done with all of this", "Done, I rang her", "Done and dusted", "Form attached", "form filled in", "Flag this with her", "flag it up",
		"Refer to my last email", "Status: no change", "status quo", "STATUS QUO", "Update: she is safe now", "Update to follow", "Not needed any more", "Confirm that she is safe", "confirm with her mother tonight", "UPDATE: she is safe", "STATUS: no change", "FORM attached by her", "TAKE care of her", "confirmed",
		"Restricted by law", "restrict her access", "veto power", "reopened", "Reopen the door", "closing this", "Resume attached", "Grade school", "grade 5 pupil", "High grade",
	} {
		if r := Read(text); len(r.Commands) != 0 || r.Note != text {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// A misspelt word is never guessed into a grave act: the nearest word is named.
func TestNeverGuessed(t *testing.T) {
	for text, nearest := range map[string]casefile.Verb{
		"NTOE: rang her": "NOTE", "AKC on my way": "ACK", "colse": "CLOSE", "clsoe": "CLOSE", "closs": "CLOSE", "confrim": "CONFIRM", "CONFIRN river apple stone bird": "CONFIRM", "reopn": "REOPEN", "restrcit": "RESTRICT", "conflit": "CONFLICT", "uncnflict": "UNCONFLICT",
		"vteo": "VETO", "garde S4": "GRADE", "hodl": "HOLD", "doen": "DONE", "upadte": "UPDATE", "not-neded LADO": "NOT-NEEDED", "CLOES the case because it is over": "CLOSE", "colse because it is over": "CLOSE", "Colse the door to him": "",
	} {
		if r := Read(text); len(r.Commands) != 0 || r.Nearest != nearest || (r.Unknown != "") != (nearest != "") || r.Note != text {
			t.Errorf("%q: %+v, want %q", text, r, nearest)
		}
	}
	for text, verb := range map[string]casefile.Verb{"akc": "ACK", "acknowlege": "ACK", "Acknowledged.": "ACK", "psas": "PASS", "tkae": "TAKE", "staus": "STATUS", "hlep": "HELP", "ntoe": "NOTE", "resmue": "RESUME"} {
		if r := Read(text); len(r.Commands) != 1 || r.Commands[0].Verb != verb || r.Commands[0].Written == "" || r.Note != "" {
			t.Errorf("%q: %+v", text, r)
		}
		if r := Parse(text); len(r.Words) != 0 || r.Note != text {
			t.Errorf("the office obeys %q: %+v", text, r)
		}
	}
	for _, text := range []string{"from", "held", "cloze it because", "art", "back", "bass", "lack", "ache", "notes for her", "hello", "thanks"} {
		if r := Read(text); len(r.Commands) != 0 {
			t.Errorf("%q: %+v", text, r)
		}
	}
}

// No grave word is ever forgiven, whatever its letters.
func FuzzGrave(f *testing.F) {
	f.Add("CLOZE because")
	f.Add("confirn river apple stone bird")
	f.Fuzz(func(t *testing.T, text string) {
		for _, c := range Read(text).Commands {
			r, _ := known(strings.ToLower(string(c.Verb)))
			if r == nil || c.Written != "" && !r.forgiven {
				t.Errorf("%q became %+v", text, c)
			}
			if c.Written == "" && !strings.Contains(strings.ToLower(strings.NewReplacer(" ", "-", "_", "-").Replace(text)), strings.ToLower(string(c.Verb))) {
				t.Errorf("%q does not say %+v", text, c)
			}
		}
	})
}

// Commands are the first lines, one a line, and only what stands above the
// quoted lines, or below all of them.
func TestWhereCommandsStand(t *testing.T) {
	const quote = "On 26 Nov 2026, at 10:00, Desk <d@c.example> wrote:\n> -- " + Marker + " --\n> CLOSE because\n> ACK\n"
	for text, want := range map[string]string{
		"ACK\nGRADE S2 because of it\n\nI rang her.\nCLOSE": "ACK GRADE",
		"Hi,\n\nTAKE\nI rang her.":                          "TAKE",
		"I rang her.\nACK":                                  "",
		"ACK\n\n" + quote + "\nTAKE":                        "ACK",
		quote + "\nACK\nTAKE":                               "ACK TAKE",
		quote + "ACK":                                       "",
		"On 26 Nov 2026, at 10:00, Desk <d@c.example> wrote:\n\n> x\n\nACK": "",
		"From: Desk\nSent: today\n\n> -- " + Marker + "\n\nACK":             "",
		quote + "\nACK\n> CLOSE":                                "",
		quote:                                                   "",
		"> " + Marker + "\n> x\nACK":                            "",
		"> " + Marker + "\n> x\n\nACK":                          "ACK",
		"-- " + Marker + " --\n> x\n\nACK":                      "",
		"Sent from my iPhone\n\nACK":                            "",
		"CAUTION: this email came from outside\n\nACK":          "ACK",
		"-- \nAmy\nACK":                                         "",
		"From: Desk\nSent: today\n\nACK":                        "",
		"ACK\n\nRegards,\nAmy Lead\nSafeguarding Lead":          "ACK",
		"ACK\r\nTAKE\r\rNOTE x\n":                               "ACK TAKE NOTE",
		"\u200bACK\n\u00a0\nTAKE":                               "ACK TAKE",
		"*ACK*\n**GRADE S1**":                                   "ACK GRADE",
		"ACK " + strings.Repeat("a", longestCommand) + "\nTAKE": "",
	} {
		var got []string
		for _, c := range Read(text).Commands {
			got = append(got, string(c.Verb))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%.80q: %q, want %q", text, got, want)
		}
	}
}

// A mail gives so many commands and no more; the rest is kept.
func TestMostCommands(t *testing.T) {
	r := Read(strings.Repeat("ACK\n", mostCommands+1))
	if len(r.Commands) != mostCommands || r.Note != "ACK" {
		t.Errorf("%d commands, note %q", len(r.Commands), r.Note)
	}
}

// The office sees the commands that it carries out, up to the first that it does
// not; everything else is a note to it.
func TestOfficeObeysItsOwn(t *testing.T) {
	for text, want := range map[string]string{
		"ACK\nTAKE\nCLOSE because": "[{ACK }] TAKE\nCLOSE because",
		"Hi,\nTAKE":                "[] Hi,\nTAKE",
		"Hi,\nACK\nmore":           "[{ACK }] more",
		"akc":                      "[] akc",
	} {
		if r := Parse(text); fmt.Sprint(r.Words, " ", r.Note) != want {
			t.Errorf("%q: %+v, want %s", text, r, want)
		}
	}
}

// What may have been said is noted: only what a mark or a program sets off as
// quoted is left out.
func TestNoteLosesNothing(t *testing.T) {
	for text, note := range map[string]string{
		"ACK\nShe is well.\n\nSent from my iPhone\n\nHe is not.":                                               "She is well.\n\nHe is not.",
		"ACK\nShe is well.\n\nKind regards,\nAmy Lead\nCollege":                                                "She is well.\n\nKind regards,\nAmy Lead\nCollege",
		"ACK\n\nOn 26 Nov 2026, at 10:00, Desk <d@c.example> wrote:\n> is she well?\n\nYes.\n> and he?\n\nNo.": "Yes.\n\nNo.",
	} {
		if r, p := Read(text), Parse(text); r.Note != note || p.Note != note {
			t.Errorf("%q: %q and %q, want %q", text, r.Note, p.Note, note)
		}
	}
}

// A courtesy is taken off whatever letters stand before it.
func TestCourtesyAfterLettersThatGrow(t *testing.T) {
	if r := Parse("ACK " + strings.Repeat("Ⱥ", 40) + " please"); len(r.Words) != 1 || r.Words[0].Text != strings.Repeat("Ⱥ", 40) {
		t.Errorf("%+v", r)
	}
}

// Text that is nothing but quoted never yields a command, nor anything said.
func FuzzQuoteAlone(f *testing.F) {
	f.Add("ACK\nGRADE S1\r\n\r\nTAKE")
	f.Add("\n>\n\nCLOSE")
	f.Fuzz(func(t *testing.T, text string) {
		text = unified(text)
		for _, quoted := range []string{
			"> " + strings.ReplaceAll(text, "\n", "\n> "),
			"On 26 Nov 2026, at 10:00, Desk <d@c.example> wrote:\n> " + strings.ReplaceAll(text, "\n", "\n> "),
			"From: Desk <d@c.example>\nSent: Thursday\nTo: Amy\nSubject: x\n\n" + text,
			"-----Original Message-----\n-- " + Marker + " --\n" + text,
		} {
			if r := Read(quoted); len(r.Commands) != 0 || r.Text != "" || r.Note != "" || r.Unknown != "" {
				t.Errorf("%q became %+v", quoted, r)
			}
		}
	})
}
