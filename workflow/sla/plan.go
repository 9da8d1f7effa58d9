package sla

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// The further stages of DOMAIN.md section 4, in the order of its table. Each
// clock starts at receipt.
const (
	Receipt        Stage = "receipt"             // automatic receipt with safety advice; lead and deputy alerted
	Screen         Stage = "out-of-hours-screen" // "is this S1?", by whoever is on call
	Triage         Stage = "triage"              // a decision is recorded
	TellLA         Stage = "la-told"             // the LA lead is notified, on triage or at this limit
	LAAcknowledge  Stage = "la-acknowledged"     // the LA lead, a person, has answered
	Protect        Stage = "protective-action"   // decided and started
	Refer          Stage = "referral"            // to an outside body, where one is triggered
	ReferInWriting Stage = "referral-in-writing" // the written form after a referral to the LADO
	UpdateReporter Stage = "reporter-update"     // the person affected or the reporter hears from us
	Closure        Stage = "closure"             // a target, not a limit
)

// Term is one row of the table: how long each severity has for a stage.
type Term struct {
	Stage      Stage
	S          [4]Allowance // by severity S1 to S4; zero where there is no clock
	OutOfHours bool         // only for what is received while the service is closed
	Raised     bool         // only once something raises it, such as a decision to refer
	Soft       bool         // a target: missing it is no breach
	Repeats    bool         // runs again from each time it is done
	Desk       bool         // the desk itself does it when it is due; no person can miss it
	With       Stage        // of Desk: done as soon as this other stage is, if that is earlier
	Tell       []Role       // of Desk: whom it tells by doing it
	Note       string       // what the table says besides, for people
}

// For is the allowance of a severity; unknown counts as S2.
func (t Term) For(s Severity) Allowance { return t.S[s.column()] }

// Terms are all rows, in the order in which people read them.
type Terms []Term

// DefaultTerms is the table of DOMAIN.md section 4.
func DefaultTerms() Terms {
	const m, h = time.Minute, time.Hour
	el, wh, wd := Elapsed, WorkingHours, WorkingDays
	never := Allowance{}
	return Terms{
		{Stage: Receipt, S: [4]Allowance{el(0), el(0), el(0), el(0)}, Desk: true},
		{Stage: Acknowledge, S: [4]Allowance{el(15 * m), wh(1), wh(4), wd(1)}},
		{Stage: Screen, S: [4]Allowance{never, el(2 * h), wh(1), wh(0)}, OutOfHours: true},
		{Stage: Triage, S: [4]Allowance{el(30 * m), wh(4), wd(1), wd(2)}},
		{Stage: TellLA, S: [4]Allowance{el(0), wh(4), wd(1), wd(2)}, Desk: true, With: Triage, Tell: []Role{LALead}, Note: "on triage or at this limit, whichever is first"},
		{Stage: LAAcknowledge, S: [4]Allowance{el(1 * h), never, never, never}},
		{Stage: Protect, S: [4]Allowance{el(1 * h), wd(1), wd(3), wd(5)}, Note: "decided and started"},
		{Stage: Refer, S: [4]Allowance{el(1 * h), wd(1), never, never}, Raised: true, Note: "where one is triggered; S3 and S4 are graded S2 first"},
		{Stage: ReferInWriting, S: [4]Allowance{never, wd(3), never, never}, Raised: true, Note: "where the LADO was told"},
		{Stage: UpdateReporter, S: [4]Allowance{wd(1), wd(5), wd(10), wd(20)}},
		{Stage: Review, S: [4]Allowance{el(24 * h), wd(5), wd(10), wd(20)}, Repeats: true},
		{Stage: Closure, S: [4]Allowance{never, wd(30), wd(20), wd(20)}, Soft: true},
	}
}

// ErrSeverity reports words that are no severity.
var ErrSeverity = errors.New("no severity")

// ParseSeverity reads "S1" to "S4" in either case. The error is ErrSeverity.
func ParseSeverity(s string) (Severity, error) {
	for _, known := range []Severity{S1, S2, S3, S4} {
		if strings.EqualFold(s, string(known)) {
			return known, nil
		}
	}
	return "", fmt.Errorf("%w: %q: want S1 (emergency), S2 (high), S3 (standard) or S4 (low)", ErrSeverity, s)
}

// column is the severity's place in a Term. Unknown counts as S2.
func (s Severity) column() int {
	switch s {
	case S1:
		return 0
	case S3:
		return 2
	case S4:
		return 3
	}
	return 1
}

// Deadline is one stage of one matter: by when, and by which term.
type Deadline struct {
	Term
	Allowance Allowance // what the severity has
	Due       time.Time // UTC, exact to the second
	Known     bool      // as Calendar.Due says
}

// Plan is every deadline that starts at receipt, in the order of the table. A
// stage without a clock for this severity or this hour is left out.
func (ts Terms) Plan(c *Calendar, s Severity, received time.Time) []Deadline {
	plan := []Deadline{}
	open := c.IsOpen(received)
	for _, t := range ts {
		a := t.For(s)
		if a.IsZero() || t.OutOfHours && open {
			continue
		}
		due, known := c.Due(received, a)
		plan = append(plan, Deadline{t, a, due, known})
	}
	return plan
}
