package outbox

import (
	"context"
	"slices"
	"strings"

	"dutydesk/notify"
	"dutydesk/notify/record"
	"dutydesk/templates"
	"dutydesk/workflow/casefile"
)

// lastLines is how much of a chronology a letter has.
const lastLines = 10

// status adds how a case stands at this moment: what is owed, and the last lines
// of its chronology. Only full letters have what people said, and who is kept
// from the case.
func (w *Writer) status(ctx context.Context, f notify.Facts, c casefile.Case, full bool) (notify.Facts, error) {
	rules := w.Rules
	rules.Roster = w.Roster.On(w.Now())
	f.State, f.Can = states[c.State], plain(c.Legal())
	for _, d := range c.Deadlines(rules) {
		f.Clocks = append(f.Clocks, notify.Clock{Stage: string(d.Stage), Due: d.Due, Missed: d.Breached})
	}
	rows, err := w.Ledger.Chronology(ctx, c.Ref)
	if err != nil {
		return f, err
	}
	var es []record.Entry
	for _, l := range rows {
		es = append(es, record.Entry{Seq: l.Seq, Event: l.Event})
	}
	words, err := templates.ParseRecords()
	if err != nil {
		return f, err
	}
	lines, err := record.Book{Words: words, Case: c, Roster: w.Roster, Zone: w.Zone}.Lines(es)
	if err != nil {
		return f, err
	}
	f.Lines = told(es, lines, full)
	return f, nil
}

// told are the last lines that somebody may read, one text each.
func told(es []record.Entry, lines []templates.Line, full bool) (out []string) {
	for n, l := range slices.Backward(lines) {
		if len(out) == lastLines {
			break
		}
		if v := es[n].Verb; !full && (v == casefile.Exclude || v == casefile.Readmit) {
			continue
		}
		if !full {
			l.Said = nil
		}
		out = append(out, inOne(l))
	}
	slices.Reverse(out)
	return out
}

// inOne is a line of a chronology as one text.
func inOne(l templates.Line) string {
	who := l.Who
	if l.Role != "" {
		who += " (" + l.Role + ")"
	}
	text := l.Day + ", " + l.Time + ". " + who + ": " + l.What
	if len(l.Said) > 0 {
		text += " “" + strings.Join(l.Said, " ") + "”"
	}
	return text
}
