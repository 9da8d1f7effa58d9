package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"dutydesk/workflow/sla/policy"
)

// print writes the story for people.
func (s simulation) print(w io.Writer, b *policy.Book) error {
	hours := "out of hours"
	if s.InHours {
		hours = "in hours"
	}
	fmt.Fprintf(w, "%s received %s, %s (%s), policy %s. Nobody answers:\n", s.Severity, s.ReceivedWords, hours, s.Zone, s.Policy)
	rows := make([][]string, len(s.Story))
	for i, l := range s.Story {
		rows[i] = []string{shortly(l.at.In(b.Calendar.Zone())), string(l.Stage), l.rung(), l.names(s.Organisation != ""), l.Note}
	}
	if err := table(w, "AT STAGE RUNG TOLD NOTE", rows); err != nil {
		return err
	}
	_, err := fmt.Fprintf(w, "and so on every %s until a person acts\n", b.Policy.Repeat.For(s.Severity).Words())
	if err == nil && !s.Sure {
		_, err = fmt.Fprintf(w, "not sure: %s\n", beyond(s.HolidaysUntil))
	}
	return err
}

// shortly is an instant on the clock of its zone, with seconds if there are any.
func shortly(t time.Time) string {
	if t.Second() != 0 {
		return t.Format("Mon 2 Jan 2006 15:04:05 MST")
	}
	return t.Format("Mon 2 Jan 2006 15:04 MST")
}

// rung says which rung a line is.
func (l told) rung() string {
	text := fmt.Sprintf("%d%%", l.Percent)
	switch {
	case l.ByDesk:
		return "the desk does it"
	case l.Percent == 0:
		text = "at once"
	case l.Repeat > 0:
		text += fmt.Sprintf(", again (%d)", l.Repeat)
	case l.Percent > 100:
		text += ", still missed"
	case l.Breach:
		text += " BREACH"
	}
	if l.AsPercent != l.Percent {
		text += fmt.Sprintf(", nobody there: as at %d%%", l.AsPercent)
	}
	return text
}

// names are the roles, with the people on them where a roster is known.
func (l told) names(roster bool) string {
	var all []string
	for _, s := range l.Told {
		text := string(s.Role)
		if roster {
			names := "nobody"
			for i, p := range s.People {
				if names += ", " + p.Name; i == 0 {
					names = p.Name
				}
			}
			text += " (" + names + ")"
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}
