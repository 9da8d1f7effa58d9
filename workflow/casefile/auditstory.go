package casefile

import (
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// unfounded holds the story that the clocks are replayed from against the
// chronology, which is never changed: each line of the one must follow from a line
// of the other, and what was done and held there must stand here.
func (c Case) unfounded(es []Event) (ds []Difference) {
	deeds := c.Story.deeds()
	var last time.Time
	for _, d := range deeds {
		if !slices.ContainsFunc(es, func(e Event) bool { return e.when(d.At, last) && e.leads(d) }) {
			ds = append(ds, Difference{d.At, strings.TrimSpace(string(d.Kind) + " " + string(d.Stage) + string(d.Severity)), "it moves clocks, and the chronology says nothing of it"})
		}
		last = d.At
	}
	for _, e := range es {
		if _, stage := stageIn(e.Text); e.Verb == Done && stage || e.Verb == Rest { // what else is done is held by the clock of an obligation
			if !slices.ContainsFunc(deeds, func(d deed) bool {
				return !d.At.Before(e.At.Truncate(time.Millisecond)) && (d.Kind == policy.Did || d.Kind == policy.Paused) && e.leads(d)
			}) {
				ds = append(ds, Difference{e.At, string(e.Verb) + " " + e.Text, "it was said, and moves no clock"})
			}
		}
	}
	return ds
}

// when reports whether the event may be that of a line of a story at the moment
// at. A clock that was set back gives a line the moment of the one before it.
func (e Event) when(at, before time.Time) bool {
	return e.At.UnixMilli() == at.UnixMilli() || at.Equal(before) && e.At.Before(at)
}

// leads reports whether the event leads to a line of the story.
func (e Event) leads(d deed) bool {
	if d.by != "" && d.by != e.By {
		return false
	}
	switch d.Kind {
	case policy.Did:
		return e.does(d.Stage)
	case policy.Graded:
		s, _, _ := severityIn(e.Text)
		return e.Verb == Grade && s == d.Severity || e.Verb == Exclude && d.by == "" || (e.Verb == Flag || e.Verb == Danger) && d.Severity == sla.S1
	case policy.Paused:
		return e.Verb == Rest
	case policy.Resumed:
		return e.Verb == Resume || e.Verb == Exclude && d.by == ""
	case policy.Closed:
		return e.Verb == Close || e.Verb == NotSafeguarding
	case policy.Reopened:
		return e.Verb == Reopen
	case policy.Changed:
		return e.Verb == Replan && strings.Contains(e.Text, "policy "+d.Version+" ")
	}
	return e.Verb != Elapse
}

// does reports whether the event may be that a stage was done.
func (e Event) does(s sla.Stage) bool {
	switch e.Verb {
	case Acknowledge:
		return s == sla.Acknowledge || s == sla.LAAcknowledge
	case NotSafeguarding:
		return s == sla.Acknowledge
	case Triage:
		return s == sla.Triage
	case Plan:
		return s == sla.Protect
	case Heard:
		return s == sla.Refer
	case Done:
		stage, ok := stageIn(e.Text)
		code, _, _ := obligationIn(e.Text)
		return stage == s || !ok && s == sla.Refer && slices.Contains(agencies, code)
	}
	return false
}
