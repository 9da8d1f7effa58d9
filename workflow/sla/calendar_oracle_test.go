package sla

import (
	"testing"
	"time"
)

// minute is one minute of real time as somebody with a watch and a wall
// calendar would note it down.
type minute struct {
	sheet int           // of the wall calendar
	wall  time.Duration // what the clock on the wall shows
	open  bool          // the service is open for this minute
}

// sheet is one date of the wall calendar.
type sheet struct {
	date  string
	hours Hours
	works bool
}

// diary is the slow oracle: it knows no arithmetic of dates, zones or opening
// hours. It notes every minute of a stretch of time, and answers by leafing.
type diary struct {
	from    time.Time
	minutes []minute
	sheets  []sheet
}

// keepDiary notes the minutes of so many days from one instant on. closed are
// dates on which the service does not work.
func keepDiary(zone *time.Location, week Week, closed map[string]bool, from time.Time, days int) diary {
	d := diary{from: from, sheets: []sheet{{}}}
	_, _, yesterday := from.Add(-24 * time.Hour).In(zone).Date()
	begun := -1 // the sheet whose opening has begun: clocks going back do not interrupt it
	for at := from; len(d.minutes) < days*24*60; at = at.Add(time.Minute) {
		local := at.In(zone)
		if today := local.Day(); today != yesterday {
			date, h := local.Format("2006-01-02"), week[local.Weekday()]
			yesterday = today
			d.sheets = append(d.sheets, sheet{date, h, h.Close > 0 && !closed[date]})
		}
		m := minute{sheet: len(d.sheets) - 1, wall: time.Duration(local.Hour()*60+local.Minute()) * time.Minute}
		today := d.sheets[m.sheet]
		m.open = today.works && (begun == m.sheet || m.wall >= today.hours.Open) && m.wall < today.hours.Close
		if m.open {
			begun = m.sheet
		}
		d.minutes = append(d.minutes, m)
	}
	return d
}

// page finds the minute of an instant, and the seconds beyond it.
func (d diary) page(t time.Time) (int, time.Duration) {
	since := t.Truncate(time.Second).Sub(d.from)
	return int(since / time.Minute), since % time.Minute
}

func (d diary) at(page int, beyond time.Duration) time.Time {
	return d.from.Add(time.Duration(page)*time.Minute + beyond)
}

// hours counts open seconds, minute by minute.
func (d diary) hours(received time.Time, n int) time.Time {
	left := time.Duration(n) * time.Hour
	page, beyond := d.page(received)
	for ; ; page++ {
		here := time.Minute - beyond
		if d.minutes[page].open && left <= here {
			return d.at(page, beyond+left)
		}
		if d.minutes[page].open {
			left -= here
		}
		beyond = 0
	}
}

// days counts working dates as they begin, then looks for the time on the wall.
func (d diary) days(received time.Time, n int) time.Time {
	page, beyond := d.page(received)
	today := d.minutes[page].sheet
	clock := d.minutes[page].wall + beyond
	for p := page + 1; d.minutes[p].sheet == today; p++ { // the clocks may go back yet
		clock = min(clock, d.minutes[p].wall)
	}
	inTime := d.sheets[today].works && clock <= d.sheets[today].hours.Close
	last := today
	for ; n > 0; page++ {
		if s := d.minutes[page].sheet; s != last {
			if last = s; d.sheets[s].works {
				n--
			}
		}
	}
	hours := d.sheets[last].hours
	if !inTime {
		clock = hours.Close
	}
	clock = min(max(clock, hours.Open), hours.Close)
	for page--; d.minutes[page].sheet == last; page++ {
		if wall := d.minutes[page].wall; wall+time.Minute > clock {
			return d.at(page, max(clock-wall, 0))
		}
	}
	return d.at(page, 0) // midnight
}

// switches are the Sundays on which British clocks change, 2026 to 2030: the
// last of March and the last of October, both at 01:00 UTC.
func switches() (all []time.Time) {
	for year := 2026; year <= 2030; year++ {
		for _, month := range []time.Month{time.March, time.October} {
			t := time.Date(year, month, 31, 1, 0, 0, 0, time.UTC)
			for t.Weekday() != time.Sunday {
				t = t.AddDate(0, 0, -1)
			}
			all = append(all, t)
		}
	}
	return all
}

// nightWeek is a desk that is open while the clocks change, and in the night
// after, so that a time on the wall that came twice is asked for again.
func nightWeek(sunday Hours) Week {
	w := OfficeWeek()
	w[time.Saturday] = Hours{20 * time.Hour, 24 * time.Hour}
	w[time.Sunday], w[time.Monday] = sunday, Hours{0, 24 * time.Hour}
	return w
}

// Every minute from the Friday noon before to the Monday afternoon after each of
// ten changes of the clocks, two calendars, four allowances.
func TestEveryMinuteAroundTenClockChanges(t *testing.T) {
	holidays, err := PublishedHolidays()
	if err != nil {
		t.Fatal(err)
	}
	zone, asked := england(t).Zone(), 0
	for _, week := range []Week{OfficeWeek(), nightWeek(Hours{90 * time.Minute, 3 * time.Hour})} {
		c, err := NewCalendar(zone, week, holidays)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range switches() {
			asked += aroundChange(t, c, week, holidays, change)
			if t.Failed() {
				return
			}
		}
	}
	t.Logf("%d deadlines", asked)
}

func aroundChange(t *testing.T, c *Calendar, week Week, holidays Holidays, change time.Time) (asked int) {
	t.Helper()
	closed := map[string]bool{}
	for d := range holidays {
		closed[d.String()] = true
	}
	diary := keepDiary(c.Zone(), week, closed, change.Add(-49*time.Hour), 16)
	for from := change.Add(-37 * time.Hour); from.Before(change.Add(37 * time.Hour)); from = from.Add(time.Minute) {
		received := from.Add(time.Duration(from.Minute()) * time.Second) // not only whole minutes
		for _, n := range []int{1, 9} {
			same(t, c, received, WorkingHours(n), diary.hours(received, n))
		}
		for _, n := range []int{1, 5} {
			same(t, c, received, WorkingDays(n), diary.days(received, n))
		}
		asked += 4
	}
	return asked
}

func same(t *testing.T, c *Calendar, received time.Time, a Allowance, want time.Time) {
	t.Helper()
	if due, _ := c.Due(received, a); !due.Equal(want) {
		t.Errorf("%s + %v: %s, the diary says %s", received.In(c.Zone()), a, due.In(c.Zone()), want.In(c.Zone()))
	}
}
