package casefile

import (
	"time"

	"dutydesk/workflow/sla"
)

// Digest is the one letter in which alerts are lines that would be too many to
// read one by one. It hides none of them.
const Digest Kind = "digest"

// Flood says when alerts are too many. The zero Flood never does.
type Flood struct {
	After  int           // alerts to one person that go out one by one…
	Within time.Duration // …in this time, and how long a digest takes further lines
}

// Gathers reports whether an alert becomes a line of a digest, when its person
// had so many alerts within the time before it. Only what calls people to a new
// concern is gathered: a breach is told at once, always, and so is whatever
// answers a person.
func (f Flood) Gathers(kind Kind, recent int) bool {
	return f.Alerts(kind) && recent >= f.After
}

// Alerts reports whether a kind counts at all.
func (f Flood) Alerts(kind Kind) bool {
	return f.Within > 0 && (kind == Opened || kind == Nudge || kind == Hold)
}

// Closes is when a digest goes out whose first line came at the moment at: soon
// enough for the ladder, which does not wait for it.
func (f Flood) Closes(at time.Time, p sla.Policy) time.Time {
	return at.Add(min(f.Within, p.Acknowledge/4)).UTC()
}
