package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// taken is a case that somebody took and did nothing about, one second after it
// was to return; nobody has answered that alarm.
func taken(t *testing.T) *desk {
	t.Helper()
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	d.obey(d.answer(d.letters("lead", casefile.Opened)[0], "ACK"))
	for limit := d.only().Opened.Add(4 * time.Hour); d.alarm().Due.Before(limit.Truncate(time.Second)); {
		d.ring()
	}
	d.forward(d.only().Opened.Add(4*time.Hour + time.Second).Sub(d.now()))
	return d
}

// Whatever comes between the moment at which a case returns and its alarm keeps it
// from nobody: it returns, and its breach is told.
func TestWhatComesBetweenKeepsTheReturn(t *testing.T) {
	for name, comes := range map[string]func(d *desk){
		"bounce": func(d *desk) {
			if err := d.Undelivered(t.Context(), d.letters("deputy", casefile.TakenBy)[0].ID, "gone"); err != nil {
				t.Fatal(err)
			}
		},
		"spoofed": func(d *desk) {
			s := d.answer(d.letters("lead", casefile.Opened)[0], "hello")
			s.From = []string{"x@evil.example"}
			d.obey(s)
		},
		"conflict": func(d *desk) {
			d.obey(d.answer(d.letters("deputy", casefile.Opened)[0], "CONFLICT executive because he is the uncle"))
		},
		"policy": func(d *desk) {
			d.byPolicy(func(p *policy.Policy) {
				for i := range p.Stages {
					if p.Stages[i].Stage == sla.Review {
						p.Stages[i].S[1] = sla.Elapsed(100 * time.Hour)
					}
				}
			})
		},
	} {
		d := taken(t)
		comes(d)
		for until := d.now().Add(20 * time.Hour); d.alarm().Due.Before(until); {
			d.ring()
		}
		if d.told(casefile.Returned)["lead"] != 1 || d.told(casefile.Breach)["manager"] == 0 {
			t.Errorf("%s: returned to %v, breach told to %v", name, d.told(casefile.Returned), d.told(casefile.Breach))
		}
		d.audits()
	}
}

// A new rule for the return of a case brings nothing back from before it, and
// moves no return later: managers hear what it would.
func TestAnotherRuleForTheReturn(t *testing.T) {
	for name, x := range map[string]struct {
		rule policy.BySeverity
		want time.Duration
		says string
	}{
		"none":    {policy.BySeverity{}, 4 * time.Hour, "0 earlier, 1 would be later"},
		"longer":  {alike(sla.Elapsed(5 * time.Hour)), 4 * time.Hour, "0 earlier, 1 would be later"},
		"shorter": {alike(sla.Elapsed(3 * time.Hour)), 3 * time.Hour, "1 earlier, 0 would be later"},
		"passed":  {alike(sla.Elapsed(time.Hour)), 2*time.Hour + 10*time.Minute, "1 earlier, 0 would be later"},
	} {
		d := newDesk(t)
		d.byPolicy(nil)
		d.open("please help")
		d.obey(d.answer(d.letters("lead", casefile.Opened)[0], "ACK"))
		opened := d.only().Opened
		d.forward(opened.Add(2*time.Hour + 10*time.Minute).Sub(d.now()))
		d.byPolicy(func(p *policy.Policy) { p.Stale = x.rule })
		if !d.said(x.says) {
			t.Errorf("%s: nothing says that %s", name, x.says)
		}
		for d.only().State == casefile.Acknowledged && d.now().Before(opened.Add(24*time.Hour)) {
			d.ring()
		}
		if at := d.now().Sub(opened).Round(time.Second); at != x.want || d.only().State != casefile.Submitted || !d.only().Breached.IsZero() {
			t.Errorf("%s: %s after %v, breached %v", name, d.only().State, at, d.only().Breached)
		}
		d.audits()
	}
}

// alike is one allowance for every severity.
func alike(a sla.Allowance) policy.BySeverity { return policy.BySeverity{a, a, a, a} }

// said reports whether the chronology of the case has the words.
func (d *desk) said(words string) bool {
	d.t.Helper()
	lines, err := d.Ledger.Chronology(d.t.Context(), d.only().Ref)
	if err != nil {
		d.t.Fatal(err)
	}
	return slices.ContainsFunc(lines, func(l ledger.Line) bool { return strings.Contains(l.Event.Text, words) })
}

// A hold ends with the return of the case: whoever is to take it has the time
// that the policy gives, and not a fortnight.
func TestReturnEndsTheHold(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	d.obey(d.answer(d.letters("lead", casefile.Opened)[0], "ACK\nGRADE S3 because all is calm\nHOLD until 9 December because waiting for the person affected\nCLOSE because it is over"))
	d.obey(d.answer(d.letters("deputy", casefile.Opened)[0], "ACK"))
	for d.only().State == casefile.Acknowledged {
		d.ring()
	}
	if c := d.only(); c.State != casefile.Submitted || d.told(casefile.Returned)["deputy"] != 1 {
		t.Fatalf("%s, returned to %v", c.State, d.told(casefile.Returned))
	}
	if !d.said("nothing is held any more") {
		t.Error("nothing says that the hold is over")
	}
	back := d.now()
	if due := d.only().Deadlines(d.Office.Rules)[0]; due.Stage != sla.Acknowledge || due.Due.Sub(back) > 24*time.Hour {
		t.Errorf("%s is due %v after the return", due.Stage, due.Due.Sub(back))
	}
	for d.told(casefile.Breach)["manager"] == 0 {
		d.ring()
	}
	if late := d.now().Sub(back); late > 24*time.Hour {
		t.Errorf("managers hear of the breach %v after the return", late)
	}
	d.audits()
}
