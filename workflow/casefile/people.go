package casefile

import (
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

// Term is a time that something holds for, UTC. From is its first moment, Until
// the first moment after it; a zero one leaves that side open.
type Term struct{ From, Until time.Time }

// Has reports whether the moment at lies in the term. The zero moment lies in
// every term: where no date is given, dates do not matter.
func (t Term) Has(at time.Time) bool {
	return at.IsZero() || !at.Before(t.From) && (t.Until.IsZero() || at.Before(t.Until))
}

// Seat is a role that somebody holds for a time, in place of whoever holds it
// otherwise. Only Lead and Deputy belong to an organisation.
type Seat struct {
	Term
	Role   sla.Role
	Org    string
	Person string
}

// Absence is a time during which somebody is away.
type Absence struct {
	Term
	Person string
	// Learnt says that only a mail told so, which anybody may have written: the
	// person is told all the same, and somebody else as well.
	Learnt bool
}

// IDs are person ids, each once, in order, with a space between them. They are
// a string so that two cases can be compared.
type IDs string

// List are the ids one by one.
func (s IDs) List() []string { return strings.Fields(string(s)) }

// Has reports whether id is one of them.
func (s IDs) Has(id string) bool { return s != "" && slices.Contains(s.List(), id) }

// With are these and the given ids.
func (s IDs) With(ids ...string) IDs {
	all := append(s.List(), ids...)
	slices.Sort(all)
	return IDs(strings.Join(slices.Compact(all), " "))
}

// Without are these but for one.
func (s IDs) Without(id string) IDs {
	return IDs(strings.Join(slices.DeleteFunc(s.List(), func(x string) bool { return x == id }), " "))
}
