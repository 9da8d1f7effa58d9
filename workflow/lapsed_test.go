package workflow_test

import (
	"testing"
	"time"

	"dutydesk/workflow/casefile"
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
