package mailbox

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"
)

// An hour of trouble makes few visits, and never a busy loop; each kind has its
// own patience.
func TestPatience(t *testing.T) {
	for _, c := range []struct {
		err         error
		least, most int // visits in an hour
		state       State
	}{
		{ErrUnreachable, 55, 90, Unreachable},
		{ErrLine, 55, 90, Broken},
		{ErrRefused, 45, 60, Refused},
		{ErrThrottled, 12, 22, Throttled},
		{ErrFolder, 55, 90, FolderGone},
		{ErrDesk, 110, 180, DeskShut},
		{errors.New("never heard of"), 55, 90, Broken},
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
			defer cancel()
			var at []time.Time
			w, s := newWatcher(t, "127.0.0.1:1", newLedger())
			m := newWatch(w.withDefaults())
			if err := m.attend(ctx, func(context.Context) error {
				at = append(at, time.Now())
				return fmt.Errorf("visit: %w", c.err)
			}); err != nil {
				t.Fatal(err)
			}
			if n := len(at); n < c.least || n > c.most {
				t.Errorf("%v: %d visits in an hour, want %d to %d", c.err, n, c.least, c.most)
			}
			if got := s.last().State; got != c.state {
				t.Errorf("%v: state %s", c.err, got)
			}
			wait := at[len(at)-1].Sub(at[len(at)-2])
			if c.err == ErrRefused && wait < time.Minute {
				t.Errorf("wrong password tried after %v", wait)
			}
		})
	}
}

// A wrong password is tried at most once a minute from the very first.
func TestF48WrongPasswordOnceAMinute(t *testing.T) {
	for range 1000 {
		for tries := range 5 {
			if d := patience(ErrRefused, tries); d < time.Minute || d > 75*time.Second {
				t.Fatalf("try %d after %v", tries, d)
			}
		}
	}
}

// Patience lies between one and sixty seconds and differs between watchers.
func TestPatienceJitters(t *testing.T) {
	seen := make(map[time.Duration]bool)
	for range 1000 {
		for tries := range 40 {
			d := patience(ErrLine, tries)
			if d < time.Second || d > time.Minute {
				t.Fatalf("try %d: %v", tries, d)
			}
			seen[d] = true
		}
	}
	if len(seen) < 1000 {
		t.Errorf("only %d different waits", len(seen))
	}
}

// A line that was good for long is tried again soon; one that breaks at once is not.
func TestPatienceIsEarned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 24*time.Hour)
		defer cancel()
		w, _ := newWatcher(t, "127.0.0.1:1", newLedger())
		m := newWatch(w.withDefaults())
		var ended time.Time
		_ = m.attend(ctx, func(ctx context.Context) error {
			if !ended.IsZero() && time.Since(ended) > 2*time.Second {
				t.Errorf("waited %v after a good hour", time.Since(ended))
			}
			select {
			case <-ctx.Done():
			case <-time.After(time.Hour):
			}
			ended = time.Now()
			return ErrLine
		})
	})
}

// F49: each time the server asks for patience, less is asked for at once, and
// slowly more again when it goes well.
func TestF49AsksForLess(t *testing.T) {
	w, _ := newWatcher(t, "127.0.0.1:1", newLedger())
	m := newWatch(w.withDefaults())
	for _, want := range []int{12, 6, 3, 1, 1} {
		if m.troubled(fmt.Errorf("x: %w", ErrThrottled), 0); m.ahead != want {
			t.Errorf("%d at one time, want %d", m.ahead, want)
		}
	}
	for range 100 {
		m.listed()
	}
	if m.ahead != aheadDefault {
		t.Errorf("%d at one time after 100 good looks", m.ahead)
	}
}
