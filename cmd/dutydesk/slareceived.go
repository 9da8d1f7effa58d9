package main

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

const receivedUsage = `when it was received: 2026-11-27T18:00:00Z, "2026-11-27 18:00" (on the service's clock), "Fri 17:50" (the next), or
"Fri 17:50 before a bank holiday"`

// severityAndMoment reads the flags --severity and --received.
func severityAndMoment(severity, received string, cal *sla.Calendar, now time.Time) (sla.Severity, time.Time, error) {
	s, err := sla.ParseSeverity(severity)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("--severity: %w", err)
	}
	at, err := moment(received, cal, now)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("--received: %w", err)
	}
	return s, at, nil
}

// instant reads an instant with its zone (RFC 3339).
func instant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("%q: want an instant with its zone, such as 2026-11-27T18:00:00Z", s)
	}
	return t, nil
}

var weekdayPhrase = regexp.MustCompile(`^(?i)(mon|tue|wed|thu|fri|sat|sun)[a-z]* +([0-9]{1,2}:[0-9]{2})( +before an? (?:bank )?holiday)?$`)

// moment reads an instant as people write it: with its zone, on the service's
// clock, or as the next weekday from now on, before a bank holiday or not.
func moment(s string, cal *sla.Calendar, now time.Time) (time.Time, error) {
	s = strings.TrimSpace(s)
	if t, err := instant(s); err == nil {
		return t, nil
	}
	for _, layout := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return onTheWall(s, sla.DayOf(t), t.Hour()*3600+t.Minute()*60, cal)
		}
	}
	if m := weekdayPhrase.FindStringSubmatch(s); m != nil {
		return nextSuch(s, m, cal, now)
	}
	_, err := instant(s)
	return time.Time{}, fmt.Errorf(`%w, "2026-11-27 18:00" on the service's clock, "Fri 17:50" or "Fri 17:50 before a bank holiday"`, err)
}

// onTheWall is the one instant at which the service's clock shows that.
func onTheWall(s string, day sla.Day, clock int, cal *sla.Calendar) (time.Time, error) {
	switch all := cal.Instants(day, clock); len(all) {
	case 1:
		return all[0], nil
	case 0:
		return time.Time{}, fmt.Errorf("%q: the clocks in %s leap over it", s, cal.Zone())
	default:
		return time.Time{}, fmt.Errorf("%q: the clocks in %s show it twice: write %s or %s", s, cal.Zone(), all[0].In(cal.Zone()).Format(time.RFC3339), all[1].Format(time.RFC3339))
	}
}

// nextSuch is the first such weekday and time after now. The day before a bank
// holiday is one on which the service is open itself.
func nextSuch(s string, m []string, cal *sla.Calendar, now time.Time) (time.Time, error) {
	clock, err := time.Parse("15:04", m[2])
	if err != nil {
		return time.Time{}, fmt.Errorf("%q: %q is no time of day", s, m[2])
	}
	today := sla.DayOf(now.In(cal.Zone()))
	for day := today; day <= max(cal.Horizon(now), today+8); day++ {
		if !strings.EqualFold(day.Weekday().String()[:3], m[1]) || m[3] != "" && !(cal.Works(day) && cal.BeforeHoliday(day)) {
			continue
		}
		if t, err := onTheWall(s, day, clock.Hour()*3600+clock.Minute()*60, cal); err != nil || t.After(now) {
			return t, err
		}
	}
	return time.Time{}, fmt.Errorf("%q: there is none up to %s, where the known bank holidays end", s, cal.Horizon(now))
}
