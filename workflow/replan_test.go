package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// sooner is a policy by which an S2 is taken within half an hour.
func sooner(p *policy.Policy) {
	for i := range p.Stages {
		if p.Stages[i].Stage == sla.Acknowledge {
			p.Stages[i].S[1] = sla.Elapsed(30 * time.Minute)
		}
	}
}

// replanned counts the cases that the policy in force has reached, of all, and
// lists the others.
func (d *desk) replanned() (n, all int, left map[string]bool) {
	d.t.Helper()
	cs, err := d.Ledger.Cases(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	left = map[string]bool{}
	for _, c := range cs {
		if strings.HasSuffix(string(c.Story), " changed "+d.Office.Rules.Version+"\n") {
			n++
		} else {
			left[string(c.Ref)] = true
		}
	}
	return n, len(cs), left
}

// A changed policy comes into force a few cases at a time: an alarm that is due
// meanwhile is answered before the others are replanned.
func TestReplanLetsAlarmsRing(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	for i := range 110 {
		d.open(fmt.Sprint(i))
	}
	d.forward(31 * time.Minute)
	due, err := d.Ledger.Overdue(t.Context(), d.now(), d.now(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	before := 0
	d.Office.Now = func() time.Time {
		n, all, left := d.replanned()
		if before == 0 && n > 0 && n < all {
			before = n
			i := slices.IndexFunc(due, func(j ledger.Job) bool { return j.Kind == ledger.AlarmJob && left[j.Subject] })
			if err := d.Elapse(t.Context(), due[i].ID); err != nil {
				t.Error(err)
			}
			if got := d.told(casefile.Nudge)["lead"]; got != 1 {
				t.Errorf("after %d of %d cases the lead was told %d times", n, all, got)
			}
		}
		return d.now()
	}
	d.byPolicy(sooner)
	if n, all, _ := d.replanned(); before == 0 || n != all {
		t.Errorf("%d of %d cases were replanned, %d of them before another was", n, all, before)
	}
}

// A worker that ends half-way through goes on at its next start, and no case is
// replanned twice; of the cases that were, managers are told once.
func TestReplanGoesOnAfterACrash(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	for i := range 60 {
		d.open(fmt.Sprint(i))
	}
	was := d.Office.Now
	d.Office.Now = func() time.Time {
		if n, _, _ := d.replanned(); n > 0 {
			panic("the worker ends")
		}
		return d.now()
	}
	func() {
		defer func() { _ = recover() }()
		d.byPolicy(sooner)
	}()
	if n, all, _ := d.replanned(); n == 0 || n == all {
		t.Fatalf("%d of %d cases were replanned before the end", n, all)
	}
	d.Office.Now = was
	if err := d.Replan(t.Context()); err != nil {
		t.Fatal(err)
	}
	lines, err := d.Ledger.Chronology(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	lines = slices.DeleteFunc(lines, func(l ledger.Line) bool { return l.Verb != casefile.Replan })
	if n := d.told(workflow.PolicyChanged)["manager"]; len(lines) != 60 || n != 1 {
		t.Errorf("%d cases replanned, managers told %d times", len(lines), n)
	}
	if x := d.letter("manager", workflow.PolicyChanged); !strings.Contains(x.Detail, "60 deadlines of open cases are earlier") {
		t.Errorf("what moved before the end is not counted: %s", x.Detail)
	}
}

// That deadlines would only be later is told as well: a person may announce it.
func TestReplanTellsOfLater(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("words")
	d.byPolicy(func(p *policy.Policy) {
		for i := range p.Stages {
			if p.Stages[i].Stage == sla.Acknowledge {
				p.Stages[i].S[1] = sla.Elapsed(5 * time.Hour)
			}
		}
	})
	if x := d.letter("manager", workflow.PolicyChanged); !strings.Contains(x.Detail, "0 deadlines of open cases are earlier from now on; 1 would be later") {
		t.Errorf("%s", x.Detail)
	}
}
