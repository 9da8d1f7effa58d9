package sla

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Shares of every kind of allowance, in and out of hours.
func TestShare(t *testing.T) {
	c := england(t)
	for _, tt := range []struct {
		from, allowance string
		percent         int
		want            string
	}{
		{"2026-11-25T10:00:00Z", "15m", 50, "2026-11-25T10:07:30Z"},
		{"2026-11-25T10:00:00Z", "15m", 400, "2026-11-25T11:00:00Z"},
		{"2026-11-25T10:00:00Z", "1wh", 50, "2026-11-25T10:30:00Z"},
		{"2026-11-27T18:00:00Z", "1wh", 80, "2026-11-30T09:18:00Z"},
		{"2026-11-27T18:00:00Z", "1wh", 0, "2026-11-27T18:00:00Z"},
		{"2026-11-27T16:00:00Z", "1wh", 400, "2026-11-30T12:00:00Z"},
		{"2026-11-25T10:00:00Z", "1wd", 50, "2026-11-25T14:15:00Z"},
		{"2026-11-25T10:00:00Z", "1wd", 100, "2026-11-26T10:00:00Z"},
		{"2026-11-25T10:00:00Z", "1wd", 200, "2026-11-27T10:00:00Z"},
		{"2026-11-25T10:00:00Z", "1wd", 250, "2026-11-27T14:00:00Z"}, // halfway from Friday 10:00 to Monday 10:00
		{"2026-11-25T10:00:00Z", "5wd", 20, "2026-11-26T10:00:00Z"},
		{"2026-11-27T18:00:00Z", "1wd", 50, "2026-11-30T12:45:00Z"},
		{"2026-11-27T18:00:00Z", "0wh", 50, "2026-11-30T08:30:00Z"},
		{"2026-11-27T18:00:00Z", "0wh", 100, "2026-11-30T08:30:00Z"},
		{"2026-11-27T18:00:00Z", "0wh", 200, "2026-11-30T09:30:00Z"},
		{"2026-11-25T10:00:00Z", "1m", 33, "2026-11-25T10:00:19Z"},
		{"2026-11-25T10:00:00Z", "8784h", 10000, "2127-02-09T10:00:00Z"},
		{"2026-11-25T10:00:00.9Z", "1h", -5, "2026-11-25T10:00:00Z"},
	} {
		a, err := ParseAllowance(tt.allowance)
		if err != nil {
			t.Fatal(err)
		}
		if got, known := c.Share(at(t, tt.from), a, tt.percent); !got.Equal(at(t, tt.want)) || !known {
			t.Errorf("%d%% of %s from %s: %s, want %s", tt.percent, tt.allowance, tt.from, got, tt.want)
		}
	}
	if got, known := c.Share(opened, Allowance{}, 50); !got.Equal(opened) || known {
		t.Errorf("half of no limit: %s %v", got, known)
	}
	if _, known := c.Share(at(t, "2027-12-30T10:00:00Z"), WorkingDays(1), 200); known {
		t.Error("a share in 2028 is known")
	}
}

// More percent is never earlier, a later receipt is never reached earlier, 100
// percent is the limit, and working time is reached in opening hours.
func TestShareIsMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o, received := drawOffice(t), drawReceived(t)
		_, a := drawAllowances(t)
		p := rapid.IntRange(0, 450).Draw(t, "percent")
		q := p + rapid.IntRange(0, 150).Draw(t, "more")
		one, _ := o.Share(received, a, p)
		two, _ := o.Share(received, a, q)
		if one.Before(received.Truncate(time.Second)) || two.Before(one) {
			t.Fatalf("%v from %s: %d%% at %s, %d%% at %s", a, received, p, one, q, two)
		}
		whole, _ := o.Share(received, a, 100)
		if due, _ := o.Due(received, a); !whole.Equal(due) {
			t.Fatalf("%v from %s: 100%% at %s, due %s", a, received, whole, due)
		}
		if p > 0 && a.unit != elapsed && !o.IsOpen(one) && !one.Equal(received) {
			t.Fatalf("%d%% of %v from %s is %s, when it is closed", p, a, received, one.In(o.Zone()))
		}
		if again := o.Again(received, a, 1); a.unit != workingHours && !again.Equal(whole) {
			t.Fatalf("%v from %s: once is %s, due %s", a, received, again, whole)
		}
	})
}

// Every minute round ten changes of the clocks, the rungs of a ladder rise.
func TestSharesAroundTenClockChanges(t *testing.T) {
	c := england(t)
	for _, change := range switches() {
		for from := change.Add(-37 * time.Hour); from.Before(change.Add(37 * time.Hour)); from = from.Add(time.Minute) {
			for _, a := range []Allowance{Elapsed(15 * time.Minute), WorkingHours(1), WorkingDays(1)} {
				last := from
				for _, percent := range []int{50, 80, 100, 200} {
					at, _ := c.Share(from, a, percent)
					if at.Before(last) || a.unit != elapsed && !c.IsOpen(at) {
						t.Fatalf("%d%% of %v from %s: %s after %s", percent, a, from, at, last)
					}
					last = at
				}
			}
		}
	}
}

// Opening time passes as it adds up, and After undoes Passed.
func TestBetween(t *testing.T) {
	c := england(t)
	if d := c.Between(at(t, "2026-11-27T16:00:00Z"), at(t, "2026-11-30T09:00:00Z")); d != time.Hour {
		t.Errorf("Friday 16:00 to Monday 09:00: %v open", d)
	}
	if d := c.Between(at(t, "2026-11-30T09:00:00Z"), at(t, "2026-11-27T16:00:00Z")); d != 0 {
		t.Errorf("backwards: %v", d)
	}
	rapid.Check(t, func(t *rapid.T) {
		o, from := drawOffice(t), drawReceived(t).Truncate(time.Second)
		_, a := drawAllowances(t)
		d := time.Duration(rapid.Int64Range(0, 40*3600).Draw(t, "d")) * time.Second
		to := o.After(from, a, d)
		if got := o.Passed(a, from, to); got != d {
			t.Fatalf("%v after %s is %s, and %v have passed", d, from, to, got)
		}
	})
}

// Repeats go on for ever: a desk that wakes after ten years is not stuck.
func TestF58AgainHasNoEnd(t *testing.T) {
	for _, a := range []Allowance{Elapsed(MaxElapsed), WorkingHours(MaxWorkingHours), WorkingDays(MaxWorkingDays)} {
		if far, _ := england(t).Share(opened, a, 1000); far.Before(opened.AddDate(9, 0, 0)) {
			t.Errorf("ten times %v is %s", a, far)
		}
		if far := england(t).Again(opened, a, 10); far.Before(opened.AddDate(9, 0, 0)) {
			t.Errorf("%v ten times over is %s", a, far)
		}
	}
	c := england(t)
	for _, a := range []Allowance{Elapsed(time.Hour), WorkingHours(4), WorkingDays(2)} {
		last := opened
		for _, n := range []int{1, 2, 50, 500, 2000, 5000} {
			next := c.Again(opened, a, n)
			if !next.After(last) {
				t.Errorf("%v, %d times over: %s after %s", a, n, next, last)
			}
			last = next
		}
	}
	if got := c.Again(opened, WorkingDays(2), 0); !got.Equal(opened) {
		t.Error(got)
	}
}

func TestRunsOut(t *testing.T) {
	for s, want := range map[string]bool{"2026-12-30T12:00:00Z": false, "2027-01-01T12:00:00Z": true, "2029-01-01T12:00:00Z": true} {
		if got := england(t).RunsOut(at(t, s)); got != want {
			t.Errorf("%s: %v", s, got)
		}
	}
}

func TestBeforeHoliday(t *testing.T) {
	c := england(t)
	for s, want := range map[string]bool{"2026-12-24": true, "2026-12-25": true, "2026-12-27": true, "2026-12-28": false, "2027-08-27": true, "2026-11-27": false} {
		day, err := ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		if c.BeforeHoliday(day) != want {
			t.Errorf("%s: %v", s, !want)
		}
	}
	holiday, err := ParseDay("2026-12-25")
	if err != nil || c.Works(holiday) || !c.Works(holiday-1) {
		t.Errorf("%v: Christmas works", err)
	}
}

// A time on the wall is one instant, two where it comes twice, none where the
// clocks leap over it.
func TestInstants(t *testing.T) {
	c := england(t)
	for _, tt := range []struct {
		date  string
		clock time.Duration
		want  []string
	}{
		{"2026-11-27", 18 * time.Hour, []string{"2026-11-27T18:00:00Z"}},
		{"2026-10-25", 90 * time.Minute, []string{"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"}},
		{"2026-10-25", 2 * time.Hour, []string{"2026-10-25T02:00:00Z"}},
		{"2026-10-25", 59 * time.Minute, []string{"2026-10-24T23:59:00Z"}},
		{"2027-03-28", 90 * time.Minute, nil},
		{"2027-03-28", 2 * time.Hour, []string{"2027-03-28T01:00:00Z"}},
	} {
		day, err := ParseDay(tt.date)
		if err != nil {
			t.Fatal(err)
		}
		got := c.Instants(day, int(tt.clock/time.Second))
		if len(got) != len(tt.want) {
			t.Errorf("%s %v: %v", tt.date, tt.clock, got)
			continue
		}
		for i := range got {
			if !got[i].Equal(at(t, tt.want[i])) {
				t.Errorf("%s %v: %v", tt.date, tt.clock, got)
			}
		}
	}
}

func TestAllowanceKinds(t *testing.T) {
	if d, real := Elapsed(time.Hour).Real(); d != time.Hour || !real {
		t.Error(d, real)
	}
	if _, real := WorkingHours(1).Real(); real {
		t.Error("a working hour is real time")
	}
	if !WorkingDays(2).Longer(WorkingDays(1)) || WorkingDays(2).Longer(WorkingHours(1)) || WorkingDays(1).Longer(WorkingDays(1)) {
		t.Error("Longer")
	}
}
