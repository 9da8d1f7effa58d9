package sla

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParseAllowance(t *testing.T) {
	for s, want := range map[string]Allowance{
		"0m": Elapsed(0), "15m": Elapsed(15 * time.Minute), "60m": Elapsed(time.Hour), "1440m": Elapsed(24 * time.Hour),
		"2h": Elapsed(2 * time.Hour), "1h30m": Elapsed(90 * time.Minute), "45s": Elapsed(45 * time.Second), "8784h": Elapsed(MaxElapsed),
		"0wh": WorkingHours(0), "4wh": WorkingHours(4), "8784wh": WorkingHours(8784), "1wd": WorkingDays(1), "366wd": WorkingDays(366),
	} {
		if got, err := ParseAllowance(s); err != nil || got != want {
			t.Errorf("%q: %v %v, want %v", s, got, err, want)
		}
	}
}

// What cannot be read says what is right, and is never guessed.
func TestParseAllowanceSaysWhatIsRight(t *testing.T) {
	const right = `want "15m" or "2h" (real time), "4wh" (working hours) or "1wd" (working days)`
	for s, says := range map[string]string{
		"": right, "15": right, "-1h": right, "1.5h": right, "4hrs": right, "one day": right, "1h1h": right, "h": right, "+1wd": right,
		"1wd2wh": right, "１wd": right, "99999999999999999999wd": right, "4wh\n": `want "4wh"`,
		"1d": `want "1wd" for working days or hours such as "24h" for real time`, "4 wh": `want "4wh"`, "2H": `want "2h"`, " 1WD": `want "1wd"`,
		"0wd": `at least 1wd; "0wh" is the next opening, "0m" is at once`, "367wd": "at most 366wd", "8785wh": "at most 8784wh",
		"8785h": "at most a year, 8784h", "8784h1s": "at most a year",
	} {
		a, err := ParseAllowance(s)
		if !errors.Is(err, ErrAllowance) || !strings.Contains(err.Error(), says) || !a.IsZero() {
			t.Errorf("%q: %v %v, want ErrAllowance with %s", s, a, err, says)
		}
	}
}

func TestAllowancePrints(t *testing.T) {
	for want, a := range map[string]Allowance{
		"": {}, "0m": Elapsed(0), "15m": Elapsed(15 * time.Minute), "1h": Elapsed(time.Hour), "1h30m": Elapsed(90 * time.Minute),
		"24h": Elapsed(24 * time.Hour), "1h1s": Elapsed(time.Hour + time.Second), "4wh": WorkingHours(4), "1wd": WorkingDays(1),
	} {
		if a.String() != want {
			t.Errorf("%q, want %q", a, want)
		}
	}
}

// What a constructor is given out of range becomes the nearest in range: never
// a negative allowance, never a walk over centuries.
func TestAllowanceRange(t *testing.T) {
	for _, tt := range []struct{ got, want Allowance }{
		{Elapsed(-time.Hour), Elapsed(0)}, {Elapsed(1 << 62), Elapsed(MaxElapsed)}, {Elapsed(1999 * time.Millisecond), Elapsed(time.Second)},
		{WorkingHours(-1), WorkingHours(0)}, {WorkingHours(1 << 40), WorkingHours(MaxWorkingHours)},
		{WorkingDays(0), WorkingDays(1)}, {WorkingDays(1 << 40), WorkingDays(MaxWorkingDays)},
	} {
		if tt.got != tt.want {
			t.Errorf("%v, want %v", tt.got, tt.want)
		}
	}
}

// Every allowance reads back as itself, bare and in JSON.
func TestAllowanceReadsBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a := rapid.OneOf(
			rapid.Map(rapid.Int64Range(0, int64(MaxElapsed)), func(n int64) Allowance { return Elapsed(time.Duration(n)) }),
			rapid.Map(rapid.IntRange(0, MaxWorkingHours), WorkingHours),
			rapid.Map(rapid.IntRange(1, MaxWorkingDays), WorkingDays)).Draw(t, "a")
		if b, err := ParseAllowance(a.String()); err != nil || a != b {
			t.Fatalf("%v reads back as %v: %v", a, b, err)
		}
		var b Allowance
		text, err := json.Marshal(a)
		if err == nil {
			err = json.Unmarshal(text, &b)
		}
		if err != nil || a != b {
			t.Fatalf("%v reads back as %v: %v", a, b, err)
		}
	})
}

// Whatever is written, reading it ends in an allowance in range or in advice.
func FuzzParseAllowance(f *testing.F) {
	for _, s := range []string{"15m", "4wh", "1wd", "1d", "0wd", "1h30m", "９h", "99999h99999m"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := ParseAllowance(s)
		if err != nil && (!errors.Is(err, ErrAllowance) || !strings.Contains(err.Error(), "want")) {
			t.Fatalf("%q: %v", s, err)
		}
		if again, twice := ParseAllowance(a.String()); err == nil && (twice != nil || again != a) {
			t.Fatalf("%q: %v reads back as %v", s, a, again)
		}
	})
}

// Letters say an allowance in words.
func TestAllowanceWords(t *testing.T) {
	for text, want := range map[string]string{"15m": "15 minutes", "1h30m": "1 hour 30 minutes", "4wh": "4 working hours", "1wd": "1 working day", "0m": "no time", "45s": "45 seconds"} {
		a, err := ParseAllowance(text)
		if err != nil || a.Words() != want {
			t.Errorf("%s: %q, %v, want %q", text, a.Words(), err, want)
		}
	}
	if said := (Allowance{}).Words(); said != "" {
		t.Errorf("none: %q", said)
	}
}
