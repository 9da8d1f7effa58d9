package workflow_test

import (
	"context"
	"maps"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// say answers a person's newest letter about the case.
func (d *desk) say(person, text string) {
	d.t.Helper()
	all, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	for i := len(all) - 1; i >= 0; i-- {
		if all[i].Person == person && all[i].Case != "" {
			d.obey(d.answer(all[i], text))
			return
		}
	}
	d.t.Fatalf("%s has no letter", person)
}

// Nobody takes everybody else off a case unseen: without a manager the local
// authority lead hears that there is none, and whoever would be alone with it is
// joined by the contact outside the service.
func TestConflictOfEverybodyElse(t *testing.T) {
	d := newDesk(t)
	d.Rules.Roster.People["out"] = casefile.Person{ID: "out", Name: "Out", Address: "out@council.example"}
	d.Rules.Roster.Outside = "out"
	d.byPolicy(nil)
	d.open("words")
	d.say("lead", "CONFLICT manager because he is her uncle")
	if got := d.told(casefile.Changed); got["deputy"] != 1 || got["la-lead"] != 1 {
		t.Errorf("of the manager told %v", got)
	}
	if got := d.told(workflow.Trouble); got["la-lead"] != 1 || got["manager"] != 0 {
		t.Errorf("of the empty seat told %v", got)
	}
	d.say("lead", "CONFLICT the deputy, service-lead, la-lead, senior, executive because they are all her uncles")
	if got := d.told(casefile.Opened); got["out"] != 1 {
		t.Errorf("told %v", got)
	}
	d.say("out", "CONFLICT lead because nobody else is left")
	d.say("out", "UNCONFLICT la-lead because he does not know her")
	if c := d.only(); !c.Excluded.Has("lead") || c.Excluded.Has("la-lead") {
		t.Errorf("%+v", c)
	}
	d.audits()
}

// What a person held is held no more once they are off the case: the deadline of
// their successors is that of a case that was just opened.
func TestHoldOfTheConflicted(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("words")
	d.say("lead", "ACK\nGRADE S3 because it is calm\nHOLD until 31 December because waiting for the person affected")
	d.say("deputy", "CONFLICT lead because he is the uncle")
	if due := d.alarm().Due; due.After(noon.AddDate(0, 0, 1)) {
		t.Errorf("the next alarm rings at %v", due)
	}
	d.audits()
}

// quick makes an S2 due a minute earlier.
func quick(p *policy.Policy) {
	for i := range p.Stages {
		if p.Stages[i].Stage == sla.Acknowledge {
			p.Stages[i].S[1] = sla.Elapsed(59 * time.Minute)
		}
	}
}

// A worker that began under an older policy reads the newer one when a case runs
// by it: an emergency is not put off because of who answers its alarm.
func TestOlderWorkerReadsTheNewPolicy(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("words")
	old, newer := d.Office, &workflow.Office{Ledger: d.Ledger, Rules: d.Rules, Key: d.Key, Prefix: "SG-", Now: d.now, Reminder: d}
	old.Reopen = func(context.Context) (policy.Books, error) { return maps.Clone(newer.Rules.Books), nil }
	d.Office = newer
	d.byPolicy(quick)
	d.say("lead", "GRADE S1 because he has a knife")
	d.Office = old
	for d.told(casefile.Breach)["manager"] == 0 {
		d.ring()
	}
	if now := d.now(); now.After(noon.Add(16 * time.Minute)) {
		t.Errorf("the breach of an S1 was told at %v", now)
	}
	if len(d.letters("manager", workflow.Trouble)) != 0 {
		t.Error("a policy that can be read is a trouble")
	}
	d.Office = newer
	d.audits()
}

// A policy that is nowhere holds nothing up: the case runs by the present one at
// the gravest severity that it had, and managers hear of it once.
func TestLostPolicy(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("words")
	d.say("lead", "GRADE S1 because he has a knife")
	version, kept := d.Rules.Version, d.Rules.Books
	d.byPolicy(quick)
	delete(kept, version)
	d.Rules.Books = policy.Books{d.Rules.Version: d.Rules.Books[d.Rules.Version]}
	d.Reopen = func(context.Context) (policy.Books, error) { return maps.Clone(d.Rules.Books), nil }
	for d.told(casefile.Breach)["manager"] == 0 {
		d.ring()
	}
	if now := d.now(); now.After(noon.Add(16 * time.Minute)) {
		t.Errorf("the breach of an S1 was told at %v", now)
	}
	if got := d.told(workflow.Trouble); got["manager"] != 1 {
		t.Errorf("told %v", got)
	}
}

// An emergency that is older than policies has no clock that tells the local
// authority: the letter about its grading does.
func TestOlderCaseIsGraded(t *testing.T) {
	d := newDesk(t)
	d.open("words")
	d.byPolicy(nil)
	d.say("lead", "GRADE S1 because he has a knife")
	if got := d.told(casefile.Changed); !same(got, map[string]int{"deputy": 1, "la-lead": 1, "service-lead": 1}) {
		t.Errorf("told %v", got)
	}
	if x := d.letter("la-lead", casefile.Changed); !strings.Contains(x.Detail, "its deadlines stay as they were") {
		t.Errorf("%s", x.Detail)
	}
}
