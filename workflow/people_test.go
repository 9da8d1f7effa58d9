package workflow_test

import (
	"errors"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// named opens a case for a mail that names somebody.
func (d *desk) named(text string) casefile.Case {
	d.t.Helper()
	a := d.arrive(text)
	a.Mentions = casefile.Mentions{Texts: []string{text}}
	if err := d.Office.Open(d.t.Context(), a, ""); err != nil {
		d.t.Fatal(err)
	}
	return d.only()
}

// TestT8CommandsOfTheConflicted: whoever has a letter from before they were
// excluded can do nothing with it, and what they took waits to be taken again.
func TestT8CommandsOfTheConflicted(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Triage = "other" // the case is a provider's
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	deputys := d.answer(d.letters("deputy", casefile.Opened)[0], "ACK")
	d.obey(d.answer(x, "ACK"))
	answers := []workflow.Said{d.answer(x, "ACK again"), d.answer(x, "NOTE it is nothing"), d.answer(x, "HELP"), d.answer(x, "STATUS")}
	if err := d.Exclude(t.Context(), d.only().Ref, []string{"lead"}, "la-lead", "it is about the lead"); err != nil {
		t.Fatal(err)
	}
	if c := d.only(); c.State != casefile.Submitted || c.Excluded != "lead" || c.By != "" {
		t.Fatalf("%+v", c)
	}
	if got := d.told(casefile.Opened); !same(got, map[string]int{"lead": 1, "deputy": 1, "service-lead": 1, "la-lead": 1}) {
		t.Errorf("told %v", got)
	}
	for _, s := range answers {
		if d.obey(s); d.untrusted(s) == "" {
			t.Errorf("%s was trusted", s.Text)
		}
	}
	if d.obey(deputys); d.untrusted(deputys) == "" {
		t.Error("the deputy of the same provider may act")
	}
	if c := d.only(); c.State != casefile.Submitted {
		t.Errorf("the case is %s", c.State)
	}
	before, _ := d.Ledger.Letters(t.Context(), "")
	for range 6 {
		d.ring()
	}
	after, _ := d.Ledger.Letters(t.Context(), "")
	for _, l := range after[len(before):] {
		if l.Person == "lead" || l.Person == "deputy" {
			t.Errorf("a %s letter to %s", l.Kind, l.Person)
		}
	}
}

// Letters that were written before and are still to be sent stop.
func TestT8LettersStop(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Triage = "other"
	d.open("please help")
	if err := d.Exclude(t.Context(), d.only().Ref, []string{"deputy"}, "service-lead", "named"); err != nil {
		t.Fatal(err)
	}
	for _, person := range []string{"lead", "deputy", "service-lead"} {
		x := d.letters(person, casefile.Opened)[0]
		_, _, err := d.Ledger.Begin(t.Context(), x, "digest", d.now(), time.Minute)
		if stopped := errors.Is(err, ledger.ErrDone); stopped != (person != "service-lead") || stopped != (x.State == ledger.Withdrawn) {
			t.Errorf("a letter to %s is %s: %v", person, x.State, err)
		}
	}
}

// An exclusion needs somebody who may act; to lift it needs two.
func TestExcludeAndReadmit(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.Triage = "other"
	d.Rules.Roster.People["lead"] = casefile.Person{ID: "lead", Name: "Amira Khan", Address: "lead@council.example"}
	c := d.named("it was Ms Khan")
	if c.Excluded != "lead" {
		t.Fatalf("excluded %q", c.Excluded)
	}
	if err := d.Exclude(t.Context(), c.Ref, []string{"la-lead"}, "manager", "x"); !errors.Is(err, casefile.ErrNotAllowed) {
		t.Errorf("a manager excludes: %v", err)
	}
	if err := d.Exclude(t.Context(), "SG-NONE", []string{"lead"}, "la-lead", "x"); !errors.Is(err, ledger.ErrNotFound) {
		t.Errorf("no case: %v", err)
	}
	for _, step := range []struct {
		by  string
		err error
	}{{"lead", casefile.ErrNotAllowed}, {"deputy", casefile.ErrNotAllowed}, {"service-lead", nil}, {"service-lead", casefile.ErrSamePerson}, {"la-lead", nil}} {
		if err := d.Readmit(t.Context(), c.Ref, "lead", step.by, "another person"); !errors.Is(err, step.err) {
			t.Errorf("%s: %v, want %v", step.by, err, step.err)
		}
	}
	if c := d.only(); c.Excluded != "" || c.Lifting != "" {
		t.Errorf("%+v", c)
	}
}

// Who has left is told nothing and may do nothing, from that moment on.
func TestWhoHasLeft(t *testing.T) {
	d := newDesk(t)
	p := d.Rules.Roster.People["lead"]
	p.Until = d.now().Add(10 * time.Minute)
	d.Rules.Roster.People["lead"] = p
	d.open("please help")
	x := d.letters("lead", casefile.Opened)[0]
	d.forward(11 * time.Minute)
	s := d.answer(x, "ACK")
	if d.obey(s); d.untrusted(s) != "the person the letter was for has left" {
		t.Errorf("%q", d.untrusted(s))
	}
	d.ring()
	d.ring()
	if got := d.told(casefile.Nudge)["lead"] + d.told(casefile.Breach)["lead"] + d.told(casefile.Untrusted)["lead"]; got != 0 {
		t.Errorf("%d letters", got)
	}
}

// An absence that another worker learnt of counts within seconds.
func TestAbsenceOfAnotherWorker(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.People["cover"] = casefile.Person{ID: "cover", Name: "Cover", Address: "cover@council.example"}
	p := d.Rules.Roster.People["lead"]
	p.Cover = "cover"
	d.Rules.Roster.People["lead"] = p
	d.open("please help")
	a := casefile.Absence{Term: casefile.Term{From: d.now(), Until: d.now().Add(time.Hour)}, Person: "lead", Learnt: true}
	if err := d.Ledger.Update(t.Context(), func(tx *ledger.Tx) error { return tx.AddAbsence(a, "arrival") }); err != nil {
		t.Fatal(err)
	}
	d.forward(11 * time.Second)
	d.open("please help me too")
	if got := d.told(casefile.Opened); !same(got, map[string]int{"lead": 2, "deputy": 2, "cover": 1}) {
		t.Errorf("told %v", got)
	}
}
