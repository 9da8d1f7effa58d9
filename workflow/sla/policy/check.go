package policy

import (
	"fmt"
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// needed are the stages that no policy may be without, for any severity.
var needed = []sla.Stage{sla.Receipt, sla.Acknowledge, sla.Triage, sla.TellLA, sla.Protect, sla.UpdateReporter, sla.Review}

// leastRepeat is the shortest time between two tellings of the last rung: each is
// a letter to everybody on it.
const leastRepeat = 5 * time.Minute

// faults is all that makes a policy unfit to run by, in no order: gaps, rungs
// that nobody stands on or that are never reached, clocks that cannot run.
func (p Policy) faults() (ps Problems) {
	if p.Week == (sla.Week{}) {
		ps.add("open", "the service is never open", hoursExample)
	}
	p.stageFaults(&ps)
	p.gaps(&ps)
	p.rungFaults(&ps)
	p.ladderGaps(&ps)
	p.tableFaults(&ps)
	return ps
}

// stageFaults looks at each row of the table by itself.
func (p Policy) stageFaults(ps *Problems) {
	for i, t := range p.Stages {
		key := fmt.Sprintf("stage[%d]", i)
		switch first := slices.IndexFunc(p.Stages, func(o sla.Term) bool { return o.Stage == t.Stage }); {
		case first < i:
			ps.add(key+".name", fmt.Sprintf("%s is there twice", t.Stage), "take one away")
		case t.S == [4]sla.Allowance{}:
			ps.add(key, fmt.Sprintf("%s has no allowance for any severity, so it never runs", t.Stage), `give it one, such as s2 = "4wh"`)
		case !t.Desk && (t.With != "" || len(t.Tell) > 0):
			ps.add(key, fmt.Sprintf("with and tell are for what the desk does, and %s is a person's", t.Stage), `write done_by = "desk", or say on a [[rung]] whom to tell`)
		case !t.Desk && slices.Contains(t.S[:], sla.Elapsed(0)):
			ps.add(key, fmt.Sprintf("%s gives a person no time at all", t.Stage), `give some, such as "15m", or write done_by = "desk"`)
		case t.Stage == sla.Acknowledge && (t.Desk || t.Soft || t.Raised || t.OutOfHours || t.Repeats):
			ps.add(key, "acknowledge is a limit for a person, always, and once", "take runs, missed, again and done_by away")
		}
		if _, ok := p.term(t.With); t.With != "" && !ok {
			ps.add(key+".with", fmt.Sprintf("there is no stage %s in this file", t.With), "add it, or take this away")
		}
	}
}

// gaps are stages and allowances that are missing.
func (p Policy) gaps(ps *Problems) {
	for _, s := range needed {
		t, ok := p.term(s)
		if !ok {
			ps.add("stage", fmt.Sprintf("gap: there is no stage %s", s), fmt.Sprintf("add [[stage]] with name = %q", s))
			continue
		}
		i := slices.IndexFunc(p.Stages, func(o sla.Term) bool { return o.Stage == s })
		for n, severity := range severities() {
			if t.S[n].IsZero() && t.S != [4]sla.Allowance{} {
				ps.add(fmt.Sprintf("stage[%d]", i), fmt.Sprintf("gap: %s has no allowance for %s", s, severity), fmt.Sprintf(`add s%d, such as "1wd"`, n+1))
			}
		}
	}
}

// rungFaults are rungs with nobody on them, and rungs that are never reached.
func (p Policy) rungFaults(ps *Problems) {
	for i, r := range p.Ladder {
		key := fmt.Sprintf("rung[%d]", i)
		switch {
		case len(r.Tell) == 0:
			ps.add(key, fmt.Sprintf("the rung at %d%% tells nobody", r.Percent), `add tell = ["lead", "deputy"]`)
		case len(r.Severities) == 0:
			ps.add(key, fmt.Sprintf("the rung at %d%% is for no severity, so it is never reached", r.Percent), `add severities = ["S1", "S2", "S3", "S4"]`)
		case !p.reached(r):
			ps.add(key, fmt.Sprintf("the rung at %d%% is never reached: none of its stages has a limit for a person in its severities", r.Percent), "name other stages, or take it away")
		}
	}
}

// reached tells whether some clock climbs to the rung.
func (p Policy) reached(r Rung) bool {
	for _, s := range r.Severities {
		for _, t := range p.Stages {
			if !t.For(s).IsZero() && slices.ContainsFunc(p.rungs(s, t), func(o Rung) bool { return same(o, r) }) {
				return true
			}
		}
	}
	return false
}

func same(a, b Rung) bool {
	return a.Percent == b.Percent && slices.Equal(a.Severities, b.Severities) && slices.Equal(a.Stages, b.Stages) && slices.Equal(a.Tell, b.Tell)
}

// ladderGaps looks at every ladder as it is climbed: two rungs at one point, no
// rung at the begin, nobody told of the breach.
func (p Policy) ladderGaps(ps *Problems) {
	for _, s := range severities() {
		for _, t := range p.Stages {
			if t.Desk || t.For(s).IsZero() {
				continue
			}
			ladder := p.rungs(s, t)
			p.twins(ps, s, t.Stage, ladder)
			if t.Stage == sla.Acknowledge && !tells(ladder, 0, sla.Lead, sla.Deputy) {
				ps.add("rung", fmt.Sprintf("gap: nobody is told at once of an %s, or lead and deputy not both", s), fmt.Sprintf(`add [[rung]] with at = "0%%", severities = [%q], stages = ["acknowledge"], tell = ["lead", "deputy"]`, s))
			}
			if !t.Soft && !tells(ladder, 100, sla.Manager) {
				ps.add("rung", fmt.Sprintf("gap: managers do not hear when %s of an %s is missed", t.Stage, s), `add "manager" to the tell of a rung at = "100%"`)
			}
		}
	}
}

// twins are rungs of one ladder at one point: the second is never climbed.
func (p Policy) twins(ps *Problems, s sla.Severity, stage sla.Stage, ladder []Rung) {
	for i := 1; i < len(ladder); i++ {
		at := slices.IndexFunc(p.Ladder, func(r Rung) bool { return same(r, ladder[i]) })
		key := fmt.Sprintf("rung[%d].at", at)
		if ladder[i].Percent == ladder[i-1].Percent && !slices.ContainsFunc(*ps, func(o Problem) bool { return o.Key == key }) {
			ps.add(key, fmt.Sprintf("is never reached by itself: another rung for %s of an %s is at %d%% too", stage, s, ladder[i].Percent), "put all who are told then into one rung")
		}
	}
}

// tells tells whether a ladder has a rung at the point that tells all of them.
func tells(ladder []Rung, percent int, all ...sla.Role) bool {
	return slices.ContainsFunc(ladder, func(r Rung) bool {
		return r.Percent == percent && !slices.ContainsFunc(all, func(role sla.Role) bool { return !slices.Contains(r.Tell, role) })
	})
}

// tableFaults looks at repeats, stale acknowledgements and pauses.
func (p Policy) tableFaults(ps *Problems) {
	for i, s := range severities() {
		key := fmt.Sprintf("s%d", i+1)
		switch d, real := p.Repeat[i].Real(); {
		case p.Repeat[i].IsZero():
			ps.add("repeat", fmt.Sprintf("gap: the ladder of %s falls silent at its last rung", s), fmt.Sprintf(`add %s, such as "4wh"`, key))
		case real && d < leastRepeat, p.Repeat[i] == sla.WorkingHours(0):
			ps.add("repeat."+key, fmt.Sprintf("%q is too often: each time is a letter to everybody on the last rung", p.Repeat[i]), `give "5m" or more`)
		}
		if p.Stale[i] == sla.Elapsed(0) || p.Stale[i] == sla.WorkingHours(0) {
			ps.add("stale."+key, "an acknowledgement would be stale as it is given", `give some time, such as "4wh"`)
		}
		if !p.Pause[i].IsZero() && s <= sla.S2 {
			ps.add("pause."+key, fmt.Sprintf("the clock of %s may not be paused", s), "take it away")
		}
		if !p.Pause[i].IsZero() && len(p.Reasons) == 0 {
			ps.add("pause."+key, "no reason is allowed for a pause", `add pause_reasons = ["waiting for the person affected"]`)
		}
	}
}
