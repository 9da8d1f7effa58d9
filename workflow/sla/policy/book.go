package policy

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// Book is a policy with the bank holidays it runs on: all that deadlines come
// from. It never changes, and is safe for use by several goroutines.
type Book struct {
	Policy   Policy
	Holidays sla.Holidays // with Policy.String, all that a ledger keeps to open the same book again
	Calendar *sla.Calendar
	Version  string // twelve hex digits: another policy or other holidays, another version
}

// New makes the book of a policy and of the bank holidays as they are known. The
// error is that of sla.NewCalendar. Extra closures come from a command line.
func New(p Policy, holidays sla.Holidays, closures ...sla.Day) (*Book, error) {
	p.Closures = append(slices.Clone(p.Closures), closures...)
	c, err := sla.NewCalendar(p.Zone, p.Week, holidays, p.Closures...)
	if err != nil {
		return nil, fmt.Errorf("open the book of %q: %w", p.Title, err)
	}
	return &Book{Policy: p, Holidays: maps.Clone(holidays), Calendar: c, Version: version(p, holidays)}, nil
}

// version is a name for exactly this policy with these holidays.
func version(p Policy, holidays sla.Holidays) string {
	h := sha256.New()
	h.Write([]byte(p.String()))
	for _, day := range slices.Sorted(maps.Keys(holidays)) {
		fmt.Fprintln(h, day)
	}
	return hex.EncodeToString(h.Sum(nil))[:12]
}

// Open starts every clock of what was received: one for each stage of the policy
// that the severity has an allowance for, in the order of the policy. Stages that
// something must raise, and the screen of what came in opening hours, have none.
func (b *Book) Open(s sla.Severity, received time.Time) (clocks []Clock) {
	inHours := b.Calendar.IsOpen(received)
	for _, t := range b.Policy.Stages {
		if !t.Raised && (!t.OutOfHours || !inHours) && !t.For(s).IsZero() {
			clocks = append(clocks, b.start(t, s, received, "receipt"))
		}
	}
	return clocks
}

// Clock is the clock of something that is no stage of the policy: it counts the
// policy's hours and climbs those of its rungs that name no stage. Why names what
// it began with, for people.
func (b *Book) Clock(t sla.Term, s sla.Severity, from time.Time, why string) Clock {
	return b.start(t, s, from, why)
}

// start begins the clock of one stage; since says at what, for people.
func (b *Book) start(t sla.Term, s sla.Severity, from time.Time, since string) Clock {
	a, begun := t.For(s), time.Unix(from.Unix(), 0).UTC()
	due, known := b.Calendar.Due(begun, a)
	return Clock{Stage: t.Stage, Severity: s, Allowance: a, From: begun, Due: due, Known: known, Soft: t.Soft, Version: b.Version,
		Why: fmt.Sprintf("%s %s: %s from %s, policy %s", s, t.Stage, a.Words(), since, b.Version), book: b, term: t, origin: begun}
}
