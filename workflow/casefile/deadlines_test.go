package casefile

import (
	"slices"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

// What is owed follows the case: to take it, then to look at it again, then
// nothing. That the limit was missed stays with the deadline it was of.
func TestDeadlines(t *testing.T) {
	opened := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	rules := Rules{Policy: sla.Default()}
	taken := Case{State: Acknowledged, Opened: opened, Acknowledged: opened.Add(2 * time.Hour), Reviews: 1, Breached: opened.Add(time.Hour)}
	for _, tt := range []struct {
		name     string
		c        Case
		stage    sla.Stage
		due      time.Time
		breached bool
	}{
		{"new", Case{State: Submitted, Opened: opened}, sla.Acknowledge, opened.Add(time.Hour), false},
		{"missed", Case{State: Submitted, Opened: opened, Breached: opened.Add(time.Hour)}, sla.Acknowledge, opened.Add(time.Hour), true},
		{"taken late", taken, sla.Review, opened.Add(50 * time.Hour), false},
		{"closing", Case{State: CloseProposed, Opened: opened, Acknowledged: opened}, sla.Review, opened.Add(24 * time.Hour), false},
	} {
		ds := tt.c.Deadlines(rules)
		if len(ds) != 1 || ds[0].Stage != tt.stage || !ds[0].Due.Equal(tt.due) || ds[0].Breached != tt.breached || ds[0].Why == "" {
			t.Errorf("%s: %+v", tt.name, ds)
		}
	}
	if ds := (Case{State: Closed, Opened: opened}).Deadlines(rules); len(ds) != 0 {
		t.Errorf("closed: %+v", ds)
	}
}

// By a policy each stage that people owe is there with its own rule, missed once
// that was told, and neither targets nor what the desk does.
func TestDeadlinesByPolicy(t *testing.T) {
	x := begin(t, desked(t), sla.S2, local(25, 10, 0)).must("lead", Acknowledge, "").must("lead", Note, "began")
	x.until(local(25, 14, 0))
	x.rules.Roster.at = x.now
	want := []Deadline{
		{sla.Triage, local(25, 14, 0), true, "S2 triage: 4 working hours from receipt, policy " + x.rules.Version},
		{sla.Protect, local(26, 10, 0), false, "S2 protective-action: 1 working day from receipt, policy " + x.rules.Version},
		{sla.UpdateReporter, local(32, 10, 0), false, "S2 reporter-update: 5 working days from receipt, policy " + x.rules.Version},
		{sla.Review, local(32, 10, 0), false, "S2 review: 5 working days from receipt, policy " + x.rules.Version},
	}
	if got := x.c.Deadlines(x.rules); !slices.Equal(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}
