package law

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"dutydesk/workflow/sla"
)

func list(t interface{ Fatal(...any) }) *List {
	l, err := Published()
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func day(t interface{ Fatal(...any) }, s string) sla.Day {
	d, err := sla.ParseDay(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func codes(hs []Hint) (cs []string) {
	for _, h := range hs {
		cs = append(cs, h.Code)
	}
	return cs
}

// Every entry says what it rests on and when somebody last looked at it.
func TestEveryEntryHasSourceAndReview(t *testing.T) {
	l := list(t)
	seen := map[string]bool{}
	for _, e := range l.Entries {
		if e.Source == "" || e.Reviewed == 0 || e.What == "" || e.Law == "" || seen[e.Code] {
			t.Errorf("%+v", e)
		}
		if !slices.Contains([]string{"read", "known", "verify"}, e.Basis) || !slices.Contains([]string{"offence", "aggravation", "civil", "employment"}, e.Kind) {
			t.Errorf("%s: basis %q, kind %q", e.Code, e.Basis, e.Kind)
		}
		if len(e.Forms)+len(e.Flags) == 0 || e.To != "" && (e.To <= e.From || e.Note == "") || e.From == "" && e.Basis != "verify" {
			t.Errorf("%s is never a hint, or ends before it begins: %+v", e.Code, e)
		}
		seen[e.Code] = true
	}
	for _, e := range l.Entries {
		for _, r := range e.Replaced {
			if !seen[r] {
				t.Errorf("%s is replaced by %s, which is not in the list", e.Code, r)
			}
		}
	}
}

// All that the domain's table has is in the list: the eight forms and other,
// their kinds, and the five acts that the policy names.
func TestTheWholeTableIsThere(t *testing.T) {
	l := list(t)
	var first []string
	for code, of := range l.Forms {
		if of == "" {
			first = append(first, code)
		} else if l.Forms[of] != "" {
			t.Errorf("%s is a kind of %s, which is a kind itself", code, of)
		}
	}
	slices.Sort(first)
	if got := strings.Join(first, " "); got != "DEF EXC HAR IMP OTH PRV SEX THR TRL" {
		t.Errorf("forms %s", got)
	}
	acts := ""
	for _, a := range l.Acts {
		acts += a.Act + "; "
		for _, code := range a.Entries {
			if !slices.ContainsFunc(l.Entries, func(e Entry) bool { return e.Code == code }) {
				t.Errorf("%s names %s, which is not in the list", a.Act, code)
			}
		}
	}
	for _, act := range []string{"Protection from Harassment Act 1997", "Malicious Communications Act 1988", "Communications Act 2003", "Obscene Publications Act 1959", "Computer Misuse Act 1990"} {
		if !strings.Contains(acts, act) {
			t.Errorf("the policy's %s is not there", act)
		}
	}
}

// No hint stands outside its dates, every hint says that it is only possible,
// and what is asked for alone is found among more.
func TestHintsKeepTheirDates(t *testing.T) {
	l := list(t)
	forms := slices.Sorted(maps.Keys(l.Forms))
	rapid.Check(t, func(t *rapid.T) {
		on := sla.Day(rapid.IntRange(int(day(t, "1955-01-01")), int(day(t, "2040-01-01"))).Draw(t, "day"))
		some := rapid.SliceOfN(rapid.SampledFrom(forms), 0, 4).Draw(t, "forms")
		flags := rapid.SliceOfN(rapid.SampledFrom(l.Flags), 0, 4).Draw(t, "flags")
		hs, err := l.Hints(on, some, flags)
		if err != nil {
			t.Fatal(err)
		}
		for _, h := range hs {
			begun, over := h.From != "" && day(t, h.From) <= on, h.To != "" && day(t, h.To) <= on
			if !begun || over || !strings.HasPrefix(h.Label, "possible") || h.Version != l.Version {
				t.Fatalf("%s on %s: %+v", h.Code, on, h)
			}
			if h.Kind == "offence" && !strings.Contains(h.Label, "police and CPS decide") {
				t.Fatalf("%s: %q", h.Code, h.Label)
			}
		}
		for _, f := range some {
			one, err := l.Hints(on, []string{f}, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range codes(one) {
				if !slices.Contains(codes(hs), c) {
					t.Fatalf("%s is a hint for %s alone and not with others", c, f)
				}
			}
		}
	})
}

// The day on which the Online Safety Act 2023 took over: the old law ends as
// the new begins.
func TestOnlineSafetyActTakesOver(t *testing.T) {
	l := list(t)
	for _, tt := range []struct{ form, on, has, lacks string }{
		{"THR", "2024-01-30", "MCA88-1-OLD", "OSA23-181"}, {"THR", "2024-01-31", "OSA23-181", "MCA88-1-OLD"},
		{"SEX-IIA", "2024-01-30", "CJCA15-33", "SOA03-66B"}, {"SEX-DPF", "2024-01-31", "SOA03-66B", "CJCA15-33"},
		{"SXT", "2026-11-22", "TA68-21", "SCA15-76"}, {"THR", "2026-11-22", "TA68-21", "SOA03-66E"}, {"SEX-DPF", "2026-11-22", "CPA26-99", "SOA03-66E"},
	} {
		hs, err := l.Hints(day(t, tt.on), []string{tt.form}, nil)
		if got := codes(hs); err != nil || !slices.Contains(got, tt.has) || slices.Contains(got, tt.lacks) {
			t.Errorf("%s on %s: %v, %v; want %s and not %s", tt.form, tt.on, got, err, tt.has, tt.lacks)
		}
	}
	if _, err := l.Hints(0, []string{"NONE"}, nil); !errors.Is(err, ErrCode) {
		t.Error(err)
	}
	if _, err := l.Hints(0, nil, []string{"NONE"}); !errors.Is(err, ErrCode) {
		t.Error(err)
	}
}

// A list that nobody reviewed in time, and what nobody confirmed, can be told.
func TestWhatMustBeChecked(t *testing.T) {
	l := list(t)
	if l.Overdue(l.NextReview) || !l.Overdue(l.NextReview+1) {
		t.Error("the review is not overdue on the day after it was due, or already on the day")
	}
	if codes := l.Unconfirmed(); !slices.Contains(codes, "SOA03-66E") || slices.Contains(codes, "TA68-21") {
		t.Error(codes)
	}
}
