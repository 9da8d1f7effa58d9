package outbox

import (
	"context"
	"errors"
	"slices"
	"time"

	"dutydesk/notify"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// Teller says what one person may be told of the whole desk, at the moment that
// a letter is written.
type Teller interface {
	Summary(ctx context.Context, person string, at, midnight time.Time) (workflow.Summary, error)
	Muster(ctx context.Context, person string, at time.Time) (workflow.Muster, error)
}

var _ Teller = (*workflow.Office)(nil)

// errNoTeller reports a writer that cannot write letters by the clock.
var errNoTeller = errors.New("nobody says how the desk stands")

// round adds what a letter by the clock tells.
func (w *Writer) round(ctx context.Context, f notify.Facts, x ledger.Letter, p casefile.Person) (notify.Facts, error) {
	switch {
	case x.Kind == workflow.PolicyReview:
		return f, nil
	case w.Teller == nil:
		return f, errNoTeller
	case x.Kind == workflow.RosterCheck:
		m, err := w.Teller.Muster(ctx, x.Person, f.Now)
		f.Roll = w.roll(m, f.Now)
		return f, err
	}
	s, err := w.Teller.Summary(ctx, x.Person, f.Now, midnight(f.Now, w.Zone))
	f.Daily = &notify.Daily{Open: s.Open, Today: s.Today, Overdue: s.Overdue, Breached: s.Breached, Undelivered: s.Undelivered, Held: s.Held,
		Waiting: s.Waiting, Counts: s.Counts, Why: string(x.Role), Ring: w.Ring}
	for _, o := range s.Owed {
		f.Daily.Owed = append(f.Daily.Owed, w.owed(o, p.Full))
	}
	return f, err
}

// owed is one line. A minimal letter has references, states and times only.
func (w *Writer) owed(o workflow.Owed, full bool) notify.Owed {
	x := notify.Owed{Ref: string(o.Case.Ref), State: states[o.Case.State], Due: o.Due, Overdue: o.Overdue, Today: o.Today, Missed: o.Breached}
	if full {
		x.Severity, x.Org = string(o.Case.Severity), w.Roster.Org(o.Case.Org).Name
	}
	return x
}

func (w *Writer) roll(m workflow.Muster, now time.Time) *notify.Roll {
	r := &notify.Roll{}
	for _, x := range m.Warnings {
		out := notify.RollWarning{What: string(x.What), At: x.At, Until: x.Until, Role: string(x.Role), Now: !x.At.After(now), OnlyMail: x.Learnt}
		if x.Org != "" {
			out.Org = w.Roster.Org(x.Org).Name
		}
		if x.Person != "" {
			out.Person = w.Roster.Name(x.Person)
		}
		r.Warnings = append(r.Warnings, out)
	}
	for _, org := range m.Uncovered {
		r.Uncovered = append(r.Uncovered, w.Roster.Org(org).Name)
	}
	for _, id := range m.Returned {
		r.Returned = append(r.Returned, w.Roster.Name(id))
	}
	return r
}

// byClock reports letters that come by the clock.
func byClock(kind casefile.Kind) bool {
	return slices.Contains([]casefile.Kind{workflow.DailyList, workflow.RosterCheck, workflow.PolicyReview}, kind)
}

// midnight is the end of the day that it is at now in a zone.
func midnight(now time.Time, zone *time.Location) time.Time {
	if zone == nil {
		zone = time.UTC
	}
	y, m, d := now.In(zone).Date()
	return time.Date(y, m, d+1, 0, 0, 0, 0, zone)
}
