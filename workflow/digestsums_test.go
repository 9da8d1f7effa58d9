package workflow

import (
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// What is owed for a case is worked out once for all readers, anew when the case
// changes or a minute has passed, and said as it stands at the moment of asking.
func TestSums(t *testing.T) {
	noon := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	rules := casefile.Rules{Policy: sla.Default()}
	c := casefile.Case{Ref: "SG-1", State: casefile.Submitted, Opened: noon}
	var all sums
	all.renew(nil, noon)
	if x := all.of(c, rules).owed(c, noon.Add(59*time.Minute), noon.Add(12*time.Hour)); x.Overdue || !x.Today || !x.Due.Equal(noon.Add(time.Hour)) {
		t.Errorf("%+v", x)
	}
	rules.Policy.Acknowledge = 2 * time.Hour
	if x := all.of(c, rules).owed(c, noon.Add(time.Hour), noon.Add(12*time.Hour)); !x.Overdue || x.Today {
		t.Errorf("worked out again, or not said as of now: %+v", x)
	}
	c.Climbed = 1
	if x := all.of(c, rules); !x.first.Due.Equal(noon.Add(2 * time.Hour)) {
		t.Errorf("the case changed: %+v", x)
	}
	rules.Policy.Acknowledge = 3 * time.Hour
	all.renew(nil, noon.Add(sumsLife))
	if x := all.of(c, rules); !x.first.Due.Equal(noon.Add(3 * time.Hour)) {
		t.Errorf("a minute passed: %+v", x)
	}
}
