package app

import (
	"context"
	"time"

	"dutydesk/notify/record"
	"dutydesk/templates"
	"dutydesk/workflow/casefile"
)

// ChronologyLine is one line of "case chronology --json": an event, and what it
// is called in words.
type ChronologyLine struct {
	Event
	Name string `json:"name"` // who it was, by name
	Role string `json:"role"` // what they were then, as the roster has it; "" for none
	What string `json:"what"` // the event as a sentence
}

// Chronology is the chronology of one case, for people and for programs.
type Chronology struct {
	Lines []ChronologyLine
	Page  templates.Chronology
	Words *templates.Records
}

// Chronology reads the chronology of one case and writes it in words, with times
// in zone.
func (r Reader) Chronology(ctx context.Context, ref string, zone *time.Location) (x Chronology, err error) {
	if x.Words, err = templates.ParseRecords(); err != nil {
		return x, err
	}
	c, err := r.Ledger.Case(ctx, casefile.Ref(ref))
	if err != nil {
		return x, err
	}
	rows, err := r.Ledger.Chronology(ctx, c.Ref)
	if err != nil {
		return x, err
	}
	es := make([]record.Entry, 0, len(rows))
	for _, l := range rows {
		es = append(es, record.Entry{Seq: l.Seq, Event: l.Event})
	}
	rules, now := r.rules()
	b := record.Book{Words: x.Words, Case: c, Roster: rules.Roster, Zone: zone}
	if x.Page, err = b.Chronology(es, now); err != nil {
		return x, err
	}
	x.Lines = make([]ChronologyLine, 0, len(rows))
	for n, e := range rows {
		l := x.Page.Lines[n]
		x.Lines = append(x.Lines, ChronologyLine{Event: event(e), Name: l.Who, Role: l.Role, What: l.What})
	}
	return x, nil
}
