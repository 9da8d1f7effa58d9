// Package sla answers one question: given when something happened, by when must
// a person have acted, and who hears of it if nobody did?
//
// It knows severities, durations, roles and the escalation ladder. It must never
// know what a case is, what a mailbox is, who holds a role, or what time it is now.
package sla

import "time"

// Severity says how fast people must act: S1 (emergency) to S4 (low).
type Severity string

// The answers to whether somebody is in danger now; "" was not asked.
const (
	DangerYes     = "yes"
	DangerNotSure = "unsure"
)

// Suggested is the severity that a report is taken for until a person decides
// (DOMAIN.md section 4): who is in danger, or may be, is an emergency.
func Suggested(danger string) Severity {
	if danger == DangerYes || danger == DangerNotSure {
		return S1
	}
	return S2
}

// The severities of DOMAIN.md section 4. Unknown is treated as S2.
const (
	S1 Severity = "S1"
	S2 Severity = "S2"
	S3 Severity = "S3"
	S4 Severity = "S4"
)

// Role is a seat on the ladder. Who sits on it is the roster's business.
type Role string

// The roles of the policy ("Designated Safeguarding Lead and a Designated Deputy",
// "in turn on to the Local Authority Safeguarding Lead") and those above them.
const (
	Lead          Role = "lead"
	Deputy        Role = "deputy"
	ServiceLead   Role = "service-lead"
	LALead        Role = "la-lead"
	SeniorOfficer Role = "senior-officer"
	Executive     Role = "executive"
	Manager       Role = "manager"
)

// Roles that depend on the case or the hour: whoever has taken the case, or lead
// and deputy while nobody has; and whoever is on call when the service is closed.
const (
	Assignee Role = "assignee"
	OnCall   Role = "on-call"
)

// Stage names what a deadline is for.
type Stage string

// The stages with a clock so far.
const (
	Acknowledge Stage = "acknowledge" // a named person has taken the case
	Review      Stage = "review"      // a taken case comes back until it is closed
)

// Rung says who is told once a share of the allowance has passed.
type Rung struct {
	Percent int    // of the allowance; 0 is at once
	Tell    []Role // in this order
	Breach  bool   // the limit itself has passed
}

// Policy is the ladder and its allowances as data.
type Policy struct {
	Acknowledge time.Duration // until a named person must have taken the case
	Review      time.Duration // between reminders of a case that is not closed
	Ladder      []Rung        // ascending; the first is rung 0
}

// Default is the ladder of DOMAIN.md section 4 with elapsed allowances.
func Default() Policy {
	return Policy{Acknowledge: time.Hour, Review: 24 * time.Hour, Ladder: []Rung{
		{0, []Role{Lead, Deputy}, false},
		{50, []Role{Lead, Deputy}, false},
		{100, []Role{Lead, Deputy, ServiceLead, LALead, Manager}, true},
		{200, []Role{LALead, SeniorOfficer, Manager}, true},
		{400, []Role{LALead, SeniorOfficer, Executive, Manager}, true},
	}}
}

// Filled is the policy with the default in place of what is zero.
func (p Policy) Filled() Policy {
	d := Default()
	if p.Acknowledge <= 0 {
		p.Acknowledge = d.Acknowledge
	}
	if p.Review <= 0 {
		p.Review = d.Review
	}
	if len(p.Ladder) == 0 {
		p.Ladder = d.Ladder
	}
	return p
}

// Rung returns rung n. Beyond the top the last rung repeats, so that the
// ladder never falls silent while nobody has acted.
func (p Policy) Rung(n int) Rung {
	if n < len(p.Ladder) {
		return p.Ladder[n]
	}
	last := p.Ladder[len(p.Ladder)-1]
	last.Percent *= n - len(p.Ladder) + 2
	return last
}

// Due is the instant at which rung n of a case opened at from is reached, UTC.
// Like every instant here it is a whole millisecond, which is what a ledger keeps.
func (p Policy) Due(from time.Time, n int) time.Time { return p.after(from, p.Rung(n).Percent) }

// Limit is the instant by which a person must have acknowledged, UTC.
func (p Policy) Limit(from time.Time) time.Time { return p.after(from, 100) }

// after is the instant at which so many percent of the allowance have passed.
func (p Policy) after(from time.Time, percent int) time.Time {
	return whole(from, p.Acknowledge/100*time.Duration(percent))
}

// Latest is the highest rung reached at the moment at, n at least. It leaps
// over repeats of the last rung only: whoever slept through several of those
// is told once, but no rung of the ladder itself is left out.
func (p Policy) Latest(from, at time.Time, n int) int {
	top := len(p.Ladder) - 1
	every := p.Acknowledge / 100 * time.Duration(p.Ladder[top].Percent)
	if n <= top || every <= 0 {
		return n
	}
	n = max(n, top+int(at.Sub(from)/every)-1)
	for !p.Due(from, n+1).After(at) {
		n++
	}
	return n
}

// ReviewDue is the instant of reminder n of a case taken at from, UTC.
func (p Policy) ReviewDue(from time.Time, n int) time.Time {
	return whole(from, p.Review*time.Duration(n+1))
}

// ReviewsBy counts the reminders that were due by the moment at, n at least.
func (p Policy) ReviewsBy(from, at time.Time, n int) int {
	if p.Review <= 0 {
		return n
	}
	return max(n, int(at.Sub(from)/p.Review))
}

func whole(from time.Time, d time.Duration) time.Time {
	return from.Truncate(time.Millisecond).Add(d.Truncate(time.Millisecond)).UTC()
}
