package workflow

import (
	"hash/maphash"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla/policy"
)

// sumsLife is how long what is owed for a case is good for while the case itself
// stays as it is: long enough for the lists of one morning.
const sumsLife = time.Minute

// sums hold what is owed for each case, so that it is worked out once and not for
// every reader. They hold nothing about readers.
type sums struct {
	begun time.Time
	books int
	seed  maphash.Seed
	cases map[casefile.Ref]sum
}

// sum is what is owed for a case as it was.
type sum struct {
	is    uint64            // of the case
	first casefile.Deadline // what is owed soonest
	dues  []time.Time       // of all that is owed
}

// renew forgets what is too old at the moment at, or was worked out by fewer
// policies.
func (s *sums) renew(books policy.Books, at time.Time) {
	if age := at.Sub(s.begun); s.cases == nil || age < 0 || age >= sumsLife || s.books != len(books) {
		*s = sums{begun: at, books: len(books), seed: maphash.MakeSeed(), cases: map[casefile.Ref]sum{}}
	}
}

// of is what is owed for a case.
func (s *sums) of(c casefile.Case, rules casefile.Rules) sum {
	is := maphash.Comparable(s.seed, c)
	if had, ok := s.cases[c.Ref]; ok && had.is == is {
		return had
	}
	x := sum{is: is}
	for i, d := range c.Deadlines(rules) {
		if i == 0 {
			x.first = d
		}
		x.dues = append(x.dues, d.Due)
	}
	s.cases[c.Ref] = x
	return x
}

// owed is a case with what is owed soonest of it, as it stands at the moment at.
func (x sum) owed(c casefile.Case, at, midnight time.Time) Owed {
	out := Owed{Case: c, Deadline: x.first}
	for _, due := range x.dues {
		late := !at.Before(due)
		out.Overdue = out.Overdue || late
		out.Today = out.Today || !late && due.Before(midnight)
	}
	out.Breached = out.Breached || !c.Breached.IsZero()
	return out
}
