package casefile

import (
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

// One person who grades a case down and up again, as often as they like, moves
// no limit: it is missed, and managers hear of it, as if nothing had been said.
func TestGradingDownAndUpGainsNothing(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0))
	for i := range 8 {
		x.until(local(25, 10, 50).Add(time.Duration(i) * 50 * time.Minute))
		x.must("lead", Grade, "S4 because it is calm").must("lead", Grade, "S2")
		if limit := x.c.Limit(x.rules, x.now); !limit.Equal(local(25, 11, 0)) {
			t.Fatalf("round %d: to be taken by %v", i, limit)
		}
	}
	if got := x.heard(); x.c.Breached.IsZero() || !slices.Contains(got["breach acknowledge"], "m1") || x.count("acknowledge 400%") != 1 {
		t.Errorf("breached %v, told %v", x.c.Breached, got)
	}
}

// An emergency that two people made lighter, and that is one after all, has its
// own stages again.
func TestEmergencyAgain(t *testing.T) {
	x := begin(t, desked(t), sla.S1, local(25, 10, 0)).must("lead", Acknowledge, "")
	x.must("lead", Grade, "S3 because it is calm").must("deputy", Grade, "S3 because it is calm")
	x.until(local(25, 10, 10)).must("deputy", Grade, "S1 because it was not calm").heard()
	x.until(local(25, 11, 0))
	if got := x.heard(); !slices.Contains(got["stage-breach la-acknowledged"], "la") {
		t.Errorf("told %v", got)
	}
}

// A proposal to make an emergency lighter is off once somebody says that it is
// one, and after a day.
func TestProposalToCalmEnds(t *testing.T) {
	for name, between := range map[string]func(x *tale){
		"taken back":   func(x *tale) { x.must("lead", Grade, "S1 because I was wrong") },
		"contradicted": func(x *tale) { x.must("deputy", Grade, "S1 because he is back") },
		"old":          func(x *tale) { x.now = x.now.Add(25 * time.Hour) },
	} {
		x := begin(t, desked(t), sla.S1, local(25, 10, 0)).must("lead", Acknowledge, "")
		x.must("lead", Grade, "S3 because it is calm")
		between(x)
		x.must("deputy", Grade, "S3 because the lead says so")
		if x.c.Severity != sla.S1 || !strings.HasSuffix(x.c.Grading, "=deputy") {
			t.Errorf("%s: %s, %q", name, x.c.Severity, x.c.Grading)
		}
	}
	x := begin(t, desked(t), sla.S1, local(25, 10, 0)).must("lead", Grade, "S3 because it is calm")
	x.heard()
	x.must("lead", Grade, "S1").heardBy("changed ", "deputy", "head", "la")
}
