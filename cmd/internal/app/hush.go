package app

import (
	"context"
	"log/slog"
	"strings"
	"sync"
	"time"
)

// quiet is how long one line of a kind must do.
const quiet = 10 * time.Second

// Hush passes on one warning or error of each kind in ten seconds, and counts
// those it keeps back in "unsaid" of the next: while a database is down every
// job says so, many times a second (F14). A kind is a message with the part of
// the desk it is about. What is no warning passes: that a part is back is said
// once.
func Hush(h slog.Handler) slog.Handler {
	return &hush{Handler: h, said: &said{last: map[string]*line{}}}
}

type hush struct {
	slog.Handler
	said  *said
	bound string // the part of the kind that With brought
}

// said is what was said, for all handlers that come of one.
type said struct {
	mu   sync.Mutex
	last map[string]*line // guarded by mu
}

type line struct {
	until  time.Time // silent until then
	unsaid int
}

// parts are the attributes that tell kinds apart. There are few values of each,
// or else the limit would be none.
var parts = map[string]bool{"part": true, "mailbox": true, "loop": true, "kind": true, "state": true}

// Handle implements slog.Handler.
func (h *hush) Handle(ctx context.Context, r slog.Record) error {
	if r.Level < slog.LevelWarn {
		return h.Handler.Handle(ctx, r)
	}
	kind := h.bound + r.Level.String() + r.Message
	r.Attrs(func(a slog.Attr) bool { kind += part(a); return true })
	unsaid, say := h.said.may(kind, r.Time)
	if !say {
		return nil
	}
	if unsaid > 0 {
		r = r.Clone()
		r.Add("unsaid", unsaid)
	}
	return h.Handler.Handle(ctx, r)
}

// part is an attribute as part of a kind, or "".
func part(a slog.Attr) string {
	if !parts[a.Key] {
		return ""
	}
	return "\x00" + a.Key + "=" + a.Value.String()
}

// may reports whether a line of a kind may be said at a moment, and how many
// were kept back before it.
func (s *said) may(kind string, at time.Time) (unsaid int, say bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.last[kind]
	if l == nil {
		l = &line{}
		s.last[kind] = l
	}
	if at.Before(l.until) {
		l.unsaid++
		return 0, false
	}
	unsaid = l.unsaid
	l.until, l.unsaid = at.Add(quiet), 0
	return unsaid, true
}

// WithAttrs implements slog.Handler.
func (h *hush) WithAttrs(attrs []slog.Attr) slog.Handler {
	var b strings.Builder
	b.WriteString(h.bound)
	for _, a := range attrs {
		b.WriteString(part(a))
	}
	return &hush{Handler: h.Handler.WithAttrs(attrs), said: h.said, bound: b.String()}
}

// WithGroup implements slog.Handler.
func (h *hush) WithGroup(name string) slog.Handler {
	return &hush{Handler: h.Handler.WithGroup(name), said: h.said, bound: h.bound}
}
