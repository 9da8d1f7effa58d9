package workflow_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// listed is a desk whose lead was sent a list of n cases, and their references.
func listed(t *testing.T, n int) (d *desk, list ledger.Letter, refs []casefile.Ref) {
	d = flooded(t)
	d.flood(20+n, time.Minute)
	list = d.sent("lead")
	return d, list, slices.Sorted(maps.Keys(d.lines("lead")))
}

// replies is an answer to a list, and what its arrival became.
func (d *desk) replies(list ledger.Letter, from, text string) ledger.Arrival {
	d.t.Helper()
	s := workflow.Said{Arrived: d.arrive(text + d.now().String()), Token: d.Key.Token(list.ID), From: []string{from + "@council.example"}, FromHeaders: 1, Text: text}
	d.obey(s)
	a, err := d.Ledger.Arrival(d.t.Context(), s.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

// taken counts the cases that somebody has.
func (d *desk) taken() (n, all int) {
	d.t.Helper()
	cs, err := d.Ledger.Cases(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range cs {
		if c.State == casefile.Acknowledged {
			n++
		}
	}
	return n, len(cs)
}

// Only the first lines of what a person wrote above the quote are commands.
func TestListQuotedIsNoCommand(t *testing.T) {
	d, list, refs := listed(t, 3)
	for _, text := range []string{
		"> ACK %s", "thanks\n\nACK %s", "-- \nACK %s", "\n-----Original Message-----\nACK %s", "On 26 Nov 2026, at 10:00, Safeguarding wrote:\n\nACK %s", "NOTE see\nplease\nACK %s",
	} {
		d.replies(list, "lead", fmt.Sprintf(text, refs[0]))
		if n, _ := d.taken(); n != 0 {
			t.Fatalf("%q took a case", text)
		}
	}
}

// One answer is answered by one letter, which says of every case what came of
// it; the others hear of all of them in one letter; and no more are taken than
// one transaction should hold.
func TestListOfManyInOneAnswer(t *testing.T) {
	d, list, refs := listed(t, 510)
	var text strings.Builder
	for _, ref := range append(refs, "SG-XXXXX") {
		fmt.Fprintf(&text, "ACK %s\r\n", ref)
	}
	begun := time.Now()
	d.replies(list, "lead", text.String())
	if took := time.Since(begun); took > 60*time.Second {
		t.Errorf("took %v", took)
	}
	if n, all := d.taken(); n != 500 || all != 530 {
		t.Errorf("%d of %d cases are taken", n, all)
	}
	said := d.letters("lead", workflow.Transcript)
	if len(said) != 1 || said[0].Case != "" || strings.Count(said[0].Detail, "SG-") != 511 || !strings.Contains(said[0].Detail, "too-many") {
		t.Errorf("%d transcripts", len(said))
	}
	digests, alone := map[string]bool{}, 0
	for _, x := range d.letters("deputy", casefile.TakenBy) {
		if digests[x.Digest] = true; x.Digest == "" {
			alone++
		}
	}
	if alone != 0 || len(digests) > 2 {
		t.Errorf("the deputy gets %d letters and %d lists", alone, len(digests))
	}
}

// What else is said is kept on every case that was taken, and the mail with it.
func TestListNoteIsKept(t *testing.T) {
	d, list, refs := listed(t, 4)
	a := d.replies(list, "lead", fmt.Sprintf("ACK %s, %s\r\nACK %s ring the school\r\nShe is at A&E, police called", refs[0], refs[1], refs[2]))
	for i, ref := range refs {
		lines, err := d.Ledger.Chronology(t.Context(), ref)
		if err != nil {
			t.Fatal(err)
		}
		all := fmt.Sprint(lines)
		if i < 3 != (strings.Contains(all, "police called") && strings.Contains(all, a.ID)) || strings.Contains(all, "ring the school") != (i == 2) {
			t.Errorf("case %d: %s", i, all)
		}
	}
	if a.State != ledger.OnCase || a.Case != refs[0] {
		t.Errorf("%+v", a)
	}
	d.replies(list, "lead", fmt.Sprintf("%s is about the same child", refs[3]))
	lines, err := d.Ledger.Chronology(t.Context(), refs[3])
	if err != nil || !strings.Contains(fmt.Sprint(lines), "the same child") {
		t.Errorf("%v, %v", lines, err)
	}
	if n, _ := d.taken(); n != 3 {
		t.Errorf("%d cases are taken", n)
	}
}

// Whoever may take a case of the list is told how, when an answer names none;
// their mail is kept and opens no case, from which they would be excluded. A
// stranger's does.
func TestListAnswerNamesNone(t *testing.T) {
	for _, text := range []string{"ACK", "HELP", "NOTE she is safe", "thank you", "ACK all please", "CLOSE a joke", "ACK SG-XXXXX"} {
		d, list, _ := listed(t, 2)
		a := d.replies(list, "lead", text)
		answers := append(d.letters("lead", workflow.HelpLetter), d.letters("lead", workflow.Transcript)...)
		if n, all := d.taken(); n != 0 || all != 22 || a.State != ledger.Aside || len(answers) != 1 || workflow.Listing(answers[0]) != list.ID {
			t.Errorf("%q: %d of %d cases are taken, %+v, %d answers", text, n, all, a, len(answers))
		}
		if a := d.replies(list, "mallory", text); a.State != ledger.OnCase {
			t.Errorf("%q of a stranger: %+v", text, a)
		}
		if _, all := d.taken(); all != 23 || len(d.letters("mallory", workflow.HelpLetter)) != 0 {
			t.Errorf("%q of a stranger: %d cases", text, all)
		}
	}
}

// The answer to an answer to a list is one to the list.
func TestListAnsweredTwice(t *testing.T) {
	d, list, refs := listed(t, 2)
	d.replies(list, "lead", "HELP")
	help := d.letters("lead", workflow.HelpLetter)[0]
	if _, _, err := d.Ledger.Begin(t.Context(), help, "mail", d.now(), time.Minute); err != nil {
		t.Fatal(err)
	}
	d.replies(help, "lead", "ACK "+string(refs[0]))
	if n, all := d.taken(); n != 1 || all != 22 {
		t.Errorf("%d of %d cases are taken", n, all)
	}
}

// Mail that proves nothing is kept on the cases it names, and whoever works them
// is told once.
func TestListOfAStranger(t *testing.T) {
	d, list, refs := listed(t, 5)
	a := d.replies(list, "mallory", fmt.Sprintf("ACK %s %s %s", refs[0], refs[1], refs[2]))
	if n, all := d.taken(); n != 0 || all != 25 || !strings.HasPrefix(a.Why, "untrusted: ") {
		t.Errorf("%d of %d cases are taken, %+v", n, all, a)
	}
	if n := len(d.letters("lead", casefile.Untrusted)); n != 1 {
		t.Errorf("the lead was told %d times", n)
	}
	for _, ref := range refs[:3] {
		if lines, err := d.Ledger.Chronology(t.Context(), ref); err != nil || lines[len(lines)-1].Arrival != a.ID {
			t.Errorf("%v, %v", lines, err)
		}
	}
}

// Two machines do not talk for ever over a list.
func TestListHelpEnds(t *testing.T) {
	d, list, _ := listed(t, 2)
	for i := range 9 {
		d.replies(list, "lead", fmt.Sprint("thank you ", i))
	}
	if n := len(d.letters("lead", workflow.HelpLetter)); n != 5 {
		t.Errorf("%d answers", n)
	}
}
