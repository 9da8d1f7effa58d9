package policy

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"dutydesk/workflow/sla"
)

// The ladder of an S2 on a Friday evening: at once, then in opening hours, then
// repeats without end.
func TestLadderOfAFridayEvening(t *testing.T) {
	c := of(t, book(t).Open(sla.S2, local(t, "2026-11-27 18:00")), sla.Acknowledge)
	want := []string{"Fri 11-27 18:00 0% false 0", "Mon 11-30 09:00 50% false 0", "Mon 11-30 09:18 80% false 0", "Mon 11-30 09:30 100% true 0",
		"Mon 11-30 10:30 200% true 0", "Mon 11-30 12:30 400% true 0", "Mon 11-30 16:30 400% true 1", "Tue 12-01 12:00 400% true 2"}
	if c.Rungs() != 6 {
		t.Errorf("%d rungs", c.Rungs())
	}
	for n, s := range want {
		r, ok := c.Ring(n)
		if got := fmt.Sprintf("%s %d%% %v %d", shown(t, r.At), r.Percent, r.Breach, r.Repeat); got != s || !ok {
			t.Errorf("rung %d: %s, want %s", n, got, s)
		}
	}
	if c.Why != "S2 acknowledge: 1 working hour from receipt, policy "+book(t).Version {
		t.Error(c.Why)
	}
}

// An emergency climbs through the night.
func TestLadderOfAnEmergency(t *testing.T) {
	c := of(t, book(t).Open(sla.S1, local(t, "2026-12-26 02:00")), sla.Acknowledge)
	for n, want := range []string{"Sat 12-26 02:00", "Sat 12-26 02:07", "Sat 12-26 02:12", "Sat 12-26 02:15", "Sat 12-26 02:30", "Sat 12-26 03:00", "Sat 12-26 04:00", "Sat 12-26 05:00"} {
		if r, _ := c.Ring(n); shown(t, r.At) != want {
			t.Errorf("rung %d at %s, want %s", n, shown(t, r.At), want)
		}
	}
}

// "The next opening" has no rungs before its limit; a target has none at its
// limit; what the desk does has none.
func TestLaddersThatAreShort(t *testing.T) {
	clocks := book(t).Open(sla.S4, local(t, "2026-11-27 18:00"))
	screen := of(t, clocks, sla.Screen)
	for n, want := range []int{0, 100, 200, 400} {
		if r, ok := screen.Ring(n); !ok || r.Percent != want || n == 1 && !r.At.Equal(screen.Due) {
			t.Errorf("rung %d of the screen is %d%% at %s", n, r.Percent, r.At)
		}
	}
	target := of(t, clocks, sla.Closure)
	if _, ok := target.Ring(target.Rungs()); ok || target.Rungs() != 2 || target.Latest(target.Due.AddDate(1, 0, 0), 1) != 1 {
		t.Error("a target is climbed beyond its limit")
	}
	if r, ok := of(t, clocks, sla.Receipt).Ring(0); ok {
		t.Errorf("the desk's own work has a rung: %+v", r)
	}
	if _, ok := (Clock{}).Ring(0); ok {
		t.Error("no clock has a rung")
	}
}

// drawn is a clock of any stage, severity and instant.
func drawn(t *rapid.T, b *Book) Clock {
	s := rapid.SampledFrom(severities()).Draw(t, "severity")
	from := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(rapid.Int64Range(0, 2*365*86400).Draw(t, "second")) * time.Second)
	return rapid.SampledFrom(b.Open(s, from)).Draw(t, "clock")
}

// Rungs rise, the breach is at the limit, and Latest leaps over repeats only and
// never past the moment.
func TestRungsRise(t *testing.T) {
	b := book(t)
	rapid.Check(t, func(t *rapid.T) {
		c := drawn(t, b)
		last := c.From
		for n := range 12 {
			r, ok := c.Ring(n)
			if !ok {
				break
			}
			if r.At.Before(last) || r.Percent == 100 && !r.At.Equal(c.Due) || r.Breach != !r.At.Before(c.Due) {
				t.Fatalf("%s: rung %d (%d%%) at %s after %s, due %s", c.Why, n, r.Percent, r.At, last, c.Due)
			}
			last = r.At
		}
		leaps(t, c)
	})
}

func leaps(t *rapid.T, c Clock) {
	if c.Soft || c.Rungs() == 0 {
		return
	}
	n := rapid.IntRange(0, 9).Draw(t, "n")
	here, _ := c.Ring(n)
	at := here.At.Add(time.Duration(rapid.Int64Range(0, int64(40*24*time.Hour)).Draw(t, "slept")))
	got := c.Latest(at, n)
	r, _ := c.Ring(got)
	next, _ := c.Ring(got + 1)
	switch {
	case n < c.Rungs()-1:
		if got != n {
			t.Fatalf("leapt over a rung, from %d to %d", n, got)
		}
	case r.At.After(at) || !next.At.After(at) || got < n:
		t.Fatalf("%s: at %s it is rung %d (%s), then %s", c.Why, at, got, r.At, next.At)
	}
}

// F58: a clock that leaps ten years finds its rung at once.
func TestF58LatestAfterTenYears(t *testing.T) {
	c := of(t, book(t).Open(sla.S1, local(t, "2026-12-26 02:00")), sla.Acknowledge)
	for n := range 5 {
		if got := c.Latest(c.Due.AddDate(10, 0, 0), n); got != n {
			t.Errorf("from rung %d it leaps to %d", n, got)
		}
	}
	n := c.Latest(c.Due.AddDate(10, 0, 0), 5)
	if r, _ := c.Ring(n); n < 80_000 || r.At.After(c.Due.AddDate(10, 0, 0)) {
		t.Errorf("rung %d at %s", n, r.At)
	}
}

// F59: whatever holidays come or go, no deadline that runs is later by itself;
// what would be later is listed, and what is earlier is in force.
func TestF59HolidaySwapIsNeverLater(t *testing.T) {
	b := book(t)
	rapid.Check(t, func(t *rapid.T) {
		holidays, err := sla.PublishedHolidays()
		if err != nil {
			t.Fatal(err)
		}
		first := sla.DayOf(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
		for _, n := range rapid.SliceOfN(rapid.IntRange(0, 800), 0, 30).Draw(t, "swapped") {
			if day := first + sla.Day(n); holidays[day] == "" {
				holidays[day] = "drawn"
			} else {
				delete(holidays, day)
			}
		}
		next, err := New(b.Policy, holidays)
		if err != nil {
			t.Fatal(err)
		}
		was := drawn(t, b)
		would, _ := next.Calendar.Due(was.From, was.Allowance)
		for _, m := range Replan([]Clock{was}, next, was.From.Add(-time.Second)) {
			switch {
			case m.Now.Due.After(was.Due), m.Earlier() != would.Before(was.Due), m.Later() != would.After(was.Due):
				t.Fatalf("%s: was %s, would be %s, is %s", was.Why, was.Due, would, m.Now.Due)
			case m.Earlier() && (!m.Now.Due.Equal(would) || m.Now.Version != next.Version):
				t.Fatalf("%s: earlier is %s by %s", was.Why, m.Now.Due, m.Now.Version)
			}
		}
	})
}

// A limit that would be a target, or the desk's, stays a limit that people can
// miss until a person announces the change, also where it would be earlier.
func TestReplanLeavesLimitsThatWouldBeNone(t *testing.T) {
	b := book(t)
	at := local(t, "2026-11-25 10:00")
	for name, but := range map[string]func(*sla.Term){"target": func(x *sla.Term) { x.Soft = true }, "desk": func(x *sla.Term) { x.Desk = true }} {
		p := b.Policy
		p.Stages = append(sla.Terms{}, b.Policy.Stages...)
		triage := &p.Stages[3]
		triage.S[1] = sla.WorkingHours(2)
		but(triage)
		for _, m := range Replan(b.Open(sla.S2, at), bookOf(t, p), at) {
			if m.Was.Stage == sla.Triage && (!m.Later() || m.Earlier() || m.Now.Soft || m.Now.term.Desk || !m.Now.Due.Equal(m.Was.Due)) {
				t.Errorf("%s: later %v, now %+v", name, m.Later(), m.Now)
			}
		}
	}
}

// What is done, dropped or past its limit is left as it is.
func TestReplanLeavesWhatEnded(t *testing.T) {
	b := book(t)
	p := b.Policy
	p.Stages = nil
	for _, term := range b.Policy.Stages {
		if term.Stage != sla.Review {
			term.S[1] = sla.Elapsed(time.Minute)
			p.Stages = append(p.Stages, term)
		}
	}
	next, at := bookOf(t, p), local(t, "2026-11-25 10:00")
	clocks := b.Open(sla.S2, at)
	clocks[1].Done, clocks[2].Dropped = at, at
	moves := Replan(clocks, next, clocks[3].Due)
	if len(moves) != 4 { // protect, update, review and closure run beyond that moment
		t.Fatalf("%d moves", len(moves))
	}
	for _, m := range moves {
		if gone := m.Was.Stage == sla.Review; m.Later() != gone || m.Earlier() == gone || gone && !m.Now.Due.Equal(m.Was.Due) {
			t.Errorf("%s: later %v, earlier %v", m.Was.Stage, m.Later(), m.Earlier())
		}
	}
}
