package sla

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// unit says on which clock an allowance runs.
type unit byte

const (
	none         unit = iota // no limit at all
	elapsed                  // every second counts, day and night
	workingHours             // only seconds in opening hours count
	workingDays              // the n-th working day after the day of receipt
)

// Allowance is how long people have. The zero Allowance is no limit at all,
// which is not the same as Elapsed(0), at once.
type Allowance struct {
	unit unit
	n    int64 // seconds, working hours or working days
}

// The longest allowances that can be written: a year of each kind.
const (
	MaxElapsed      = 366 * 24 * time.Hour
	MaxWorkingHours = 366 * 24
	MaxWorkingDays  = 366
)

// ErrAllowance reports words that are no allowance; the error says which are.
var ErrAllowance = errors.New("no allowance")

// Elapsed is d of real time, in whole seconds; part of a second is dropped and
// what is out of range becomes the nearest that is in range.
func Elapsed(d time.Duration) Allowance {
	return Allowance{elapsed, int64(min(max(d, 0), MaxElapsed) / time.Second)}
}

// WorkingHours is n hours of opening time, 0 to MaxWorkingHours. WorkingHours(0)
// is now if the service is open, and otherwise its next opening.
func WorkingHours(n int) Allowance {
	return Allowance{workingHours, int64(min(max(n, 0), MaxWorkingHours))}
}

// WorkingDays is n working days, 1 to MaxWorkingDays, by the rule of Due.
func WorkingDays(n int) Allowance {
	return Allowance{workingDays, int64(min(max(n, 1), MaxWorkingDays))}
}

// IsZero tells whether there is no limit at all.
func (a Allowance) IsZero() bool { return a.unit == none }

var counted = regexp.MustCompile(`^([0-9]{1,5})(wh|wd)$`)
var timed = regexp.MustCompile(`^(?:([0-9]{1,5})h)?(?:([0-9]{1,6})m)?(?:([0-9]{1,8})s)?$`)

// ParseAllowance reads "15m", "2h", "1h30m" or "45s" (real time), "4wh" (working
// hours) and "1wd" (working days). The error is ErrAllowance with what is right.
func ParseAllowance(s string) (Allowance, error) {
	if m := counted.FindStringSubmatch(s); m != nil {
		return count(s, m[1], m[2])
	}
	m := timed.FindStringSubmatch(s)
	if m == nil || s == "" {
		return Allowance{}, wrong(s, advice(s))
	}
	var d time.Duration
	for i, size := range []time.Duration{time.Hour, time.Minute, time.Second} {
		n, _ := strconv.Atoi("0" + m[i+1]) // at most eight digits
		d += time.Duration(n) * size
	}
	if d > MaxElapsed {
		return Allowance{}, wrong(s, "at most a year, 8784h")
	}
	return Elapsed(d), nil
}

// count reads a number of working hours or days.
func count(s, digits, unit string) (Allowance, error) {
	n, _ := strconv.Atoi(digits) // at most five digits
	switch {
	case unit == "wh" && n <= MaxWorkingHours:
		return WorkingHours(n), nil
	case unit == "wh":
		return Allowance{}, wrong(s, fmt.Sprintf("at most %dwh", MaxWorkingHours))
	case n == 0:
		return Allowance{}, wrong(s, `at least 1wd; "0wh" is the next opening, "0m" is at once`)
	case n > MaxWorkingDays:
		return Allowance{}, wrong(s, fmt.Sprintf("at most %dwd", MaxWorkingDays))
	}
	return WorkingDays(n), nil
}

func wrong(s, advice string) error { return fmt.Errorf("%w: %q: want %s", ErrAllowance, s, advice) }

// advice says what s may have meant.
func advice(s string) string {
	const right = `"15m" or "2h" (real time), "4wh" (working hours) or "1wd" (working days)`
	n := strings.TrimSuffix(s, "d")
	if _, err := strconv.ParseUint(n, 10, 16); err == nil && n != s {
		return fmt.Sprintf(`%q for working days or hours such as "24h" for real time`, n+"wd")
	}
	if tidy := strings.ToLower(strings.Join(strings.Fields(s), "")); tidy != s {
		if _, err := ParseAllowance(tidy); err == nil {
			return strconv.Quote(tidy)
		}
	}
	return right
}

// String is what ParseAllowance reads: "15m", "1h30m", "4wh", "1wd"; "" for none.
func (a Allowance) String() string {
	switch a.unit {
	case none:
		return ""
	case workingHours:
		return fmt.Sprintf("%dwh", a.n)
	case workingDays:
		return fmt.Sprintf("%dwd", a.n)
	}
	var s string
	for _, part := range []struct {
		n    int64
		unit string
	}{{a.n / 3600, "h"}, {a.n / 60 % 60, "m"}, {a.n % 60, "s"}} {
		if part.n > 0 {
			s += strconv.FormatInt(part.n, 10) + part.unit
		}
	}
	if s == "" {
		return "0m"
	}
	return s
}

// Words is the allowance as people say it: "1 hour 30 minutes", "4 working
// hours", "1 working day"; "" for none.
func (a Allowance) Words() string {
	switch a.unit {
	case none:
		return ""
	case workingHours:
		return several(a.n, "working hour")
	case workingDays:
		return several(a.n, "working day")
	}
	var said []string
	for _, part := range []struct {
		n    int64
		unit string
	}{{a.n / 3600, "hour"}, {a.n / 60 % 60, "minute"}, {a.n % 60, "second"}} {
		if part.n > 0 {
			said = append(said, several(part.n, part.unit))
		}
	}
	if said == nil {
		return "no time"
	}
	return strings.Join(said, " ")
}

func several(n int64, unit string) string {
	if n != 1 {
		unit += "s"
	}
	return strconv.FormatInt(n, 10) + " " + unit
}

// MarshalText is String, for policies and JSON.
func (a Allowance) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText is ParseAllowance. Empty text is refused: no limit at all is
// said by leaving the setting out.
func (a *Allowance) UnmarshalText(b []byte) (err error) {
	*a, err = ParseAllowance(string(b))
	return err
}

// Real is the length of an allowance of real time; ok is false for any other.
func (a Allowance) Real() (d time.Duration, ok bool) {
	if a.unit != elapsed {
		return 0, false
	}
	return time.Duration(a.n) * time.Second, true
}

// Longer tells whether a is certainly longer than b: they are of one kind, and
// allowances of two kinds cannot be compared.
func (a Allowance) Longer(b Allowance) bool { return a.unit == b.unit && a.n > b.n }
