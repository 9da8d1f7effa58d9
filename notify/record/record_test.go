package record

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/templates"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

var update = flag.Bool("update", false, "write the chronologies as they are now to testdata")

// began is when the golden case began: twenty minutes before the clocks go back.
var began = time.Date(2026, 10, 25, 0, 40, 0, 0, time.UTC)

func book(t *testing.T) Book {
	t.Helper()
	words, err := templates.ParseRecords()
	if err != nil {
		t.Fatal(err)
	}
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	return Book{Words: words, Zone: london, Roster: roster(),
		Case: casefile.Case{Ref: "SG-7K3F9", Org: "service", Severity: "S2", State: casefile.Closed, Opened: began, Version: "default 2026-11"}}
}

func roster() casefile.Roster {
	r := casefile.Roster{People: map[string]casefile.Person{}, Orgs: map[string]casefile.Org{"service": {ID: "service", Name: "Skills and Employment", Lead: "jb", Deputy: "tr"}},
		Triage: "service", LALead: "la", Managers: []string{"mg"}}
	for id, name := range map[string]string{"jb": "Jo Bailey", "tr": "Tom Reid", "la": "Lena Abbott", "mg": "Mo Grant", "nn": "Nia Nash"} {
		r.People[id] = casefile.Person{ID: id, Name: name}
	}
	r.Seats = []casefile.Seat{{Role: sla.Lead, Org: "service", Person: "nn", Term: casefile.Term{From: began.Add(24 * time.Hour), Until: began.Add(48 * time.Hour)}}}
	return r
}

// story is one of everything that a chronology can say, half an hour apart.
func story() (es []Entry) {
	for n, e := range []casefile.Event{
		{By: "reporter", Verb: casefile.Open, Arrival: "a1"},
		{By: "desk", Verb: casefile.Exclude, Text: "mg la: named in the report"},
		{By: "clock", Verb: casefile.Elapse, Text: "acknowledge 50%"},
		{By: "clock", Verb: casefile.Elapse, Text: "nobody on rung 1"},
		{By: "post", Verb: casefile.Undelivered, Text: "jb: the mailbox is full"},
		{By: "clock", Verb: casefile.Elapse, Text: "acknowledge 100%"},
		{By: "clock", Verb: casefile.Elapse, Text: "acknowledge 200%"},
		{By: "tr", Verb: casefile.Acknowledge, Text: "I ring her at nine.\r\n\r\nShe is safe tonight."},
		{By: "clock", Verb: casefile.Return, Text: "nothing followed since tr took it"},
		{By: "clock", Verb: casefile.Elapse, Text: "acknowledge 50%, turn 2"},
		{By: "jb", Verb: casefile.Acknowledge},
		{By: "desk", Verb: casefile.Distrust, Text: "it did not come from the address the letter was sent to"},
		{By: "jb", Verb: casefile.Grade, Text: "S3 because the account is gone"},
		{By: "desk", Verb: casefile.Elapse, Text: "triage done"},
		{By: "jb", Verb: casefile.Done, Text: "referral"},
		{By: "jb", Verb: casefile.Note, Text: "HOLD refused: until Friday"},
		{By: "jb", Verb: casefile.Rest, Text: "until 4 December because she asked for time"},
		{By: "jb", Verb: casefile.Resume},
		{By: "desk", Verb: casefile.Replan, Text: "policy b in place of a: 1 earlier, 0 would be later and stay"},
		{By: "clock", Verb: casefile.Elapse, Text: "review 100%, repeat 1"},
		{By: "tr", Verb: casefile.Readmit, Text: "la proposed: it is another Abbott"},
		{By: "jb", Verb: casefile.Readmit, Text: "la: it is another Abbott"},
		{By: "jb", Verb: casefile.Close, Text: "because the account is gone and she feels safe"},
		{By: "tr", Verb: casefile.Acknowledge, Text: "one more call first"},
		{By: "tr", Verb: casefile.Close, Text: "because both agree"},
		{By: "jb", Verb: casefile.Close, Text: "because yes"},
		{By: "post", Verb: casefile.Note, Text: "tr: no such mailbox"},
		{By: "reporter", Verb: casefile.Note, Text: "<b>thank you</b> & goodbye"},
		{By: "somebody", Verb: "FUTURE_MOVE", Text: "in words"},
	} {
		e.At = began.Add(time.Duration(n) * 30 * time.Minute)
		es = append(es, Entry{n + 1, e})
	}
	return es
}

// The whole, as it is printed. Read the diff as a safeguarding lead would.
func TestGoldenChronology(t *testing.T) {
	b := book(t)
	c, err := b.Chronology(story(), began.Add(30*24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	for name, lay := range map[string]func(templates.Chronology) (string, error){"chronology.txt": b.Words.Text, "chronology.html": b.Words.HTML} {
		got, err := lay(c)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join("testdata", name)
		if *update {
			if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if want, _ := os.ReadFile(file); got != string(want) {
			t.Errorf("%s:\n%s", file, got)
		}
	}
}

// Nobody is called by an id that the roster has a name for, and every event has
// its line.
func TestNamesAndNotIds(t *testing.T) {
	b := book(t)
	lines, err := b.Lines(story())
	if err != nil || len(lines) != len(story()) {
		t.Fatalf("%d lines of %d, %v", len(lines), len(story()), err)
	}
	for _, l := range lines {
		for word := range strings.FieldsFuncSeq(l.Who+" "+l.What, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') }) {
			if _, id := b.Roster.People[word]; id {
				t.Errorf("line %d names %q: %s, %s", l.Seq, word, l.Who, l.What)
			}
		}
		if l.What == "" || l.Day == "" || l.Who == "" {
			t.Errorf("line %d: %+v", l.Seq, l)
		}
	}
}

// Somebody's role is the one they had when they acted.
func TestRoleOfTheMoment(t *testing.T) {
	b := book(t)
	at := func(h time.Duration) Entry {
		return Entry{1, casefile.Event{At: began.Add(h * time.Hour), By: "nn", Verb: casefile.Note}}
	}
	lines, err := b.Lines([]Entry{at(1), at(30), at(60)})
	if err != nil {
		t.Fatal(err)
	}
	if lines[0].Role != "" || lines[1].Role != "safeguarding lead" || lines[2].Role != "" {
		t.Errorf("%+v", lines)
	}
}

// Every verb of today has words.
func TestEveryVerbHasWords(t *testing.T) {
	b := book(t)
	verbs := append(casefile.Acts(), casefile.Open, casefile.Elapse, casefile.Undelivered, casefile.Distrust, casefile.Exclude, casefile.Readmit, casefile.Return, casefile.Replan)
	for _, v := range verbs {
		name := "what " + string(v)
		if v == casefile.Close {
			name += " proposed"
		}
		if words, err := b.Words.Phrase(name, tale{}); err != nil || words == "" {
			t.Errorf("%s: %q, %v", v, words, err)
		}
	}
	for _, s := range casefile.States() {
		if words, err := b.Words.Phrase("state "+string(s), nil); err != nil || words == "" {
			t.Errorf("%s: %q, %v", s, words, err)
		}
	}
}

// The proposal of somebody who is then kept from the case is off: the next is a
// proposal again.
func TestCloseAfterConflict(t *testing.T) {
	lines, err := book(t).Lines([]Entry{
		{1, casefile.Event{By: "jb", Verb: casefile.Close}},
		{2, casefile.Event{By: "la", Verb: casefile.Exclude, Text: "jb: a relative"}},
		{3, casefile.Event{By: "tr", Verb: casefile.Close}},
	})
	if err != nil || lines[0].What != lines[2].What {
		t.Errorf("%v, %v", lines, err)
	}
}

// The limit of an obligation is told in words, whatever its code; and a veto ends
// a proposal to close: the next is a proposal again.
func TestCaseworkInWords(t *testing.T) {
	lines, err := book(t).Lines([]Entry{
		{1, casefile.Event{By: "clock", Verb: casefile.Elapse, Text: "obligation-police-101 100%"}},
		{2, casefile.Event{By: "jb", Verb: casefile.Close}},
		{3, casefile.Event{By: "tr", Verb: casefile.Veto, Text: "because it goes on"}},
		{4, casefile.Event{By: "jb", Verb: casefile.Close}},
		{5, casefile.Event{By: "jb", Verb: casefile.Note, Text: "NOT-NEEDED refused: because x"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(lines[0].What, "telling the police was missed") || lines[2].What != "Kept the case open." || lines[3].What != lines[1].What || !strings.Contains(lines[4].What, "NOT-NEEDED") {
		t.Errorf("%+v", lines)
	}
}
