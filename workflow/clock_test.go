package workflow

import (
	"errors"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// machine is a clock that can be set, and one that cannot.
type machine struct {
	wall   time.Time
	steady time.Duration
}

func (m *machine) pass(d time.Duration) { m.wall, m.steady = m.wall.Add(d), m.steady+d }

func (m *machine) clock() *Clock {
	return ClockOn(func() time.Time { return m.wall }, func() time.Duration { return m.steady })
}

func newMachine() *machine { return &machine{wall: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)} }

// F58: a clock set an hour or ten years forward, or an hour back, is not
// believed for five minutes, and then it is; and managers are told meanwhile.
func TestF58JumpIsNotBelievedAtOnce(t *testing.T) {
	for _, by := range []time.Duration{time.Hour, -time.Hour, 10 * 365 * 24 * time.Hour} {
		m := newMachine()
		c := m.clock()
		m.pass(time.Minute)
		before := c.Now()
		m.wall = m.wall.Add(by)
		for range 5 {
			if got, want := c.Now(), before.Add(m.steady-time.Minute); !got.Equal(want) {
				t.Fatalf("%v: shows %v after the jump, want %v", by, got, want)
			}
			if err := c.Check(); !errors.Is(err, ErrJump) {
				t.Fatalf("%v: says %v", by, err)
			}
			m.pass(time.Minute)
		}
		if got := c.Now(); !got.Equal(m.wall) {
			t.Errorf("%v: shows %v after five minutes, want %v", by, got, m.wall)
		}
		if c.Check() == nil {
			t.Errorf("%v: nobody is told of a jump that was believed", by)
		}
		for range 20 {
			m.pass(time.Minute)
			c.Now()
		}
		if err := c.Check(); err != nil {
			t.Errorf("%v: still says %v", by, err)
		}
	}
}

// A clock that was set wrong and set right again was never wrong here.
func TestF58JumpTakenBack(t *testing.T) {
	m := newMachine()
	c := m.clock()
	m.wall = m.wall.Add(time.Hour)
	c.Now()
	m.pass(time.Minute)
	m.wall = m.wall.Add(-time.Hour)
	if got := c.Now(); !got.Equal(m.wall) {
		t.Errorf("shows %v, want %v", got, m.wall)
	}
}

// What time servers do, a few seconds or minutes at a time, is followed.
func TestSmallStepsAreFollowed(t *testing.T) {
	m := newMachine()
	c := m.clock()
	for _, by := range []time.Duration{time.Second, -time.Second, 4 * time.Minute, -4 * time.Minute} {
		m.wall = m.wall.Add(by)
		if got := c.Now(); !got.Equal(m.wall) || c.Check() != nil {
			t.Errorf("%v: shows %v, want %v, %v", by, got, m.wall, c.Check())
		}
	}
}

// Whatever the machine's clock does, this one never differs from it for more
// than five minutes on end, and never moves by more than five minutes in less.
func TestClockProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := newMachine()
		c := m.clock()
		last, lastAt, apart := c.Now(), m.steady, time.Duration(0)
		for range rapid.IntRange(1, 60).Draw(t, "looks") {
			step := time.Duration(rapid.IntRange(0, 90).Draw(t, "seconds")) * time.Second
			m.pass(step)
			if rapid.IntRange(0, 4).Draw(t, "set") == 0 {
				m.wall = m.wall.Add(time.Duration(rapid.IntRange(-7200, 7200).Draw(t, "by")) * time.Second)
			}
			now := c.Now()
			if apart += step; now.Equal(m.wall) {
				apart = 0
			}
			if apart > jumpHold+2*90*time.Second {
				t.Fatalf("apart for %v", apart)
			}
			moved := (now.Sub(last) - (m.steady - lastAt)).Abs()
			if moved > jumpMin && !now.Equal(m.wall) {
				t.Fatalf("moved by %v to a time that nobody's clock shows", moved)
			}
			last, lastAt = now, m.steady
		}
	})
}
