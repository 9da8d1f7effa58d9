package casefile

import (
	"maps"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// signature begins the part of a line of a story that says whose deed it was.
const signature = " @"

// signed is the story with the name of a person at each line that it has more
// than was had.
func (s Story) signed(was Story, by string) Story {
	added, longer := strings.CutPrefix(string(s), string(was))
	if !longer {
		return s
	}
	return was + Story(strings.ReplaceAll(added, "\n", signature+by+"\n"))
}

// deed is a line of a story with whose it was: "" where nobody's name stands, as
// with what the desk did.
// with is the first of two who had to say it.
type deed struct {
	policy.Event
	by, with string
}

func (s Story) deeds() (ds []deed) {
	for line := range strings.Lines(string(s)) {
		text, by, _ := strings.Cut(strings.TrimSpace(line), signature)
		with, second, two := strings.Cut(by, signature)
		if !two {
			with, second = "", by
		}
		ds = append(ds, deed{readEvent(text), second, with})
	}
	return ds
}

// unsaid are stages that a person does, once: what the desk does, and what comes
// back by itself, need nobody to raise them again.
var unsaid = []sla.Stage{sla.Screen, sla.Triage, sla.TellLA, sla.LAAcknowledge, sla.Protect, sla.Refer, sla.ReferInWriting}

// unsay takes back what people did to the clocks who may not act any more: the
// clocks that they hold run, the stages that they said were done run again from
// now, and a lighter severity that they gave is off. A case that waits to be
// taken is held by nobody. It says so, for people, and "" if there was nothing.
func (c *Case) unsay(barred func(id string) bool, at time.Time) string {
	if _, by, _ := strings.Cut(c.Grading, "="); barred(by) {
		c.Grading = ""
	}
	var back []string
	held, lost, severity := c.Story.fallen(c.Story.began(c.Severity), barred, at)
	if held != "" && (barred(held) || c.State == Submitted) {
		c.Story = c.Story.and(at, policy.Resumed, "")
		back = append(back, "nothing is held any more")
	}
	if severity < c.Severity {
		c.Story = c.Story.and(at, policy.Graded, string(severity)+" "+string(c.Severity))
		c.Severity = severity
		back = append(back, "it is "+string(severity)+" again until somebody else grades it")
	}
	for _, s := range lost { // by the severity that it has now: a lighter one may have no such stage
		c.Story = c.Story.and(at, policy.Raised, string(s))
		back = append(back, string(s)+" must be done again")
	}
	return strings.Join(back, ", ")
}

// fallen is what does not stand without the deeds of some people: the stages
// that nobody else did, and the severity that was given by others; held is who
// holds the clocks, barred or not.
func (s Story) fallen(began sla.Severity, barred func(id string) bool, at time.Time) (held string, lost []sla.Stage, severity sla.Severity) {
	severity = began
	for _, d := range s.deeds() {
		out := barred(d.by) || barred(d.with)
		switch d.Kind {
		case policy.Paused:
			if held = ""; d.Until.After(at) {
				held = d.by
			}
		case policy.Resumed:
			held = ""
		case policy.Did, policy.Raised:
			lost = slices.DeleteFunc(lost, func(x sla.Stage) bool { return x == d.Stage || x == sla.Screen && !out && d.Stage == sla.Triage })
			if d.Kind == policy.Did && out && slices.Contains(unsaid, d.Stage) {
				lost = append(lost, d.Stage)
			}
		case policy.Graded:
			if !out || d.Severity < severity {
				severity = d.Severity
			}
			if !out { // who grades a case has screened it
				lost = slices.DeleteFunc(lost, func(x sla.Stage) bool { return x == sla.Screen })
			}
		}
	}
	return held, lost, severity
}

// owedAgain owes again, from now, what such people settled and nobody settled
// since, and says so for people.
func (c *Case) owedAgain(barred func(id string) bool, rules Rules, at time.Time) string {
	last := map[string]Obligation{}
	for _, o := range c.File.Owed.List() {
		last[o.Code] = o
	}
	var codes []string
	for _, code := range slices.Sorted(maps.Keys(last)) {
		if o := last[code]; !o.Open() && barred(o.By) {
			c.File = c.owe(c.File, owing{code, o.Limit}, "who settled it is off the case", rules, at)
			codes = append(codes, code)
		}
	}
	if codes == nil {
		return ""
	}
	return "owed again: " + strings.Join(codes, " ")
}
