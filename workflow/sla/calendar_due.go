package sla

import "time"

// Due is the instant by which people must have acted on what was received, in
// UTC, exact to the second: part of a second in received is dropped.
//
// Elapsed time simply passes. Working hours pass in opening hours only; what
// ends at closing time is due then, not at the next opening. n working days end
// on the n-th working day after the day of receipt: at the same time on the
// wall if received by closing time of a working day, but within the hours of
// that last day; else at its closing time.
//
// It fails closed: in a year whose bank holidays are not known every day with
// opening hours counts as working, which is never later, and known is false. It
// is also false for no allowance or no calendar, which are due at once. Later
// receipt or a longer allowance of the same kind is never due earlier.
func (c *Calendar) Due(received time.Time, a Allowance) (due time.Time, known bool) {
	from := time.Unix(received.Unix(), 0).UTC()
	if a.unit == elapsed {
		return from.Add(time.Duration(a.n) * time.Second), true
	}
	if a.unit == none || c == nil || c.week == [7]span{} {
		return from, false
	}
	if a.unit == workingHours {
		due = c.afterHours(from, time.Duration(a.n)*time.Hour)
	} else {
		due = c.afterDays(from, int(a.n))
	}
	return due.UTC(), c.knows(from, due)
}

// afterHours is the instant at which so much opening time has passed.
func (c *Calendar) afterHours(from time.Time, left time.Duration) time.Time {
	for day := DayOf(from.In(c.zone)); ; day++ {
		h, ok := c.hours(day)
		if !ok {
			continue
		}
		begin, end := first(day, h.open, c.zone), first(day, h.close, c.zone)
		if from.After(begin) {
			begin = from
		}
		today := end.Sub(begin)
		if today >= left {
			return begin.Add(left)
		}
		left -= max(today, 0)
	}
}

// afterDays is the end of the n-th working day by the rule of DOMAIN.md section
// 4. Where the clocks go back before the day of receipt is over, the same time
// on the wall is the lowest still to come, so that nothing overtakes.
func (c *Calendar) afterDays(from time.Time, n int) time.Time {
	day, clock := lowest(from.In(c.zone))
	h, ok := c.hours(day)
	inTime := ok && clock <= h.close
	for range n {
		day, h = c.next(day)
	}
	if !inTime {
		return first(day, h.close, c.zone)
	}
	return first(day, min(max(clock, h.open), h.close), c.zone)
}

// next is the first working day after day, and its hours.
func (c *Calendar) next(day Day) (Day, span) {
	for {
		day++
		if h, ok := c.hours(day); ok {
			return day, h
		}
	}
}
