package policy

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

// day is a day of real time.
const day = 24 * time.Hour

// longest is how much real time people may have by severity, for what cannot
// wait, until a council is asked whether it means that; for the rest there is
// longestRest.
var longest = [4]time.Duration{day, 7 * day, 14 * day, 28 * day}

const (
	longestRest  = 60 * day
	shortest     = 5 * time.Minute // for a person
	leastOpen    = 10 * time.Hour  // in a week
	leastReason  = 8               // letters
	sampledHours = 7 * 24
)

// rest are the stages that may take weeks.
var rest = []sla.Stage{sla.UpdateReporter, sla.Review, sla.Closure, sla.ReferInWriting}

// oddities are values that can be meant and hardly ever are.
func (f *File) oddities(ps *Problems, b *Book, now time.Time) {
	f.oddHours(ps, now)
	for i, t := range f.Stages {
		f.oddStage(ps, i, t, b, now)
	}
	for i, s := range severities() {
		for _, table := range []struct {
			name string
			of   BySeverity
			most time.Duration
		}{{"repeat", f.Repeat, longest[i]}, {"stale", f.Stale, longest[i]}, {"pause", f.Pause, longestRest}} {
			ps.long(fmt.Sprintf("%s.s%d", table.name, i+1), fmt.Sprintf("%s of an %s", table.name, s), table.of[i], table.most, b, now)
		}
	}
	for i, r := range f.Reasons {
		if len(strings.ReplaceAll(r, " ", "")) < leastReason {
			ps.add(fmt.Sprintf("pause_reasons[%d]", i), fmt.Sprintf("%q stands in many a sentence, and allows a pause in each", r), `write what must be waited for, such as "waiting for the person affected"`)
		}
	}
}

// oddHours are a week with hardly any hours, and a clock that is not that of
// the bank holidays.
func (f *File) oddHours(ps *Problems, now time.Time) {
	var open time.Duration
	for _, h := range f.Week {
		open += h.Close - h.Open
	}
	if open < leastOpen {
		ps.add("open", fmt.Sprintf("the service is open for %s in a week, so a working hour takes long to pass", open), hoursExample)
	}
	london, err := time.LoadLocation("Europe/London")
	for _, at := range []time.Time{now, now.AddDate(0, 6, 0)} {
		_, here := at.In(f.Zone).Zone()
		if _, there := at.In(london).Zone(); err == nil && here != there {
			ps.add("time_zone", fmt.Sprintf("%s has another time than England and Wales, whose bank holidays count", f.Zone), `write "Europe/London"`)
			return
		}
	}
}

// oddStage looks at one row beside that of the default.
func (f *File) oddStage(ps *Problems, i int, t sla.Term, b *Book, now time.Time) {
	key := fmt.Sprintf("stage[%d]", i)
	if d, ok := (Policy{Stages: sla.DefaultTerms()}).term(t.Stage); ok && !d.Desk && !d.Soft && !t.OutOfHours && (t.Desk || t.Soft || t.Raised && !d.Raised) {
		ps.add(key, fmt.Sprintf("nobody misses %s any more: it is a target, the desk's, or runs only if raised", t.Stage), "take missed, done_by or runs away, if people must do it in time")
	}
	if t.Desk && t.With == "" {
		return
	}
	for n, s := range severities() {
		most := longest[n]
		if slices.Contains(rest, t.Stage) {
			most = longestRest
		}
		at := fmt.Sprintf("%s.s%d", key, n+1)
		ps.long(at, fmt.Sprintf("%s of an %s", t.Stage, s), t.S[n], most, b, now)
		if d, real := t.S[n].Real(); real && d < shortest && !t.Desk {
			ps.add(at, fmt.Sprintf("%s of an %s gives a person %s", t.Stage, s, t.S[n].Words()), `give "5m" or more`)
		}
		if n < 3 && f.slower(t, n, b, now) {
			ps.add(at, fmt.Sprintf("S%d has more time for %s than S%d", n+1, t.Stage, n+2), "the graver severity should have less")
		}
	}
}

// long doubts an allowance that takes more real time than most from now.
func (ps *Problems) long(key, what string, a sla.Allowance, most time.Duration, b *Book, now time.Time) {
	if a.IsZero() {
		return
	}
	if due, _ := b.Calendar.Due(now, a); due.Sub(now) > most {
		ps.add(key, fmt.Sprintf("%s takes %s, which from now is %d days", what, a.Words(), int(due.Sub(now)/day)), "give less, unless it is meant")
	}
}

// slower reports whether a stage can be due later for severity n than for the
// lighter one beside it, of what is received at some hour of the week. What runs
// out of hours ends at the next opening however grave it is.
func (f *File) slower(t sla.Term, n int, b *Book, now time.Time) bool {
	a, lighter := t.S[n], t.S[n+1]
	if a.IsZero() || lighter.IsZero() || t.Soft || t.OutOfHours {
		return false
	}
	for h := range sampledHours {
		at := now.Truncate(time.Hour).Add(time.Duration(h) * time.Hour)
		due, _ := b.Calendar.Due(at, a)
		if then, _ := b.Calendar.Due(at, lighter); due.After(then) {
			return true
		}
	}
	return false
}
