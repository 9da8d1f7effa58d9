package sla

import (
	"maps"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// office is a drawn calendar with what it was made of.
type office struct {
	*Calendar
	week     Week
	holidays Holidays
}

// drawWeek draws opening hours on whole minutes, away from the hour in which
// British clocks change (that has its own test), with one open day at least.
func drawWeek(t *rapid.T) (w Week) {
	for i := range w {
		if !rapid.Bool().Draw(t, "opens") && i != int(time.Wednesday) {
			continue
		}
		opens := rapid.IntRange(2*60, 22*60).Draw(t, "from")
		closes := rapid.IntRange(opens+1, 24*60).Draw(t, "until")
		w[i] = Hours{time.Duration(opens) * time.Minute, time.Duration(closes) * time.Minute}
	}
	return w
}

// drawOffice draws a calendar whose years 2025 to 2029 are known.
func drawOffice(t *rapid.T) office {
	o := office{week: OfficeWeek(), holidays: Holidays{}}
	if rapid.Bool().Draw(t, "odd hours") {
		o.week = drawWeek(t)
	}
	for year := 2025; year < 2030; year++ {
		new := Day(time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC).Unix() / secondsOfDay)
		for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(0, 364), fewest, 2*fewest, rapid.ID[int]).Draw(t, "holidays") {
			o.holidays[new+Day(n)] = "drawn"
		}
	}
	o.Calendar = open(t, o.week, o.holidays)
	return o
}

func open(t rapid.TB, week Week, h Holidays) *Calendar {
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	c, err := NewCalendar(zone, week, h)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// drawReceived draws an instant of 2025 to 2028, often in the days round a
// change of the clocks or the turn of a year.
func drawReceived(t *rapid.T) time.Time {
	from := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	if rapid.Bool().Draw(t, "special") {
		near := rapid.SampledFrom(append(switches()[:6], time.Date(2026, 12, 29, 0, 0, 0, 0, time.UTC))).Draw(t, "near")
		return near.Add(time.Duration(rapid.Int64Range(-4*86400, 4*86400).Draw(t, "second")) * time.Second)
	}
	return from.Add(time.Duration(rapid.Int64Range(0, 3*366*86400).Draw(t, "second")) * time.Second)
}

// drawAllowances draws two of one kind, the shorter first.
func drawAllowances(t *rapid.T) (short, long Allowance) {
	n := rapid.IntRange(0, 60).Draw(t, "n")
	more := n + rapid.IntRange(0, 20).Draw(t, "more")
	switch rapid.IntRange(0, 2).Draw(t, "kind") {
	case 0:
		return Elapsed(time.Duration(n) * time.Minute), Elapsed(time.Duration(more) * time.Minute)
	case 1:
		return WorkingHours(n), WorkingHours(more)
	}
	return WorkingDays(n + 1), WorkingDays(more + 1)
}

// What comes later, or has longer, is never due earlier; nothing is due before
// it was received.
func TestDueIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, received := drawOffice(t), drawReceived(t)
		later := received.Add(time.Duration(rapid.Int64Range(0, 3*86400).Draw(t, "later")) * time.Second)
		short, long := drawAllowances(t)
		due, _ := c.Due(received, short)
		if due.Before(received) {
			t.Fatalf("%s + %v is due %s, before it came", received, short, due)
		}
		if next, _ := c.Due(later, short); next.Before(due) {
			t.Fatalf("%v: received %s due %s, received %s due %s", short, received, due, later, next)
		}
		if longer, _ := c.Due(received, long); longer.Before(due) {
			t.Fatalf("%s: %v due %s, %v due %s", received, short, due, long, longer)
		}
	})
}

// Working time is never due while the service is closed, and n working days
// pass exactly n working dates.
func TestDueIsInOpeningHours(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, received := drawOffice(t), drawReceived(t)
		_, a := drawAllowances(t)
		due, known := c.Due(received, a)
		if !known || a.unit == elapsed {
			return
		}
		local := due.In(c.Zone())
		h, clock := c.week[local.Weekday()], sinceMidnight(local)
		today := DayOf(local)
		if clock == 0 && c.week[(local.Weekday()+6)%7].Close == 24*time.Hour { // closing time of the day before
			today, h, clock = today-1, c.week[(local.Weekday()+6)%7], 24*time.Hour
		}
		if h == (Hours{}) || clock < h.Open || clock > h.Close || c.holidays[today] != "" {
			t.Fatalf("%s + %v is due %s, when it is closed", received.In(c.Zone()), a, local)
		}
		if a.unit != workingDays {
			return
		}
		n := 0
		for d := DayOf(received.In(c.Zone())) + 1; d <= today; d++ {
			if c.week[d.Weekday()] != (Hours{}) && c.holidays[d] == "" {
				n++
			}
		}
		if n != int(a.n) {
			t.Fatalf("%s + %v is due %s, after %d working days", received.In(c.Zone()), a, local, n)
		}
	})
}

func sinceMidnight(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

// Working hours add up: waiting in two steps is waiting once.
func TestWorkingHoursAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c, received := drawOffice(t), drawReceived(t)
		a, b := rapid.IntRange(0, 40).Draw(t, "a"), rapid.IntRange(0, 40).Draw(t, "b")
		half, _ := c.Due(received, WorkingHours(a))
		steps, _ := c.Due(half, WorkingHours(b))
		if once, _ := c.Due(received, WorkingHours(a+b)); !steps.Equal(once) {
			t.Fatalf("%s: %dwh then %dwh is %s, %dwh is %s", received, a, b, steps, a+b, once)
		}
	})
}

// Data that is missing never makes a deadline later than the data would, and
// says so.
func TestF59MissingYearsAreNeverLater(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, received := drawOffice(t), drawReceived(t)
		_, a := drawAllowances(t)
		gone := rapid.IntRange(2025, 2029).Draw(t, "year")
		rest := maps.Clone(o.holidays)
		kept := rapid.IntRange(0, fewest-1).Draw(t, "kept") // some of the year may still be there
		for d := range o.holidays {
			if d.Year() == gone {
				if kept--; kept < 0 {
					delete(rest, d)
				}
			}
		}
		with, known := o.Due(received, a)
		without, still := open(t, o.week, rest).Due(received, a)
		touched := received.In(o.Zone()).Year() <= gone && gone <= without.In(o.Zone()).Year()
		if without.After(with) || still != (known && (!touched || a.unit == elapsed)) {
			t.Fatalf("%s + %v: %s known %v; without %d: %s known %v", received, a, with, known, gone, without, still)
		}
	})
}

// The calendar agrees with the diary, whatever the hours and the holidays.
func TestDueAgreesWithTheDiary(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, received := drawOffice(t), drawReceived(t)
		closed := map[string]bool{}
		for d := range o.holidays {
			closed[d.String()] = true
		}
		diary := keepDiary(o.Zone(), o.week, closed, received.Add(-24*time.Hour).Truncate(24*time.Hour), 36)
		n := rapid.IntRange(0, 4).Draw(t, "n")
		if due, _ := o.Due(received, WorkingHours(n)); due.Before(received.AddDate(0, 0, 30)) && n > 0 && !due.Equal(diary.hours(received, n)) {
			t.Fatalf("%s + %dwh: %s, the diary says %s", received.In(o.Zone()), n, due.In(o.Zone()), diary.hours(received, n).In(o.Zone()))
		}
		if due, _ := o.Due(received, WorkingDays(n+1)); due.Before(received.AddDate(0, 0, 30)) && !due.Equal(diary.days(received, n+1)) {
			t.Fatalf("%s + %dwd: %s, the diary says %s", received.In(o.Zone()), n+1, due.In(o.Zone()), diary.days(received, n+1).In(o.Zone()))
		}
	})
}
