package sla

import "time"

// Share is the instant at which so many percent of an allowance have passed, in
// UTC, exact to the second; known is as Due says. 100 percent is Due.
//
// Real time and working hours are taken in proportion: half of 1wh are thirty
// minutes of opening time. Working days count whole by the rule of Due (200
// percent of 1wd are 2wd), and a part of a day is that part of the opening time
// between the one and the next: half of 1wd is when half of the opening time
// between receipt and limit has passed. An allowance without length, 0wh, is
// passed at the next opening; each further percent of it is one of a working
// hour. More percent is never earlier.
func (c *Calendar) Share(received time.Time, a Allowance, percent int) (at time.Time, known bool) {
	from := time.Unix(received.Unix(), 0).UTC()
	n := a.n * int64(max(percent, 0))
	if a.unit == elapsed {
		return time.Unix(from.Unix()+n/100, 0).UTC(), true
	}
	if a.unit == none || c == nil || c.week == [7]span{} {
		return from, false
	}
	switch {
	case percent <= 0:
		at = from
	case a.unit == workingDays:
		at = c.shareOfDays(from, int(n/100), n%100)
	case a.n == 0:
		at = c.afterHours(from, time.Duration(max(percent-100, 0))*36*time.Second)
	default:
		at = c.afterHours(from, time.Duration(min(n, maxHundredths))*36*time.Second)
	}
	return at.UTC(), c.knows(from, at)
}

// maxHundredths of working hours are more than any policy gives, a hundred years,
// and still fit into a time.Duration.
const maxHundredths = 100 * 100 * MaxWorkingHours

// shareOfDays is so many hundredths of the way from the whole-th working day to
// the next.
func (c *Calendar) shareOfDays(from time.Time, whole int, hundredths int64) time.Time {
	begin := c.afterDays(from, whole)
	if whole == 0 {
		begin = from
	}
	if hundredths == 0 {
		return begin
	}
	open := c.Between(begin, c.afterDays(from, whole+1))
	return c.afterHours(begin, (open * time.Duration(hundredths) / 100).Truncate(time.Second))
}

// Between is the opening time from one instant to the other, in whole seconds;
// 0 if the second is not later.
func (c *Calendar) Between(from, to time.Time) (open time.Duration) {
	from, to = from.Truncate(time.Second), to.Truncate(time.Second)
	for day := DayOf(from.In(c.zone)); day <= DayOf(to.In(c.zone)); day++ {
		h, ok := c.hours(day)
		if !ok {
			continue
		}
		begin, end := first(day, h.open, c.zone), first(day, h.close, c.zone)
		if from.After(begin) {
			begin = from
		}
		if to.Before(end) {
			end = to
		}
		open += max(end.Sub(begin), 0)
	}
	return open
}

// Again is the instant at which an allowance has passed so many times over, in
// UTC; within a hundred years it has no upper bound. times 0 is received itself.
func (c *Calendar) Again(received time.Time, a Allowance, times int) time.Time {
	from := time.Unix(received.Unix(), 0).UTC()
	switch n := a.n * int64(max(times, 0)); {
	case n == 0 || a.unit == none:
		return from
	case a.unit == elapsed:
		return time.Unix(from.Unix()+n, 0).UTC()
	case a.unit == workingHours:
		return c.afterHours(from, time.Duration(min(n, maxHundredths/100))*time.Hour).UTC()
	default:
		return c.afterDays(from, int(n)).UTC()
	}
}

// Passed is the time from one instant to the other on the clock of an allowance:
// real time, or opening time; 0 if the second is not later.
func (c *Calendar) Passed(a Allowance, from, to time.Time) time.Duration {
	if a.unit == elapsed {
		return max(0, to.Sub(from)).Truncate(time.Second)
	}
	return c.Between(from, to)
}

// After is the instant at which so much time has passed on the clock of an
// allowance, in UTC.
func (c *Calendar) After(from time.Time, a Allowance, passed time.Duration) time.Time {
	from, passed = time.Unix(from.Unix(), 0).UTC(), max(passed, 0).Truncate(time.Second)
	if a.unit == elapsed {
		return from.Add(passed)
	}
	return c.afterHours(from, passed).UTC()
}

// WarnAhead is how long before the end of its bank holidays a calendar is due
// for newer ones.
const WarnAhead = 366 * 24 * time.Hour

// RunsOut tells whether the bank holidays end within WarnAhead of now: time for a
// newer file, long before deadlines become early for want of it.
func (c *Calendar) RunsOut(now time.Time) bool {
	return c.Horizon(now) < DayOf(now.Add(WarnAhead).In(c.zone))
}

// Works tells whether the service is open on that day at all.
func (c *Calendar) Works(day Day) bool {
	_, ok := c.hours(day)
	return ok
}

// BeforeHoliday tells whether the next day that would have opening hours is a
// bank holiday or a closure day.
func (c *Calendar) BeforeHoliday(day Day) bool {
	for next := day + 1; ; next++ {
		if c.week[next.Weekday()] != (span{}) {
			return c.closed[next]
		}
	}
}

// Instants are the instants at which the wall shows day and clock (seconds past
// 00:00): two where the clocks go back over it, none where they leap over it.
func (c *Calendar) Instants(day Day, clock int) (all []time.Time) {
	t := first(day, clock, c.zone)
	if d, s := wall(t.In(c.zone)); d != day || s != clock {
		return nil
	}
	all = append(all, t.UTC())
	_, end := t.In(c.zone).ZoneBounds()
	if end.IsZero() {
		return all
	}
	back := shows(end.Add(-time.Second)) + 1 - shows(end)
	if twin := t.Add(time.Duration(back) * time.Second); back > 0 && !twin.Before(end) {
		all = append(all, twin.UTC())
	}
	return all
}
