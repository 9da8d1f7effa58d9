package workflow_test

import (
	"testing"
	"time"

	"dutydesk/workflow/casefile"
)

// within is a restart with another time of the council's own to take a case.
func (d *desk) within(own time.Duration) {
	d.t.Helper()
	d.Office.Rules.Policy.Acknowledge = own
	if err := d.Replan(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
}

// Another time of the council's own, set, changed or taken away at a restart in
// the middle of a ladder, silences no limit and leaves an honest chronology
// honest.
func TestBreachOutlivesAnotherOwnTime(t *testing.T) {
	for _, tt := range []struct{ before, after, until, limit time.Duration }{
		{0, 59 * time.Minute, 49 * time.Minute, 59 * time.Minute},
		{30 * time.Minute, 0, 16 * time.Minute, time.Hour},
		{30 * time.Minute, 0, 31 * time.Minute, time.Hour},
		{30 * time.Minute, 50 * time.Minute, 31 * time.Minute, 50 * time.Minute},
	} {
		for _, takes := range []bool{false, true} {
			d := newDesk(t)
			d.byPolicy(nil)
			d.within(tt.before)
			d.open("words")
			for d.alarm().Due.Before(noon.Add(tt.until)) {
				d.ring()
			}
			d.forward(noon.Add(tt.until).Sub(d.now()))
			already := d.told(casefile.Breach)["manager"]
			d.within(tt.after)
			d.audits()
			if takes {
				d.forward(noon.Add(100 * time.Minute).Sub(d.now()))
				d.say("lead", "ACK")
			} else {
				for d.told(casefile.Breach)["manager"] == already {
					d.ring()
				}
				if late := d.now().Sub(noon.Add(tt.limit)); late > time.Second {
					t.Errorf("%+v: the breach is told %v late", tt, late)
				}
			}
			if c := d.only(); c.Breached.IsZero() || d.told(casefile.Breach)["manager"] == already {
				t.Errorf("%+v, taken late %v: breached %v, told %v", tt, takes, c.Breached, d.told(casefile.Breach))
			}
			d.audits()
		}
	}
}
