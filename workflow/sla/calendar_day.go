package sla

import (
	"errors"
	"fmt"
	"time"
)

// Day is a date in the calendar on the wall, counted in days from 1970-01-01.
// It belongs to no time zone.
type Day int

const secondsOfDay = 24 * 60 * 60

// ErrDay reports words that are no date.
var ErrDay = errors.New("no date")

// ParseDay reads "2026-12-25". The error is ErrDay with what is right.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf(`%w: %q: want a date such as "2026-12-25"`, ErrDay, s)
	}
	return Day(t.Unix() / secondsOfDay), nil
}

// DayOf is the date on the wall at t, in t's own zone.
func DayOf(t time.Time) Day {
	day, _ := wall(t)
	return day
}

// String is the date as ParseDay reads it.
func (d Day) String() string { return d.date().Format(time.DateOnly) }

// MarshalText is String, for policies and JSON.
func (d Day) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText is ParseDay.
func (d *Day) UnmarshalText(b []byte) (err error) {
	*d, err = ParseDay(string(b))
	return err
}

// Weekday is the day of the week.
func (d Day) Weekday() time.Weekday { return time.Weekday(((int(d)+4)%7 + 7) % 7) }

// Year is the year of the date.
func (d Day) Year() int { return d.date().Year() }

func (d Day) date() time.Time { return time.Unix(int64(d)*secondsOfDay, 0).UTC() }

// wall is what calendar and clock on the wall show at t in t's own zone: a date
// and the seconds that the clock is past 00:00.
func wall(t time.Time) (Day, int) {
	_, offset := t.Zone()
	s := t.Unix() + int64(offset)
	clock := ((s % secondsOfDay) + secondsOfDay) % secondsOfDay
	return Day((s - clock) / secondsOfDay), int(clock)
}

// first is the first instant at which the wall in zone shows the day at clock
// seconds past 00:00, or later. A time the clocks run through twice is thus its
// first pass; one they leap over is the instant of the leap.
func first(day Day, clock int, zone *time.Location) time.Time {
	t := time.Date(1970, 1, 1+int(day), 0, 0, clock, 0, zone)
	start, end := t.ZoneBounds()
	asked := int64(day)*secondsOfDay + int64(clock)
	switch shown := shows(t); {
	case shown > asked:
		return start
	case shown < asked:
		return end
	}
	if start.IsZero() {
		return t
	}
	back := shows(start.Add(-time.Second)) + 1 - shows(start)
	if twin := t.Add(-time.Duration(back) * time.Second); back > 0 && twin.Before(start) {
		return twin
	}
	return t
}

// shows is wall as one number of seconds.
func shows(t time.Time) int64 {
	_, offset := t.Zone()
	return t.Unix() + int64(offset)
}

// lowest is the earliest time the wall still has to show on t's own day, from t
// on: that of t itself, unless the clocks go back later that day.
func lowest(t time.Time) (Day, int) {
	day, clock := wall(t)
	_, end := t.ZoneBounds()
	if end.IsZero() {
		return day, clock
	}
	if then, back := wall(end); then == day {
		clock = min(clock, back)
	}
	return day, clock
}
