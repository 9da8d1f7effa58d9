package notify

import (
	"time"

	"dutydesk/templates"
)

// Daily is what one person is told every day: counts of concerns and what is
// owed of them. It holds nothing that its reader must not know of.
type Daily struct {
	Open, Today, Overdue, Breached int // concerns
	Undelivered, Held, Waiting     int // letters, reports, arrivals

	Counts bool   // only what is late is listed
	Why    string // the role for which the person gets the list
	Ring   string // whom to ring when it stays away
	Owed   []Owed // soonest first
}

// Owed is one concern of a daily list. Org and Severity are for full letters.
type Owed struct {
	Ref, Org, Severity     string
	State                  string // as in Facts
	Due                    time.Time
	Overdue, Today, Missed bool // late now; owed today; it missed a limit before
}

// Roll is what the weekly check of the roster found.
type Roll struct {
	Warnings  []RollWarning
	Uncovered []string // names of organisations
	Returned  []string // names of people
}

// RollWarning is one thing that is or will be wrong with the roster.
type RollWarning struct {
	What          string // "ends", "away", "vacant" or "ambassadors"
	At, Until     time.Time
	Org, Role     string
	Person        string // name
	Now, OnlyMail bool   // it is so already; only a mail said so
}

// Gone is a time during which the desk did not run.
type Gone struct{ From, To time.Time }

// mostOwed is how many concerns a daily list names; the others are counted.
const mostOwed = 500

// sections are the sections of a daily list.
func (d *Daily) sections(f Facts, say *phrases) []templates.Section {
	all := []templates.Section{{Heading: say.write("daily overdue", d)}, {Heading: say.write("daily today", d)}, {Heading: say.write("daily later", d)}}
	for i, x := range d.Owed {
		if i == mostOwed {
			break
		}
		at := 2
		switch {
		case x.Overdue:
			at = 0
		case x.Today:
			at = 1
		}
		all[at].Items = append(all[at].Items, say.write("daily item", x.said(f, say)))
	}
	return all
}

// said is what the words of one line may mention.
func (x Owed) said(f Facts, say *phrases) any {
	late := ""
	if x.Overdue {
		late = span(f.Now.Sub(x.Due))
	}
	return struct {
		Ref, Stage, Due, Late, Severity, Org string
		Missed                               bool
	}{oneLine(x.Ref), say.of("stage", x.State, x), f.since(x.Due), late, severities[x.Severity].row, oneLine(x.Org), x.Missed}
}

// Unlisted is how many concerns are counted and not named.
func (d *Daily) Unlisted() int { return max(0, len(d.Owed)-mostOwed) }

// because says why the person gets the list.
func (f Facts) because(say *phrases) string {
	if f.Daily == nil {
		return ""
	}
	return say.of("daily-why", f.Daily.Why, f)
}

// sections are the findings of the weekly check, one list for each kind.
func (r *Roll) sections(f Facts, say *phrases) (all []templates.Section) {
	for _, what := range []string{"vacant", "ends", "away", "ambassadors"} {
		s := templates.Section{Heading: say.write("roll "+what, nil)}
		for _, w := range r.Warnings {
			if w.What == what {
				s.Items = append(s.Items, say.write("roll-item "+what, w.said(f, say)))
			}
		}
		all = append(all, s)
	}
	return append(all,
		templates.Section{Heading: say.write("roll uncovered", nil), Items: oneLines(r.Uncovered)},
		templates.Section{Heading: say.write("roll returned", nil), Items: oneLines(r.Returned)})
}

// said is what the words of one finding may mention.
func (w RollWarning) said(f Facts, say *phrases) any {
	return struct {
		Seat, Org, Person, At, Until string
		Now, OnlyMail                bool
	}{say.of("seat", w.Role, w), oneLine(w.Org), oneLine(w.Person), f.date(w.At), f.date(w.Until), w.Now, w.OnlyMail}
}

// Empty reports that the check found nothing.
func (r *Roll) Empty() bool { return len(r.Warnings)+len(r.Uncovered)+len(r.Returned) == 0 }

// date is a day in the reader's zone, "" for none.
func (f Facts) date(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(f.Zone).Format("Monday 2 January 2006")
}

// comes is the hour at which a letter by the clock comes, "" if it is not one.
func (f Facts) comes() string {
	if f.Period.IsZero() {
		return ""
	}
	return hour(f.Period.In(f.Zone))
}

// lateness says why the letter comes late, "" if it does not.
func (f Facts) lateness(say *phrases) string {
	const soon = 5 * time.Minute
	switch {
	case f.Gone != Gone{}:
		return say.write("late outage", struct{ From, To string }{f.since(f.Gone.From), f.since(f.Gone.To)})
	case !f.Period.IsZero() && f.Now.Sub(f.Period) > soon:
		return say.write("late", struct{ At string }{f.since(f.Period)})
	}
	return ""
}

// round reports a letter that comes by the clock.
func (f Facts) round() bool {
	return f.Kind == DailyList || f.Kind == RosterCheck || f.Kind == PolicyReview
}
