package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// byPolicy makes the desk's cases run by a policy, in force beside those before.
func (d *desk) byPolicy(change func(*policy.Policy)) {
	d.t.Helper()
	p, err := policy.Default()
	if err != nil {
		d.t.Fatal(err)
	}
	p.Stages = slices.Clone(p.Stages)
	if change != nil {
		change(&p)
	}
	days, err := sla.PublishedHolidays()
	if err != nil {
		d.t.Fatal(err)
	}
	b, err := policy.New(p, days)
	if err != nil {
		d.t.Fatal(err)
	}
	books := policy.Books{b.Version: b}
	for v, old := range d.Office.Rules.Books {
		books[v] = old
	}
	d.Office.Rules.Policy = sla.Policy{}
	d.Office.Rules.Books, d.Office.Rules.Version = books, b.Version
	if err := d.Replan(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// People work a case by answering letters: it is taken, graded, worked and
// closed, and each stage that is done rings no more.
func TestWorkByLetters(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	letter := d.letters("lead", casefile.Opened)[0]
	if !strings.Contains(letter.Detail, "1 working hour from receipt") {
		t.Errorf("the letter does not say which rule set its deadline: %s", letter.Detail)
	}
	d.obey(d.answer(letter, "ACK\nGRADE S1 because he waits outside\nDONE triage\nI have rung the police"))
	c := d.only()
	if c.State != casefile.Acknowledged || c.Severity != sla.S1 || !strings.Contains(string(c.Story), "did triage") {
		t.Fatalf("%+v", c)
	}
	if got := d.told(casefile.Informed); got["la-lead"] != 1 {
		t.Errorf("the local authority was not told: %v", got)
	}
	for d.told(casefile.StageBreach)["manager"] < 2 { // protective action, and the local authority's answer
		d.ring()
	}
	missed := d.letters("manager", casefile.StageBreach)[0]
	if !strings.Contains(missed.Detail, "policy ") || missed.Role != sla.Manager {
		t.Errorf("%+v", missed)
	}
	d.obey(d.answer(d.letters("la-lead", casefile.Informed)[0], "done la acknowledged"))
	d.obey(d.answer(d.letters("lead", casefile.StageBreach)[0], "DONE protective action\nDONE nonsense\nGRADE S3 because he was arrested"))
	c = d.only()
	if c.Severity != sla.S1 || !strings.HasPrefix(c.Grading, "S3@") || !strings.HasSuffix(c.Grading, "=lead") {
		t.Errorf("one person made an emergency lighter: %s, %q", c.Severity, c.Grading)
	}
	d.obey(d.answer(d.letters("deputy", casefile.Changed)[0], "GRADE S3\nIt is as the lead says, he was arrested"))
	if c = d.only(); c.Severity != sla.S3 {
		t.Errorf("two people did not: %s", c.Severity)
	}
	d.audits()
}

// A policy that changes is put in force at the next start for every open case,
// once, and managers hear how many deadlines moved, but for cases that they must
// not know of.
func TestReplanTellsManagers(t *testing.T) {
	d := newDesk(t)
	d.Office.Rules.Roster.Managers = []string{"manager", "other-lead"}
	d.byPolicy(nil)
	d.open("please help")
	c := d.only()
	if err := d.Exclude(t.Context(), c.Ref, []string{"other-lead"}, "la-lead", "named"); err != nil {
		t.Fatal(err)
	}
	before := d.alarm().Due
	d.byPolicy(func(p *policy.Policy) {
		for i := range p.Stages {
			if p.Stages[i].Stage == sla.Acknowledge {
				p.Stages[i].S[1] = sla.Elapsed(30 * time.Minute)
			}
		}
	})
	if after := d.alarm().Due; !after.Before(before) {
		t.Errorf("rings at %v, before that at %v", after, before)
	}
	if got := d.told(workflow.PolicyChanged); got["manager"] != 1 || got["other-lead"] != 0 {
		t.Errorf("told %v", got)
	}
	if err := d.Replan(t.Context()); err != nil || d.told(workflow.PolicyChanged)["manager"] != 1 {
		t.Errorf("replanned twice: %v", err)
	}
	d.ring()
	d.audits()
}

// A case that is older than policies keeps its ladder when a policy comes.
func TestOlderCaseKeepsItsLadder(t *testing.T) {
	d := newDesk(t)
	d.open("please help")
	d.byPolicy(nil)
	opened := d.only().Opened
	for _, after := range []time.Duration{30 * time.Minute, time.Hour, 2 * time.Hour} {
		if j := d.ring(); !j.Due.Equal(opened.Add(after)) {
			t.Errorf("rang %v after, want %v", j.Due.Sub(opened), after)
		}
	}
	if c := d.only(); c.Version != "" || d.told(casefile.StageNudge)["lead"] != 0 {
		t.Errorf("%+v", c)
	}
}

// A letter to the deputy that comes back is told at once to those above, and the
// clock goes on as it was.
func TestDeputyBounces(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	if err := d.Undelivered(t.Context(), d.letters("deputy", casefile.Opened)[0].ID, "no such mailbox"); err != nil {
		t.Fatal(err)
	}
	if got := d.told(casefile.NotDelivered); got["service-lead"] != 1 || got["la-lead"] != 1 {
		t.Errorf("told %v", got)
	}
	d.ring()
	d.audits()
}
