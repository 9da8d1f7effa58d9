package sla

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// GOV.UK ends with 2027. What touches 2028 counts every weekday, so that the
// last row of DOMAIN.md's table is a day early and says that it is not sure.
func TestF59PastTheHorizon(t *testing.T) {
	c := england(t)
	for _, tt := range []struct {
		from, allow, want string
		known             bool
	}{
		{"2027-12-24T15:00:00Z", "3wd", "2027-12-31T15:00:00Z", true},
		{"2027-12-24T15:00:00Z", "5wd", "2028-01-04T15:00:00Z", false}, // 3 January is a bank holiday nobody has published
		{"2027-12-31T16:00:00Z", "1wh", "2028-01-03T09:00:00Z", false},
		{"2028-12-22T15:00:00Z", "1wd", "2028-12-25T15:00:00Z", false}, // not even Christmas is taken for granted
		{"2028-12-24T23:00:00Z", "120m", "2028-12-25T01:00:00Z", true}, // real time needs no data
		{"2017-12-29T15:00:00Z", "1wd", "2018-01-02T15:00:00Z", false}, // before the data
		{"2018-01-02T15:00:00Z", "1wd", "2018-01-03T15:00:00Z", true},
		{"2027-12-31T23:59:59Z", "0m", "2027-12-31T23:59:59Z", true},
	} {
		due, known := c.Due(at(t, tt.from), allow(t, tt.allow))
		if got := due.Format(time.RFC3339); got != tt.want || known != tt.known {
			t.Errorf("%s + %s: %s known %v, want %s %v", tt.from, tt.allow, got, known, tt.want, tt.known)
		}
	}
}

// The edges of a day: opening and closing belong to it, a second more does not.
func TestEdgesOfTheDay(t *testing.T) {
	c := england(t)
	for _, tt := range []struct{ from, allow, want string }{
		{"2026-11-26T17:00:00Z", "1wd", "2026-11-27T16:30:00Z"},
		{"2026-11-27T16:30:00Z", "1wd", "2026-11-30T16:30:00Z"}, // at closing time is in time
		{"2026-11-27T16:30:00.999Z", "1wd", "2026-11-30T16:30:00Z"},
		{"2026-11-27T16:30:01Z", "1wd", "2026-11-30T17:00:00Z"},
		{"2026-11-27T16:30:00Z", "0wh", "2026-11-27T16:30:00Z"},
		{"2026-11-27T16:30:01Z", "0wh", "2026-11-30T08:30:00Z"},
		{"2026-11-30T08:29:59Z", "0wh", "2026-11-30T08:30:00Z"},
		{"2026-11-30T08:30:00Z", "0wh", "2026-11-30T08:30:00Z"},
		{"2026-11-30T08:29:59Z", "1wd", "2026-12-01T08:30:00Z"},
		{"2026-11-26T16:00:00Z", "1wh", "2026-11-26T17:00:00Z"}, // due at closing time, not at the next opening
		{"2026-11-26T16:00:01Z", "1wh", "2026-11-27T08:30:01Z"},
		{"2026-11-26T10:00:00.9Z", "1wh", "2026-11-26T11:00:00Z"}, // part of a second is dropped, never added
		{"2026-11-26T10:00:00.9Z", "1m", "2026-11-26T10:01:00Z"},
		{"2026-11-26T23:00:00-05:00", "1wd", "2026-11-30T08:30:00Z"}, // 04:00 on Friday in London: before opening
	} {
		if due, _ := c.Due(at(t, tt.from), allow(t, tt.allow)); !due.Equal(at(t, tt.want)) {
			t.Errorf("%s + %s: %s, want %s", tt.from, tt.allow, due, tt.want)
		}
	}
}

// A closure day is a day on which the service does not work, like any other.
func TestClosureDays(t *testing.T) {
	c, err := EnglandAndWales(day(t, "2026-12-29"), day(t, "2026-12-30"), day(t, "2028-01-03"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ from, allow, want string }{
		{"2026-12-24T16:00:00Z", "1wd", "2026-12-31T16:00:00Z"},
		{"2026-12-24T16:00:00Z", "4wh", "2026-12-31T11:30:00Z"},
		{"2026-12-29T10:00:00Z", "1wd", "2026-12-31T17:00:00Z"},
		{"2028-01-01T10:00:00Z", "0wh", "2028-01-03T08:30:00Z"}, // not in a year without data
	} {
		if due, _ := c.Due(at(t, tt.from), allow(t, tt.allow)); due.Format(time.RFC3339) != tt.want {
			t.Errorf("%s + %s: %s, want %s", tt.from, tt.allow, due, tt.want)
		}
	}
}

// No allowance and no calendar are due at once, and not known.
func TestNothingToGoBy(t *testing.T) {
	received := at(t, "2026-11-26T10:00:00.5Z")
	for _, c := range []*Calendar{nil, {}} {
		if due, known := c.Due(received, WorkingDays(1)); known || !due.Equal(received.Truncate(time.Second)) {
			t.Errorf("%v %s %v", c, due, known)
		}
	}
	if due, known := england(t).Due(received, Allowance{}); known || !due.Equal(received.Truncate(time.Second)) {
		t.Errorf("%s %v", due, known)
	}
}

func TestHorizon(t *testing.T) {
	for now, want := range map[string]string{
		"2026-11-26T10:00:00Z": "2027-12-31", "2027-12-31T23:59:59Z": "2027-12-31",
		"2028-01-01T00:00:00Z": "2027-12-31", "2031-06-01T00:00:00Z": "2027-12-31", "2017-06-01T00:00:00Z": "0000-12-31",
	} {
		if got := england(t).Horizon(at(t, now)); got != day(t, want) {
			t.Errorf("on %s the horizon is %v, want %s", now, got, want)
		}
	}
}

func TestNewCalendarRefuses(t *testing.T) {
	zone, week := england(t).Zone(), OfficeWeek()
	overnight, late, blink, below := week, week, week, week
	overnight[time.Monday] = Hours{22 * time.Hour, 6 * time.Hour}
	late[time.Tuesday] = Hours{8 * time.Hour, 25 * time.Hour}
	blink[time.Wednesday] = Hours{8 * time.Hour, 8*time.Hour + time.Second}
	below[time.Sunday] = Hours{-time.Hour, time.Hour}
	for says, w := range map[string]Week{"Monday": overnight, "Tuesday": late, "Wednesday": blink, "Sunday": below, "every weekday": {}} {
		if _, err := NewCalendar(zone, w, nil); !errors.Is(err, ErrCalendar) || !strings.Contains(err.Error(), says) {
			t.Errorf("want ErrCalendar about %s, got %v", says, err)
		}
	}
	if _, err := NewCalendar(nil, week, nil); !errors.Is(err, ErrCalendar) {
		t.Error(err)
	}
}

// Both of GOV.UK's forms are read; the other divisions are not ours.
func TestReadHolidays(t *testing.T) {
	const event = `{"title":"New Year’s Day","date":"2028-01-03","notes":"Substitute day","bunting":true}`
	for _, s := range []string{
		`{"scotland":{"events":[]},"england-and-wales":{"division":"england-and-wales","events":[` + event + `]}}`,
		`{"division":"england-and-wales","events":[` + event + `]}`,
	} {
		h, err := ReadHolidays(strings.NewReader(s))
		if err != nil || len(h) != 1 || h[day(t, "2028-01-03")] != "New Year’s Day" {
			t.Errorf("%v %v", h, err)
		}
	}
	shut := event
	for n := range 20 {
		shut += fmt.Sprintf(`,{"title":"closed","date":"2028-02-%02d"}`, n+1)
	}
	for s, says := range map[string]string{
		`{"england-and-wales":{"events":[` + shut + `]}}`: "more than 20 in 2028",
		"":      "want https://www.gov.uk/bank-holidays.json",
		"<html": "want https://www.gov.uk/bank-holidays.json",
		`{}`:    `want "england-and-wales"`,
		`{"division":"scotland","events":[` + event + `]}`:                                                 `"scotland"`,
		`{"england-and-wales":{"events":[]}}`:                                                              "no events",
		`{"england-and-wales":{"events":[` + event + `,{"title":"x","date":"25/12/2028"}]}}`:               `events[1].date: no date: "25/12/2028": want a date such as "2026-12-25"`,
		`{"england-and-wales":{"events":[` + event + `]}}` + strings.Repeat(" ", maxHolidays):              "over 1048576 bytes",
		`{"england-and-wales":{"events":[` + strings.Replace(event, "2028-01-03", "2027-02-29", 1) + `]}}`: `"2027-02-29"`,
		`{"england-and-wales":{"events":[` + strings.Replace(event, `"2028-01-03"`, `20280103`, 1) + `]}}`: "gov.uk",
		`{"england-and-wales":{"events":[` + event + `]}`:                                                  "gov.uk",
		`{"england-and-wales":{"events":[` + event + `,{"title":"no date"}]}}`:                             `events[1].date: no date: ""`,
	} {
		if _, err := ReadHolidays(strings.NewReader(s)); !errors.Is(err, ErrHolidays) || !strings.Contains(err.Error(), says) {
			t.Errorf("%.60q: want ErrHolidays with %q, got %v", s, says, err)
		}
	}
}

func TestDay(t *testing.T) {
	for s, weekday := range map[string]time.Weekday{"1969-12-31": time.Wednesday, "1970-01-01": time.Thursday, "2026-11-22": time.Sunday, "2028-02-29": time.Tuesday, "1900-03-01": time.Thursday} {
		d := day(t, s)
		if d.String() != s || d.Weekday() != weekday || (d+1).Weekday() != (weekday+1)%7 {
			t.Errorf("%s: %v, %v", s, d, d.Weekday())
		}
	}
	if _, err := ParseDay("2027-02-29"); !errors.Is(err, ErrDay) {
		t.Error(err)
	}
	if d := DayOf(at(t, "1969-12-31T23:59:59Z")); d != -1 {
		t.Errorf("day %d", d)
	}
}

func BenchmarkDue(b *testing.B) {
	c := england(b)
	received := at(b, "2026-12-24T16:00:00Z")
	for _, s := range []string{"60m", "1wh", "4wh", "1wd", "20wd", "366wd"} {
		a := allow(b, s)
		b.Run(s, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.Due(received, a)
			}
		})
	}
}

// A time the clocks leap over is the instant of the leap, one they show twice
// is its first pass, west and east of Greenwich.
func TestFirst(t *testing.T) {
	for _, tt := range []struct {
		zone, date string
		clock      time.Duration
		want       string
	}{
		{"Europe/London", "2026-03-29", 90 * time.Minute, "2026-03-29T01:00:00Z"},
		{"Europe/London", "2026-10-25", 90 * time.Minute, "2026-10-25T00:30:00Z"},
		{"America/New_York", "2026-03-08", 150 * time.Minute, "2026-03-08T07:00:00Z"},
		{"America/New_York", "2026-11-01", 90 * time.Minute, "2026-11-01T05:30:00Z"},
		{"Australia/Lord_Howe", "2026-10-04", 135 * time.Minute, "2026-10-03T15:30:00Z"},
		{"Australia/Lord_Howe", "2026-04-05", 105 * time.Minute, "2026-04-04T14:45:00Z"},
		{"Asia/Kolkata", "2026-10-04", 24 * time.Hour, "2026-10-04T18:30:00Z"},
	} {
		zone, err := time.LoadLocation(tt.zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := first(day(t, tt.date), int(tt.clock/time.Second), zone); !got.Equal(at(t, tt.want)) {
			t.Errorf("%s %s %v: %s, want %s", tt.zone, tt.date, tt.clock, got.UTC(), tt.want)
		}
	}
}
