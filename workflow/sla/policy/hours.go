package policy

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

var openLine = regexp.MustCompile(`^([A-Za-z]+)(?: ?- ?([A-Za-z]+))? +([0-9]{1,2}:[0-9]{2}) ?- ?([0-9]{1,2}:[0-9]{2})$`)

const hoursExample = `write it like "Monday-Thursday 08:30-17:00"`

// hours reads one line of opening hours into the week.
func (r *reading) hours(key, line string) {
	m := openLine.FindStringSubmatch(line)
	if m == nil {
		r.wrong(key, fmt.Sprintf("%q are no opening hours", line), hoursExample)
		return
	}
	days, odd := daysFrom(m[1], m[2])
	opens, badOpen := wallClock(m[3])
	closes, badClose := wallClock(m[4])
	switch {
	case odd != "":
		r.wrong(key, fmt.Sprintf("%q is no weekday", odd), hoursExample)
	case badOpen || badClose || opens >= closes:
		r.wrong(key, fmt.Sprintf("%s-%s does not open and then close on one day", m[3], m[4]), "hours go from 00:00 to 24:00; hours past midnight belong to the next day")
	default:
		r.opens(key, days, sla.Hours{Open: opens, Close: closes})
	}
}

// opens enters the hours of some days, each of which may have hours once only.
func (r *reading) opens(key string, days []time.Weekday, h sla.Hours) {
	for _, day := range days {
		switch was := r.Week[day]; {
		case was == sla.Hours{}:
			r.Week[day] = h
			continue
		case h.Open < was.Close && was.Open < h.Close:
			r.wrong(key, fmt.Sprintf("%s overlaps the hours %s-%s given before", day, clockText(was.Open), clockText(was.Close)), "give each weekday once")
		default:
			r.wrong(key, fmt.Sprintf("%s has the hours %s-%s already", day, clockText(was.Open), clockText(was.Close)), "a weekday has one stretch of hours; a deadline does not stop for lunch")
		}
		return
	}
}

// daysFrom are the days from one weekday to another, or that which is none.
func daysFrom(from, to string) (days []time.Weekday, odd string) {
	first, ok := weekday(from)
	if !ok {
		return nil, from
	}
	last := first
	if to != "" {
		if last, ok = weekday(to); !ok {
			return nil, to
		}
	}
	for day := first; ; day = (day + 1) % 7 {
		if days = append(days, day); day == last {
			return days, ""
		}
	}
}

// weekday reads "Monday" or "Mon", in any letters.
func weekday(s string) (time.Weekday, bool) {
	for _, day := range weekdays {
		if name := day.String(); strings.EqualFold(s, name) || strings.EqualFold(s, name[:3]) {
			return day, true
		}
	}
	return 0, false
}

// wallClock reads "08:30" to "24:00".
func wallClock(s string) (d time.Duration, bad bool) {
	var h, m int
	if _, err := fmt.Sscanf(s, "%d:%d", &h, &m); err != nil || m > 59 || h*60+m > 24*60 {
		return 0, true
	}
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute, false
}
