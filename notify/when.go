package notify

import (
	"fmt"
	"strings"
	"time"
)

// when says t as people do: "5pm on Thursday 26 November". The year appears
// only if it is not the present one; an hour that the clocks run through
// twice is told apart by the zone's name.
func when(t, now time.Time, zone *time.Location) string {
	t, now = t.In(zone), now.In(zone)
	day := t.Format("Monday 2 January")
	if t.Year() != now.Year() {
		day = t.Format("Monday 2 January 2006")
	}
	if h, m, _ := t.Clock(); h == 0 && m == 0 {
		return "midnight at the start of " + day
	}
	return hour(t) + " on " + day
}

// hour says the time of day in the GOV.UK form: 5pm, 5:30pm, midday.
func hour(t time.Time) string {
	s := t.Format("3:04pm")
	switch {
	case t.Hour() == 12 && t.Minute() == 0:
		s = "midday"
	case t.Minute() == 0:
		s = t.Format("3pm")
	}
	if twice(t) {
		s += " " + t.Format("MST")
	}
	return s
}

// twice tells whether the clock on the wall shows t's time a second time that
// night, an hour or half an hour away.
func twice(t time.Time) bool {
	for _, d := range []time.Duration{30 * time.Minute, time.Hour} {
		for _, u := range []time.Time{t.Add(d), t.Add(-d)} {
			if u.Format("2 15:04") == t.Format("2 15:04") {
				return true
			}
		}
	}
	return false
}

// span says how long d is, in its two largest units: "1 day 3 hours".
func span(d time.Duration) string {
	minutes := int(d.Round(time.Minute) / time.Minute)
	var said []string
	for _, unit := range []struct {
		name string
		size int
	}{{"day", 24 * 60}, {"hour", 60}, {"minute", 1}} {
		n := minutes / unit.size
		minutes %= unit.size
		if n > 0 {
			said = append(said, count(n, unit.name))
		} else if len(said) > 0 {
			break
		}
	}
	if len(said) == 0 {
		return "less than a minute"
	}
	return strings.Join(said[:min(2, len(said))], " ")
}

func count(n int, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return fmt.Sprintf("%d %ss", n, thing)
}

// size says n bytes in decimal units: "3.4 MB".
func size(n int64) string {
	for _, unit := range []struct {
		name string
		size int64
	}{{"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}} {
		if n >= unit.size {
			return strings.TrimSuffix(fmt.Sprintf("%.1f", float64(n)/float64(unit.size)), ".0") + " " + unit.name
		}
	}
	return count(int(max(n, 0)), "byte")
}
