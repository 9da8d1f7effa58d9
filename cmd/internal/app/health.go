package app

import (
	"context"
	"log/slog"
	"maps"
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

	mu   sync.Mutex
	down map[string]bool // guarded by mu
}

// lookEvery is how often the parts are looked at.
const lookEvery = 5 * time.Second

// Run looks at the parts until ctx ends.
func (h *Health) Run(ctx context.Context) error {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		h.look(ctx)
		if !slices.Contains(h.Down(), "ledger") {
			h.Alive()
		}
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
	}
}

// look asks every part once and records what changed. While the ledger itself
// is down nothing can be written, and readiness alone tells.
func (h *Health) look(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(h.Checks)) {
		down := h.ask(ctx, name) != nil
		if ctx.Err() != nil {
			return
		}
		var err error
		changed := h.mark(name, down)
		if down {
			err = h.Office.Trouble(ctx, name, h.Patience)
		} else if changed {
			err = h.Office.Recovered(ctx, name)
		}
		if err != nil && ctx.Err() == nil {
			h.Log.Error("trouble could not be written down", "part", name, "err", err)
		}
	}
}

func (h *Health) ask(ctx context.Context, name string) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	return h.Checks[name](ctx)
}

// mark records whether a part is down, and says whether that is news: the first
// look always is, since an earlier life may have left a trouble written.
func (h *Health) mark(name string, down bool) (changed bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.down == nil {
		h.down = map[string]bool{}
	}
	was, looked := h.down[name]
	h.down[name] = down
	if was != down {
		h.Log.Warn("part of the desk changed", "part", name, "down", down)
	}
	return was != down || !looked
}

// Down lists the parts that are down, by name only.
func (h *Health) Down() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	var names []string
	for _, name := range slices.Sorted(maps.Keys(h.down)) {
		if h.down[name] {
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
