package message

import (
	"net/mail"
	"strconv"
	"strings"
	"time"
)

// parseDate reads a Date field (RFC 5322 section 3.3 and what programs write):
// day, month, year and time in any order, an offset or nothing, which means
// UTC. ok is false when no date can be made out.
func parseDate(s string) (at time.Time, ok bool) {
	s = strings.TrimSpace(withoutComment(s))
	if len(s) > 200 {
		return time.Time{}, false
	}
	var p dateParts
	for _, w := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == ',' || r == '\t' }) {
		p.word(w)
	}
	if p.day > 0 && p.month > 0 && p.year > 0 {
		return time.Date(p.year, p.month, p.day, p.hour, p.minute, p.second, 0, time.UTC).Add(-p.offset), true
	}
	if at, err := mail.ParseDate(s); err == nil {
		return at.UTC(), true
	}
	return time.Time{}, false
}

// dateParts is what was understood of a date so far.
type dateParts struct {
	year, day, hour, minute, second int
	month                           time.Month
	offset                          time.Duration
	clock                           bool
}

// word takes one word of the date; what it does not know it passes over.
func (p *dateParts) word(w string) {
	if day, clock, ok := strings.Cut(w, "T"); ok && strings.Count(day, "-") == 2 { // ISO 8601
		p.dashed(day)
		p.time(strings.TrimSuffix(clock, "Z"))
		return
	}
	switch {
	case strings.Contains(w, ":"):
		p.time(w)
	case p.clock && (w[0] == '+' || w[0] == '-'):
		p.offset = offset(w)
	case p.month == 0 && monthOf(w) != 0:
		p.month = monthOf(w)
	case strings.Count(w, "-") == 2:
		p.dashed(w)
	case strings.EqualFold(w, "PM") && p.clock && p.hour < 12:
		p.hour += 12
	default:
		p.number(w)
	}
}

// number takes a day, a year, or the letters of a zone.
func (p *dateParts) number(w string) {
	n, err := strconv.Atoi(w)
	switch {
	case err != nil:
		if hours, ok := zones[strings.ToUpper(w)]; ok && p.clock {
			p.offset = time.Duration(hours) * time.Hour
		}
	case p.day == 0 && n >= 1 && n <= 31:
		p.day = n
	case p.year == 0 && n >= 0 && n <= 9999:
		p.year = fullYear(n, len(w))
	}
}

// dashed takes 2026-11-27 or 27-Nov-2026.
func (p *dateParts) dashed(w string) {
	f := strings.Split(w, "-")
	if len(f[0]) == 4 {
		f[0], f[2] = f[2], f[0]
	}
	if len(f[1]) <= 2 {
		n, _ := strconv.Atoi(f[1])
		if n >= 1 && n <= 12 {
			p.month = time.Month(n)
		}
	} else {
		p.month = monthOf(f[1])
	}
	p.number(f[0])
	p.number(f[2])
}

// time takes 15:04, 15:04:05 or either with an offset behind it.
func (p *dateParts) time(w string) {
	if i := strings.IndexAny(w, "+-"); i > 0 {
		p.offset, w = offset(w[i:]), w[:i]
	}
	f := strings.Split(w, ":")
	if len(f) < 2 {
		return
	}
	p.clock = true
	p.hour, _ = strconv.Atoi(f[0])
	p.minute, _ = strconv.Atoi(f[1])
	if len(f) > 2 {
		sec, _, _ := strings.Cut(f[2], ".")
		p.second, _ = strconv.Atoi(sec)
	}
}

// offset reads +0100, +01:00 or +1.
func offset(w string) time.Duration {
	sign := time.Duration(1)
	if w[0] == '-' {
		sign = -1
	}
	n, err := strconv.Atoi(strings.ReplaceAll(w[1:], ":", ""))
	if err != nil || n > 9999 {
		return 0
	}
	if len(w) <= 3 {
		n *= 100
	}
	return sign * (time.Duration(n/100)*time.Hour + time.Duration(n%100)*time.Minute)
}

// fullYear widens a year of two or three digits (RFC 5322 section 4.3).
func fullYear(n, digits int) int {
	switch {
	case digits >= 4:
		return n
	case digits == 2 && n < 50:
		return 2000 + n
	case digits <= 3:
		return 1900 + n
	}
	return n
}

// monthOf reads an English month by its first three letters, or 0.
func monthOf(w string) time.Month {
	if len(w) < 3 {
		return 0
	}
	i := strings.Index("janfebmaraprmayjunjulaugsepoctnovdec", strings.ToLower(w[:3]))
	if i < 0 || i%3 != 0 {
		return 0
	}
	return time.Month(i/3 + 1)
}

// zones are the obsolete zone names of RFC 5322 section 4.3, and those that
// European programs write, in hours east of UTC.
var zones = map[string]int{
	"UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "EST": -5, "EDT": -4, "CST": -6, "CDT": -5,
	"MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "BST": 1, "CET": 1, "CEST": 2, "EET": 2, "EEST": 3, "JST": 9,
}
