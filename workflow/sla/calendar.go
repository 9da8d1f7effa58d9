package sla

import (
	"errors"
	"fmt"
	"time"
	_ "time/tzdata" // a deadline must not depend on what the machine has installed
)

// Hours are the opening hours of one weekday, as the clock on the wall shows
// them past 00:00. The zero Hours are closed all day; 24h is midnight.
type Hours struct {
	Open, Close time.Duration
}

// Week has the opening hours by time.Weekday; Sunday is the first.
type Week [7]Hours

// OfficeWeek are the hours of DOMAIN.md section 4: Monday to Thursday 08:30 to
// 17:00, Friday 08:30 to 16:30.
func OfficeWeek() Week {
	const opens = 8*time.Hour + 30*time.Minute
	long, short := Hours{opens, 17 * time.Hour}, Hours{opens, 16*time.Hour + 30*time.Minute}
	return Week{time.Monday: long, time.Tuesday: long, time.Wednesday: long, time.Thursday: long, time.Friday: short}
}

// ErrCalendar reports hours that cannot be kept.
var ErrCalendar = errors.New("no calendar")

// Calendar knows when the service is open. It never changes, and is safe for
// use by several goroutines.
type Calendar struct {
	zone   *time.Location
	week   [7]span
	closed map[Day]bool // bank holidays and closure days of years that are known
	years  map[int]bool // whose bank holidays are known
}

// span are opening hours in seconds past 00:00.
type span struct{ open, close int }

// NewCalendar makes a calendar of the service's zone, its opening hours, the
// bank holidays and the service's own closure days. The error is ErrCalendar
// with the weekday and what is right.
func NewCalendar(zone *time.Location, week Week, holidays Holidays, closures ...Day) (*Calendar, error) {
	c := &Calendar{zone: zone, closed: map[Day]bool{}, years: holidays.years()}
	if zone == nil {
		return nil, fmt.Errorf("%w: it has no time zone", ErrCalendar)
	}
	for weekday, h := range week {
		if h != (Hours{}) && (h.Open < 0 || h.Close > 24*time.Hour || h.Close-h.Open < time.Minute) {
			return nil, fmt.Errorf("%w: %s opens at %v and closes at %v: want at least a minute between 0h and 24h", ErrCalendar, time.Weekday(weekday), h.Open, h.Close)
		}
		c.week[weekday] = span{int(h.Open / time.Second), int(h.Close / time.Second)}
	}
	if week == (Week{}) {
		return nil, fmt.Errorf("%w: it is closed on every weekday", ErrCalendar)
	}
	for day := range holidays {
		c.close(day)
	}
	for _, day := range closures {
		c.close(day)
	}
	return c, nil
}

// close takes a day out, unless the bank holidays of its year are not known:
// then every day of the week with hours counts, so that deadlines are early.
func (c *Calendar) close(day Day) {
	if c.years[day.Year()] {
		c.closed[day] = true
	}
}

// EnglandAndWales is the calendar of DOMAIN.md section 4: Europe/London, office
// hours, and the bank holidays GOV.UK had published when this was built.
func EnglandAndWales(closures ...Day) (*Calendar, error) {
	holidays, err := PublishedHolidays()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Europe/London")
	if err != nil {
		return nil, fmt.Errorf("find the service's zone: %w", err)
	}
	return NewCalendar(zone, OfficeWeek(), holidays, closures...)
}

// Zone is the zone whose clocks the service lives by.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Horizon is the last day up to which all bank holidays are known without a
// gap from now on; if not even this year's are, the end of the last year before
// it that is known, and the end of the year 0 if there is none.
func (c *Calendar) Horizon(now time.Time) Day {
	year := now.In(c.zone).Year()
	last := year - 1
	if !c.years[year] {
		last = 0
		for known := range c.years {
			if known < year {
				last = max(last, known)
			}
		}
	}
	for ; c.years[last+1]; last++ {
	}
	return DayOf(time.Date(last, time.December, 31, 0, 0, 0, 0, time.UTC))
}

// IsOpen tells whether t is in opening hours; the closing instant itself is.
func (c *Calendar) IsOpen(t time.Time) bool {
	now, _ := c.Due(t, WorkingHours(0))
	return now.Equal(t.Truncate(time.Second))
}

// hours are those of one day; ok tells whether it is a working day.
func (c *Calendar) hours(day Day) (h span, ok bool) {
	h = c.week[day.Weekday()]
	return h, h != span{} && !c.closed[day]
}

// knows tells whether the bank holidays of all years from one instant to the
// other are known.
func (c *Calendar) knows(from, to time.Time) bool {
	for year := from.In(c.zone).Year(); year <= to.In(c.zone).Year(); year++ {
		if !c.years[year] {
			return false
		}
	}
	return true
}
