package sla

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var opened = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func TestLadder(t *testing.T) {
	p := Default()
	for n, want := range []struct {
		after  time.Duration
		breach bool
		last   Role
	}{
		{0, false, Deputy}, {30 * time.Minute, false, Deputy}, {time.Hour, true, Manager}, {2 * time.Hour, true, Manager}, {4 * time.Hour, true, Manager},
		{8 * time.Hour, true, Manager}, {12 * time.Hour, true, Manager}, {16 * time.Hour, true, Manager},
	} {
		r := p.Rung(n)
		if due := p.Due(opened, n); !due.Equal(opened.Add(want.after)) || r.Breach != want.breach || r.Tell[len(r.Tell)-1] != want.last {
			t.Errorf("rung %d is due %v: %+v", n, due, r)
		}
	}
	if !p.Limit(opened).Equal(p.Due(opened, 2)) {
		t.Errorf("limit %v, breach rung %v", p.Limit(opened), p.Due(opened, 2))
	}
	if before := Default(); !slices.EqualFunc(before.Ladder, p.Ladder, func(a, b Rung) bool { return a.Percent == b.Percent }) {
		t.Error("asking changed the ladder")
	}
}

// Whatever the allowance: rungs rise, none is before its case, all are whole
// milliseconds in UTC, and the breach is at the limit.
func TestAnyAllowance(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		p := Default()
		p.Acknowledge = time.Duration(rapid.Int64Range(int64(time.Second), int64(90*24*time.Hour)).Draw(t, "allowance"))
		from := opened.Add(time.Duration(rapid.Int64Range(0, int64(time.Hour)).Draw(t, "from"))).In(time.FixedZone("BST", 3600))
		last := time.Time{}
		for n := range 20 {
			due := p.Due(from, n)
			if due.Before(last) || n > 0 && due.Before(from) || due.Nanosecond()%1e6 != 0 || due.Location() != time.UTC {
				t.Fatalf("rung %d is due %v after %v", n, due, last)
			}
			last = due
		}
		if !p.Limit(from).Equal(p.Due(from, 2)) || p.Limit(from).After(from.Add(p.Acknowledge)) {
			t.Fatalf("limit %v, breach rung %v", p.Limit(from), p.Due(from, 2))
		}
		latest(t, p, from)
	})
}

// latest leaps to the last repeat that is due and never past it, and never over
// a rung of the ladder itself.
func latest(t *rapid.T, p Policy, from time.Time) {
	at := from.Add(time.Duration(rapid.Int64Range(0, int64(40*p.Acknowledge)).Draw(t, "at")))
	n := rapid.IntRange(0, 12).Draw(t, "n")
	got := p.Latest(from, at, n)
	switch {
	case n < len(p.Ladder)-1 || p.Due(from, n).After(at):
		if got != n {
			t.Fatalf("from rung %d leapt to %d", n, got)
		}
	case p.Due(from, got).After(at) || n >= len(p.Ladder) && !p.Due(from, got+1).After(at):
		t.Fatalf("rung %d is due %v, %d is due %v, it is %v", got, p.Due(from, got), got+1, p.Due(from, got+1), at)
	}
}

func TestReviews(t *testing.T) {
	p := Default()
	for n, days := range []int{1, 2, 3} {
		if due := p.ReviewDue(opened, n); !due.Equal(opened.AddDate(0, 0, days)) {
			t.Errorf("reminder %d is due %v", n, due)
		}
	}
	for _, tt := range []struct {
		after time.Duration
		n     int
		want  int
	}{{24 * time.Hour, 1, 1}, {10*24*time.Hour + time.Hour, 1, 10}, {time.Hour, 3, 3}} {
		if got := p.ReviewsBy(opened, opened.Add(tt.after), tt.n); got != tt.want {
			t.Errorf("after %v: %d reminders, want %d", tt.after, got, tt.want)
		}
	}
	p.Review = 0
	if got := p.ReviewsBy(opened, opened, 4); got != 4 {
		t.Errorf("without reminders: %d", got)
	}
}
