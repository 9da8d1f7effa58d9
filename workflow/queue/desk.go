package queue

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"
)

// fitness is why a Redis that answers cannot be used, nil if it can.
type fitness struct{ why error }

// Unfit is why Redis, though it answers, could not be used when it was last
// probed, or nil: [ErrFull] or [ErrForeign]. The sweeper does the work meanwhile.
func (q *Queue) Unfit() error {
	f, _ := q.unfit.Load().(fitness)
	return f.why
}

// unfit names what is wrong with a Redis that answers. What OOM says is fixed by
// Redis: "OOM command not allowed when used memory > 'maxmemory'".
func unfit(err error) error {
	switch {
	case errors.Is(err, ErrForeign):
		return ErrForeign
	case err != nil && strings.Contains(err.Error(), "OOM command not allowed"):
		return ErrFull
	}
	return nil
}

// claim writes the desk's name into a Redis that has none, and asks for the one
// that stands.
func (q *Queue) claim(ctx context.Context, p redis.Pipeliner) *redis.StringCmd {
	if q.Desk != "" {
		p.SetNX(ctx, deskKey, q.Desk, 0)
	}
	return p.Get(ctx, deskKey)
}

// ours refuses a Redis that bears another desk's name.
func (q *Queue) ours(whose string) error {
	if q.Desk == "" || whose == "" || whose == q.Desk {
		return nil
	}
	return fmt.Errorf("%w: give each desk a database of its own, as redis://host:6379/1; if the other desk is no more, redis-cli DEL %q", ErrForeign, deskKey)
}

// Claim makes this Redis the desk's, or gives [ErrForeign]. Another error says
// that it could not be asked.
func (q *Queue) Claim(ctx context.Context) error {
	if q.Desk == "" {
		return nil
	}
	p := q.link.Pipeline()
	whose := q.claim(ctx, p)
	if _, err := p.Exec(ctx); err != nil {
		return fmt.Errorf("claim redis: %w", err)
	}
	return q.ours(whose.Val())
}
