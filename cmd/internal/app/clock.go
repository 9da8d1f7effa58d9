package app

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow"
)

// Clock is the desk's one clock. Wait is how long, in real time, until it shows
// an instant; the two differ from the machine's only in the demo. Check reports
// a clock that cannot be trusted; without it nothing is checked.
type Clock struct {
	Now   func() time.Time
	Wait  func(time.Time) time.Duration
	Check func() error
}

// RealClock is the machine's clock, as the desk believes it.
func RealClock() Clock {
	c := workflow.NewClock()
	return Clock{Now: c.Now, Wait: c.Wait, Check: c.Check}
}

// apart is how far this machine's clock and the database's may differ.
const apart = 5 * time.Minute

var errApart = errors.New("this machine's clock differs from the database's")

// checkClock reports a clock that was set by a jump, or that disagrees with the
// database's, which other workers may go by.
func (a *App) checkClock(ctx context.Context) error {
	if err := a.clock.Check(); err != nil {
		return err
	}
	theirs, ok, err := a.Ledger.Clock(ctx)
	if err != nil || !ok {
		return nil // the ledger has its own check
	}
	if by := time.Since(theirs).Abs(); by > apart {
		return fmt.Errorf("%w by %v", errApart, by.Round(time.Second))
	}
	return nil
}
