package queue

import (
	"fmt"
	"log/slog"
	"time"

	"golang.org/x/time/rate"
)

// hush is how long one complaint must do.
const hush = 10 * time.Second

// hushed is Asynq's log, one line in ten seconds: while Redis is down Asynq
// complains many times a second, of one thing (F14). It carries task ids and
// network errors only, because no error of a job's ever reaches Asynq.
type hushed struct {
	log  *slog.Logger
	some rate.Sometimes
}

func newHushed(log *slog.Logger) *hushed {
	return &hushed{log: log, some: rate.Sometimes{Interval: hush}}
}

// Debug says nothing.
func (h *hushed) Debug(...any) {}

// Info says nothing.
func (h *hushed) Info(...any) {}

// Warn passes on one line in ten seconds.
func (h *hushed) Warn(args ...any) { h.say(args) }

// Error passes on one line in ten seconds.
func (h *hushed) Error(args ...any) { h.say(args) }

// Fatal passes on one line in ten seconds and ends nothing.
func (h *hushed) Fatal(args ...any) { h.say(args) }

func (h *hushed) say(args []any) {
	h.some.Do(func() { h.log.Warn("asynq", "said", fmt.Sprint(args...)) })
}
