package reply

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// months are those names of months that three letters tell apart, in English.
var months = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}

const monthNames = `(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)`

// The ways people write a day in an automatic answer: day first, as here, unless
// the month is a word.
var (
	dayMonth = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?\s+(?:of\s+)?` + monthNames + `\b\.?,?\s*(\d{4})?\b`)
	monthDay = regexp.MustCompile(`(?i)\b` + monthNames + `\.?\s+(\d{1,2})(?:st|nd|rd|th)?\b,?\s*(\d{4})?\b`)
	isoDay   = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
	dotted   = regexp.MustCompile(`\b(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})\b`)
	weekday  = regexp.MustCompile(`(?i)\b(?:back|until|till|return(?:ing|s)?)\b[^.\n]{0,30}?\b(sun|mon|tues|wednes|thurs|fri|satur)day\b`)
)

// furthest is how far ahead a day in an automatic answer is believed to be about
// the absence.
const furthest = 60 * 24 * time.Hour

// most is how many characters of an automatic answer are read for days.
const most = 20_000

// Back is when an automatic answer, written at a moment, says that its person is
// here again: the end of the last day it names, in the zone of at. ok is false if
// it names none within sixty days. Who can write such an answer can write
// anything: it is no proof of an absence.
func Back(text string, at time.Time) (end time.Time, ok bool) {
	text = text[:min(len(text), most)]
	for _, d := range days(text, at) {
		if next := d.AddDate(0, 0, 1); next.After(at) && next.Sub(at) <= furthest && next.After(end) {
			end = next
		}
	}
	return end, !end.IsZero()
}

// days are the days that a text names.
func days(text string, at time.Time) (all []time.Time) {
	for _, m := range dayMonth.FindAllStringSubmatch(text, -1) {
		all = append(all, named(m[3], m[2], m[1], at))
	}
	for _, m := range monthDay.FindAllStringSubmatch(text, -1) {
		all = append(all, named(m[3], m[1], m[2], at))
	}
	for _, m := range isoDay.FindAllStringSubmatch(text, -1) {
		all = append(all, date(number(m[1]), time.Month(number(m[2])), number(m[3]), at))
	}
	for _, m := range dotted.FindAllStringSubmatch(text, -1) {
		year := number(m[3])
		if year < 100 {
			year += 2000
		}
		all = append(all, date(year, time.Month(number(m[2])), number(m[1]), at))
	}
	if len(all) > 0 {
		return all
	}
	if m := weekday.FindStringSubmatch(text); m != nil {
		all = append(all, coming(m[1], at))
	}
	return all
}

// named is a day whose month is a word. Without a year it is the next such day.
func named(year, month, day string, at time.Time) time.Time {
	m := months[strings.ToLower(month[:3])]
	if year != "" {
		return date(number(year), m, number(day), at)
	}
	d := date(at.Year(), m, number(day), at)
	if !d.IsZero() && d.AddDate(0, 0, 1).Before(at) {
		d = date(at.Year()+1, m, number(day), at)
	}
	return d
}

// coming is the next day of a week's day, today if it is one.
func coming(name string, at time.Time) time.Time {
	for n := range 7 {
		d := date(at.Year(), at.Month(), at.Day(), at).AddDate(0, 0, n)
		if strings.EqualFold(d.Weekday().String(), name+"day") {
			return d
		}
	}
	return time.Time{}
}

// date is a day of the calendar, zero if there is none such.
func date(year int, month time.Month, day int, at time.Time) time.Time {
	d := time.Date(year, month, day, 0, 0, 0, 0, at.Location())
	if d.Month() != month || d.Day() != day {
		return time.Time{}
	}
	return d
}

// number is a few digits as a number.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
