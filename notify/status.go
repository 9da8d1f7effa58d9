package notify

import (
	"strings"
	"time"

	"dutydesk/templates"
)

// Clock is one thing that people owe a case.
type Clock struct {
	Stage  string    // "triage"
	Due    time.Time // its limit
	Missed bool
}

// stands says how a case stands: what is owed, and what happened last.
func (f Facts) stands(say *phrases) []templates.Section {
	owed := templates.Section{Heading: "What is due"}
	for _, c := range f.Clocks {
		late := ""
		if f.Now.After(c.Due) {
			late = span(f.Now.Sub(c.Due))
		}
		stage := say.of("due", c.Stage, f)
		if stage == "" {
			stage = strings.ReplaceAll(oneLine(c.Stage), "-", " ")
		}
		owed.Items = append(owed.Items, say.write("clock", struct {
			Stage, Due, Late string
			Missed           bool
		}{stage, f.since(c.Due), late, c.Missed}))
	}
	return []templates.Section{owed, {Heading: "The last lines of its chronology", Items: f.Lines}}
}
