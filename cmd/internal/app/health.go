package app

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"time"

	"dutydesk/intake/mailbox"
	"dutydesk/workflow"
)

// Health knows which parts of the desk are down, tells managers when one stays
// down, and answers readiness.
type Health struct {
	Office   *workflow.Office
	Patience time.Duration // how long a part may be down before managers are told
	Checks   map[string]func(context.Context) error
	Log      *slog.Logger
	Alive    func() // said after every look while the ledger answers
	Slip     *slip  // what is known of an outage of the ledger itself

	mu    sync.Mutex
	since map[string]time.Time // when a part went down, zero while it works; guarded by mu
}

// ledgerPart is the part without which nothing can be written down.
const ledgerPart = "ledger"

// lookEvery is how often the parts are looked at, unless the service manager
// wants to hear of us more often.
const lookEvery = 5 * time.Second

// Run looks at the parts until ctx ends.
func (h *Health) Run(ctx context.Context) error {
	tick := time.NewTicker(watchdogHalf(os.Getenv, os.Getpid(), lookEvery))
	defer tick.Stop()
	for {
		h.look(ctx)
		if !slices.Contains(h.Down(), ledgerPart) {
			h.Alive()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look asks every part once and records what changed.
func (h *Health) look(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(h.Checks)) {
		why := h.ask(ctx, name)
		if ctx.Err() != nil {
			return
		}
		changed := h.mark(name, why)
		if err := h.record(ctx, name, why != nil, changed); err != nil && ctx.Err() == nil {
			h.Log.Error("trouble could not be written down", "part", name, "err", err)
		}
	}
}

// record writes down what a look found. While the ledger itself is down nothing
// can be written there: that is noted on the slip, of which managers are told
// past the ledger, and written down afterwards.
func (h *Health) record(ctx context.Context, name string, down, changed bool) error {
	switch {
	case name == ledgerPart && down:
		_, err := h.Slip.down(h.Office.Now())
		return err
	case name == ledgerPart:
		return h.outlived(ctx)
	case slices.Contains(h.Down(), ledgerPart):
		return nil
	case down:
		return h.Office.Trouble(ctx, name, h.Patience)
	case changed:
		return h.Office.Recovered(ctx, name)
	}
	return nil
}

// outlived ends an outage of the ledger, also one of an earlier life. Managers
// are told if they were told of it, or if it was long. What could not be written
// is tried at the next look.
func (h *Health) outlived(ctx context.Context) error {
	o := h.Slip.outage()
	if o.Since.IsZero() {
		return nil
	}
	if o.long(h.Patience) {
		if err := h.Office.Outage(ctx, ledgerPart, o.Since); err != nil {
			return err
		}
	}
	return h.Slip.over()
}

func (h *Health) ask(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return h.Checks[name](ctx)
}

// mark records whether and why a part is down, and says whether that is news: the
// first look always is, since an earlier life may have left a trouble written.
func (h *Health) mark(name string, why error) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	since, looked := h.since[name]
	switch {
	case why != nil && since.IsZero():
		h.since[name] = h.Office.Now()
		h.Log.Warn("part of the desk is down", "part", name, "why", why)
	case why == nil && !since.IsZero():
		h.Log.Warn("part of the desk works again", "part", name)
		h.since[name] = time.Time{}
	case why == nil:
		h.since[name] = time.Time{}
	}
	return !looked || (why != nil) == since.IsZero()
}

// Down lists the parts that are down, by name only.
func (h *Health) Down() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(h.since)) {
		if !h.since[name].IsZero() {
			names = append(names, name)
		}
	}
	return names
}

// board keeps the last word of parts that report by themselves: the watches and
// the post.
type board struct {
	mu      sync.Mutex
	watches map[string]mailbox.Status // guarded by mu
	post    error                     // guarded by mu; the last answer of the mail server
}

func (b *board) watch(s mailbox.Status) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.watches == nil {
		b.watches = map[string]mailbox.Status{}
	}
	b.watches[s.Mailbox] = s
}

func (b *board) mailbox(name string) mailbox.Status {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.watches[name]
}

func (b *board) setPost(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.post = err
}

func (b *board) lastPost() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.post
}
