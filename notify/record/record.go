// Package record writes the chronology of a case for people to read: when, who,
// what and why, in words.
//
// It knows events, the roster and the words of templates. It must never know
// SQL, mail, HTTP, files or what time it is, and it leaves out no line: what it
// has no words for it names by its code.
package record

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/notify"
	"dutydesk/templates"
	"dutydesk/workflow/casefile"
)

// Book is what a chronology is written from. A Book is used by one goroutine.
type Book struct {
	Words  *templates.Records
	Case   casefile.Case
	Roster casefile.Roster // as it is now; it is asked for the moment of each line
	Zone   *time.Location  // in which times are named

	proposed string // who proposed to close the case, as far as it was read
}

// Entry is one event with its number in the case.
type Entry struct {
	Seq int
	casefile.Event
}

// Chronology writes the whole, printed at now.
func (b Book) Chronology(es []Entry, now time.Time) (c templates.Chronology, err error) {
	c = templates.Chronology{Ref: string(b.Case.Ref), Title: "Chronology " + string(b.Case.Ref), Zone: b.Zone.String()}
	if c.Lines, err = b.Lines(es); err != nil {
		return c, err
	}
	c.Facts, err = b.facts(now)
	return c, err
}

// Lines writes every event, in the order given, which is the order of the case.
func (b Book) Lines(es []Entry) (lines []templates.Line, err error) {
	b.proposed = ""
	for _, e := range es {
		l, err := b.line(e)
		if err != nil {
			return nil, fmt.Errorf("chronology of %s, line %d: %w", b.Case.Ref, e.Seq, err)
		}
		lines = append(lines, l)
	}
	return lines, nil
}

func (b *Book) line(e Entry) (l templates.Line, err error) {
	at := e.At.In(b.Zone)
	l = templates.Line{Seq: e.Seq, Stamp: at.Format(time.RFC3339), Day: at.Format("Monday 2 January 2006"), Time: notify.Hour(at)}
	if l.Who, l.Role, err = b.who(e.By, e.At); err != nil {
		return l, err
	}
	t := b.tell(e.Event)
	if l.What, err = b.say(t); err != nil {
		return l, err
	}
	l.Said = paragraphs(t.said)
	return l, nil
}

// who names whoever acted, and what they were then.
func (b *Book) who(by string, at time.Time) (name, role string, err error) {
	if _, known := b.Roster.People[by]; !known {
		name, err = b.Words.Phrase("who "+by, nil)
		return cmp.Or(name, by), "", err
	}
	roles := b.Roster.On(at).Roles(by, b.Case.Org)
	if len(roles) == 0 {
		return b.Roster.Name(by), "", nil
	}
	role, err = b.Words.Phrase("seat "+string(roles[0]), nil)
	return b.Roster.Name(by), cmp.Or(role, string(roles[0])), err
}

// facts are what stands above the lines.
func (b Book) facts(now time.Time) (rows []templates.Row, err error) {
	c := b.Case
	severity, err := b.Words.Phrase("severity "+string(c.Severity), nil)
	if err != nil {
		return nil, err
	}
	state, err := b.Words.Phrase("state "+string(c.State), nil)
	if err != nil {
		return nil, err
	}
	for _, f := range []templates.Row{
		{Name: "organisation", Value: cmp.Or(b.Roster.Orgs[c.Org].Name, c.Org)},
		{Name: "severity", Value: cmp.Or(severity, string(c.Severity))},
		{Name: "state", Value: cmp.Or(state, plain(string(c.State)))},
		{Name: "opened", Value: b.moment(c.Opened)},
		{Name: "policy", Value: c.Version},
		{Name: "made", Value: b.moment(now)},
	} {
		if f.Name, err = b.Words.Phrase("fact "+f.Name, nil); err != nil {
			return nil, err
		}
		if f.Value != "" {
			rows = append(rows, f)
		}
	}
	return rows, nil
}

func (b Book) moment(t time.Time) string {
	t = t.In(b.Zone)
	return notify.Hour(t) + " on " + t.Format("Monday 2 January 2006")
}

// plain is a code that nobody has words for, as words.
func plain(code string) string { return strings.ToLower(strings.ReplaceAll(code, "_", " ")) }

// paragraphs are the lines of a text, without empty ones at its ends.
func paragraphs(text string) []string {
	if text = strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n")); text == "" {
		return nil
	}
	return slices.Collect(strings.SplitSeq(text, "\n"))
}
