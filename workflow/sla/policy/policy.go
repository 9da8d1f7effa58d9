// Package policy is the council's policy as data: how long each severity has for
// each stage, the hours that count, who hears at which rung of the ladder, and
// what follows from that for one matter, minute by minute.
//
// It knows stages, allowances, roles and instants. It must never know what a case
// or a person is, where a policy is kept, how TOML is read, or what time it is
// now: every function is pure and takes the moment it is asked at.
package policy

import (
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// Rung says who is told once a share of a stage's allowance has passed.
type Rung struct {
	Severities []sla.Severity // that it is for
	Stages     []sla.Stage    // that it is for; none means all that a person can miss and that no other rung names at this point
	Percent    int            // of the allowance; 0 is at once, 100 the limit
	Tell       []sla.Role     // in this order
	Note       string         // what the letter asks besides, for people
}

// BySeverity has one allowance for each severity, S1 first; zero for none.
type BySeverity [4]sla.Allowance

// For is the allowance of a severity; unknown counts as S2.
func (b BySeverity) For(s sla.Severity) sla.Allowance { return sla.Term{S: b}.For(s) }

// Policy is all of it. It holds no bank holidays: see New.
type Policy struct {
	Title      string
	NextReview sla.Day // on which the policy itself is to be looked at again
	Zone       *time.Location
	Week       sla.Week
	Closures   []sla.Day // besides bank holidays
	Stages     sla.Terms
	Ladder     []Rung     // ascending within each severity and stage
	Repeat     BySeverity // after the last rung it is told again and again, so often
	Stale      BySeverity // an acknowledgement that leads to nothing for so long returns
	Pause      BySeverity // how long all pauses together may last; zero: no pause
	Reasons    []string   // for which a pause is allowed
}

// severities are all, the gravest first.
func severities() []sla.Severity { return []sla.Severity{sla.S1, sla.S2, sla.S3, sla.S4} }

// stages are all that a policy can name, in the order of the table.
func stages() (all []sla.Stage) {
	for _, t := range sla.DefaultTerms() {
		all = append(all, t.Stage)
	}
	return all
}

// roles are all that a policy can name.
func roles() []sla.Role {
	return []sla.Role{sla.Assignee, sla.OnCall, sla.Lead, sla.Deputy, sla.ServiceLead, sla.LALead, sla.SeniorOfficer, sla.Executive, sla.Manager}
}

// term is the row of a stage.
func (p Policy) term(s sla.Stage) (sla.Term, bool) {
	i := slices.IndexFunc(p.Stages, func(t sla.Term) bool { return t.Stage == s })
	if i < 0 {
		return sla.Term{}, false
	}
	return p.Stages[i], true
}

// Allowance is how long a stage of a severity may take; none for a stage that
// the policy does not have.
func (p Policy) Allowance(s sla.Severity, stage sla.Stage) sla.Allowance {
	t, _ := p.term(stage)
	return t.For(s)
}

// rungs are those of a severity's stage, ascending. A rung that names the stage
// stands in for one at the same point that names none. A target is only nudged
// for: it has no rung at its limit or beyond.
func (p Policy) rungs(s sla.Severity, t sla.Term) (ladder []Rung) {
	if t.Desk {
		return nil
	}
	named := map[int]bool{}
	for _, own := range []bool{true, false} {
		for _, r := range p.Ladder {
			fits := slices.Contains(r.Severities, s) && (r.Percent < 100 || !t.Soft)
			if fits && own && slices.Contains(r.Stages, t.Stage) || fits && !own && len(r.Stages) == 0 && !named[r.Percent] {
				named[r.Percent] = named[r.Percent] || own
				ladder = append(ladder, r)
			}
		}
	}
	slices.SortStableFunc(ladder, func(a, b Rung) int { return a.Percent - b.Percent })
	return ladder
}
