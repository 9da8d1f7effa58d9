package casefile_test

import (
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// T5: from the twenty-first alert on, only what calls people to a new concern is
// gathered, and a breach never.
func TestT5Gathers(t *testing.T) {
	f := casefile.Flood{After: 20, Within: 10 * time.Minute}
	for _, kind := range []casefile.Kind{casefile.Opened, casefile.Nudge, casefile.Hold} {
		if f.Gathers(kind, 19) || !f.Gathers(kind, 20) {
			t.Errorf("%s: %v, %v", kind, f.Gathers(kind, 19), f.Gathers(kind, 20))
		}
	}
	for _, kind := range []casefile.Kind{casefile.Breach, casefile.NotDelivered, casefile.CloseProposal, casefile.Untrusted, casefile.TakenBy, casefile.Reminder} {
		if f.Gathers(kind, 1000) {
			t.Errorf("%s is gathered", kind)
		}
	}
	if (casefile.Flood{}).Gathers(casefile.Opened, 1000) {
		t.Error("the zero Flood gathers")
	}
	at, p := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC), sla.Default()
	if got := f.Closes(at, casefile.Rules{Policy: p}).Sub(at); got != 10*time.Minute {
		t.Errorf("closes after %v", got)
	}
	p.Acknowledge = 15 * time.Minute
	if got := f.Closes(at, casefile.Rules{Policy: p}).Sub(at); got > 4*time.Minute {
		t.Errorf("closes after %v, when there are 15 minutes in all", got)
	}
}
