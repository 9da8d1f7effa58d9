package workflow_test

import (
	"slices"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// Who grades a case down and up again is back at the alarms that were set
// before: they ring, though their jobs were answered meanwhile.
func TestGradedDownAndUpRingsInTime(t *testing.T) {
	d := newDesk(t)
	d.byPolicy(nil)
	d.open("please help")
	letter, limit := d.letters("lead", casefile.Opened)[0], d.only().Opened.Truncate(time.Second).Add(time.Hour)
	d.forward(time.Minute)
	before := d.alarm()
	d.obey(d.answer(letter, "GRADE S4 because it is calm"))
	if d.alarm().ID == before.ID {
		t.Fatal("a lighter severity waits for the same alarm")
	}
	d.obey(d.answer(letter, "GRADE S2"))
	if after := d.alarm(); after.ID != before.ID {
		t.Errorf("waits for %s, before that for %s", after.ID, before.ID)
	}
	d.ring()
	d.ring()
	if j := d.ring(); !j.Due.Equal(limit) || d.told(casefile.Breach)["manager"] != 1 {
		t.Errorf("rang at %v, told %v", j.Due, d.told(casefile.Breach))
	}
}

// A restart with a shorter ladder, in the middle of the longer, loses no breach:
// neither to the clock nor to whoever takes the case before it rings.
func TestBreachOutlivesAShorterLadder(t *testing.T) {
	for _, takes := range []bool{false, true} {
		d := newDesk(t)
		d.byPolicy(nil)
		d.open("please help")
		letter := d.letters("lead", casefile.Opened)[0]
		d.ring()
		d.ring()
		d.byPolicy(func(p *policy.Policy) {
			for i := range p.Stages {
				if p.Stages[i].Stage == sla.Acknowledge {
					p.Stages[i].S[1] = sla.Elapsed(59 * time.Minute)
				}
			}
			p.Ladder = slices.DeleteFunc(slices.Clone(p.Ladder), func(r policy.Rung) bool { return r.Percent == 50 || r.Percent == 80 })
		})
		if takes {
			d.forward(time.Hour)
			d.obey(d.answer(letter, "ACK"))
		} else {
			d.ring()
		}
		if got := d.told(casefile.Breach); got["manager"] != 1 || d.only().Breached.IsZero() {
			t.Errorf("taken late %v: told %v, breached %v", takes, got, d.only().Breached)
		}
	}
}
