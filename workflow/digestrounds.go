package workflow

import (
	"context"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// The letters that come by the clock and concern no one case.
const (
	DailyList    casefile.Kind = "daily"
	RosterCheck  casefile.Kind = "roster-check"
	PolicyReview casefile.Kind = "policy-review"
)

// Digests are the rounds by which people hear how the desk stands. What a letter
// says is decided when it is written, so that it never tells of a case from which
// its reader was excluded meanwhile.
type Digests struct {
	Office       *Office
	Hour, Minute int // when they come, on the wall of Zone
	Zone         *time.Location
}

// Daily is the list for each day. It is the desk's dead-man's mail as well:
// everybody gets it, also when there is nothing to tell.
func (d Digests) Daily() Round {
	return Round{Next: Daily(d.Hour, d.Minute, d.Zone), Do: func(ctx context.Context, period time.Time) (Then, error) {
		open, err := d.Office.Ledger.OpenCases(ctx)
		if err != nil {
			return nil, err
		}
		return d.once(DailyList, period, func(tx *ledger.Tx, now time.Time) error { return d.list(tx, open, period, now) }), nil
	}}
}

// list owes everybody their list.
func (d Digests) list(tx *ledger.Tx, open []casefile.Case, period, now time.Time) error {
	posts := readers(d.Office.rules(now).Roster, open)
	if len(posts) == 0 {
		return errNobody
	}
	var letters []ledger.Letter
	for _, p := range posts {
		x := d.Office.blank(DailyList, p.Person, d.detail(DailyList, period, now), now)
		x.Role = p.Role
		letters = append(letters, x)
	}
	return tx.Write(letters...)
}

// detail says what a letter is owed for, and because of what it is late.
func (d Digests) detail(kind casefile.Kind, period, now time.Time) Detail {
	return Detail{Trouble: string(kind), Period: period, Outage: d.Office.outage(period, now)}
}

// once makes a round write its letters once for a day of the desk's zone, also
// when the hour at which they come was changed on that day.
func (d Digests) once(name casefile.Kind, period time.Time, write Then) Then {
	return func(tx *ledger.Tx, now time.Time) error {
		first, err := tx.Turn("round/"+string(name), period.In(d.Zone).Format(time.DateOnly))
		if err != nil || !first {
			return err
		}
		return write(tx, now)
	}
}

// Roster is the weekly check of the roster.
func (d Digests) Roster() Round {
	return Round{Next: Weekly(time.Monday, d.Hour, d.Minute, d.Zone), Do: func(_ context.Context, period time.Time) (Then, error) {
		return d.once(RosterCheck, period, func(tx *ledger.Tx, now time.Time) error {
			return d.Office.oversee(tx, RosterCheck, d.detail(RosterCheck, period, now), now)
		}), nil
	}}
}

// Review reminds of the day on which something of the council's is to be looked
// at again; what is a word for it that the letters know. It is told 30 days
// before, on the day, and every week after it until the day is another.
func (d Digests) Review(what string, day sla.Day) Round {
	next := reviews(day, d)
	return Round{Next: next, Do: func(_ context.Context, period time.Time) (Then, error) {
		if !next(period.Add(-time.Second)).Equal(period) {
			return nil, nil // it was owed for another day
		}
		return d.once(casefile.Kind("review-"+what), period, func(tx *ledger.Tx, now time.Time) error {
			detail := d.detail(PolicyReview, period, now)
			detail.Trouble, detail.Due = "review "+what, wall(day, 0, 0, d.Zone)
			return d.Office.oversee(tx, PolicyReview, detail, now)
		}), nil
	}}
}

// reviews are the moments at which a review is reminded of.
func reviews(day sla.Day, d Digests) func(time.Time) time.Time {
	return func(after time.Time) time.Time {
		for _, ahead := range []sla.Day{30, 0} {
			if at := wall(day-ahead, d.Hour, d.Minute, d.Zone); at.After(after) {
				return at
			}
		}
		late := (sla.DayOf(after.In(d.Zone)) - day) / 7
		for week := max(1, late); ; week++ {
			if at := wall(day+7*week, d.Hour, d.Minute, d.Zone); at.After(after) {
				return at
			}
		}
	}
}

// wall is an hour and minute of a day on the wall of a place, UTC.
func wall(day sla.Day, hour, minute int, zone *time.Location) time.Time {
	y, m, n := time.Unix(int64(day)*24*60*60, 0).UTC().Date()
	return time.Date(y, m, n, hour, minute, 0, 0, zone).UTC()
}
