package policy

import (
	"fmt"
	"time"

	"dutydesk/workflow/sla"
)

// Default is the policy of DOMAIN.md section 4. What that section leaves to the
// council has a value here that errs to the early side: the ladder repeats every
// hour for S1, and an acknowledgement goes stale after the time for triage.
func Default() (Policy, error) {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return Policy{}, fmt.Errorf("find the service's zone: %w", err)
	}
	review, err := sla.ParseDay("2027-09-01")
	if err != nil {
		return Policy{}, err
	}
	wh, wd := sla.WorkingHours, sla.WorkingDays
	return Policy{
		Title: "Default response times", NextReview: review, Zone: zone, Week: sla.OfficeWeek(),
		Stages: sla.DefaultTerms(), Ladder: defaultLadder(),
		Repeat:  BySeverity{sla.Elapsed(time.Hour), wh(4), wd(1), wd(2)},
		Stale:   BySeverity{sla.Elapsed(30 * time.Minute), wh(4), wd(1), wd(2)},
		Pause:   BySeverity{2: wd(10), 3: wd(10)},
		Reasons: []string{"waiting for the person affected"},
	}, nil
}

// defaultLadder is the breach ladder of DOMAIN.md section 4, with the managers,
// who hear of every breach, and the first rung: lead and deputy at once.
func defaultLadder() []Rung {
	emergency, others, all := []sla.Severity{sla.S1}, []sla.Severity{sla.S2, sla.S3, sla.S4}, severities()
	first, screen, answer := []sla.Stage{sla.Acknowledge}, []sla.Stage{sla.Screen}, []sla.Stage{sla.LAAcknowledge}
	return []Rung{
		{Severities: all, Stages: first, Percent: 0, Tell: []sla.Role{sla.Lead, sla.Deputy}, Note: "at once and in parallel"},
		{Severities: others, Stages: screen, Percent: 0, Tell: []sla.Role{sla.OnCall, sla.Lead, sla.Deputy}, Note: "is this S1?"},
		{Severities: others, Stages: screen, Percent: 50, Tell: []sla.Role{sla.OnCall, sla.Lead, sla.Deputy}, Note: "is this S1?"},
		{Severities: others, Stages: screen, Percent: 80, Tell: []sla.Role{sla.OnCall, sla.Lead, sla.Deputy}, Note: "is this S1?"},
		{Severities: emergency, Stages: answer, Percent: 50, Tell: []sla.Role{sla.LALead}, Note: "by a second channel, such as telephone"},
		{Severities: emergency, Stages: answer, Percent: 80, Tell: []sla.Role{sla.LALead, sla.ServiceLead}},
		{Severities: emergency, Percent: 50, Tell: []sla.Role{sla.Assignee, sla.Deputy}, Note: "by a second channel, such as telephone"},
		{Severities: others, Percent: 50, Tell: []sla.Role{sla.Assignee}},
		{Severities: emergency, Percent: 80, Tell: []sla.Role{sla.Assignee, sla.Deputy, sla.ServiceLead}},
		{Severities: others, Percent: 80, Tell: []sla.Role{sla.Assignee, sla.Deputy}},
		{Severities: emergency, Percent: 100, Tell: []sla.Role{sla.Lead, sla.Deputy, sla.ServiceLead, sla.LALead, sla.OnCall, sla.Manager}, Note: "call 999 or the Emergency Duty Team now"},
		{Severities: others, Percent: 100, Tell: []sla.Role{sla.Lead, sla.Deputy, sla.ServiceLead, sla.LALead, sla.Manager}, Note: "a written reason is required"},
		{Severities: all, Percent: 200, Tell: []sla.Role{sla.LALead, sla.SeniorOfficer, sla.Manager}},
		{Severities: all, Percent: 400, Tell: []sla.Role{sla.LALead, sla.SeniorOfficer, sla.Executive, sla.Manager}, Note: "goes into the governance report"},
	}
}
