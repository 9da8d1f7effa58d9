package casefile

import (
	"slices"
	"time"
)

// Digest is the one letter in which alerts are lines that would be too many to
// read one by one. It hides none of them.
const Digest Kind = "digest"

// Flood says when alerts are too many. The zero Flood never does.
type Flood struct {
	After  int           // alerts to one person that go out one by one…
	Within time.Duration // …in this time, and how long a digest takes further lines
	Known  []string      // domains of the council and its partners, lower case
}

// Crowd is what an alert is counted with: a flood in one crowd hides nothing of
// another.
type Crowd string

// The crowds. What comes as it happens, and every nudge, is in none of the
// others. A sender's domain may be forged: it earns a letter of its own, no more.
const (
	Coming  Crowd = ""        // as it happens
	Waiting Crowd = "waiting" // it had waited in the mailbox with many others
	Known   Crowd = "known"   // from an address in a domain of the council or a partner
)

// Crowd says what a report is counted with.
func (f Flood) Crowd(domain string, waited bool) Crowd {
	switch {
	case domain != "" && slices.Contains(f.Known, domain):
		return Known
	case waited:
		return Waiting
	}
	return Coming
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
func (f Flood) Closes(at time.Time, rules Rules) time.Time {
	return at.Add(min(f.Within, rules.Pace()/4)).UTC()
}
