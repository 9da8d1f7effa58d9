package casefile

import "time"

// Related is another case that has a party with a trace of this one's. Whether
// they are the same person is for people to say.
type Related struct {
	Ref    Ref
	Days   int  // between the arrivals of the two, whole days
	Within int  // 90 or 365; 0 if they are further apart
	Course bool // the trace is that of somebody said to be responsible on both: possibly a course of conduct (Protection from Harassment Act 1997, section 7)
	Traces IDs  // that both have
}

// Related compares two cases by the traces of their parties.
func (c Case) Related(other Case) Related {
	apart := other.Opened.Sub(c.Opened).Abs()
	r := Related{Ref: other.Ref, Days: int(apart / (24 * time.Hour)), Traces: shared(c.File.Parties.Traces(), other.File.Parties.Traces())}
	for _, days := range []int{365, 90} {
		if r.Days <= days {
			r.Within = days
		}
	}
	r.Course = shared(c.File.Parties.tracesOf("SUBJECT"), other.File.Parties.tracesOf("SUBJECT")) != ""
	return r
}

// tracesOf are the traces of the parties with a role.
func (s Parties) tracesOf(role string) (all IDs) {
	for _, p := range s.List() {
		if p.Role == role {
			all = all.With(p.Traces.List()...)
		}
	}
	return all
}

func shared(a, b IDs) (both IDs) {
	for _, id := range a.List() {
		if b.Has(id) {
			both = both.With(id)
		}
	}
	return both
}
