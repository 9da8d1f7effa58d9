package mailer

import (
	"errors"
	"sync"
	"time"
)

// gate keeps a refused login from being tried again and again: by every letter
// that is due, on every line, and by whoever probes. That locks accounts (F48).
type gate struct {
	mu     sync.Mutex
	shut   *Error    // guarded by mu; the refusal, nil while logins are taken
	until  time.Time // guarded by mu; nobody passes before
	trying bool      // guarded by mu; one tries whether the gate may open
}

// enter returns the refusal while the gate is shut. Once its time is over one
// may pass, and the others wait for how that goes.
func (g *gate) enter() error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.shut == nil {
		return nil
	}
	if g.trying || time.Now().Before(g.until) {
		again := *g.shut
		return &again
	}
	g.trying = true
	return nil
}

// leave says how the login of one who passed went.
func (g *gate) leave(err error, again time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trying = false
	var e *Error
	switch {
	case err == nil:
		g.shut = nil
	case loginRefused(err) && errors.As(err, &e):
		kept := *e
		kept.cause = nil
		g.shut, g.until = &kept, time.Now().Add(again)
	}
}
