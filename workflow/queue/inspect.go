package queue

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Why a Redis is refused.
var (
	ErrEvicts = errors.New("redis may throw tasks away: set maxmemory-policy noeviction")
	ErrOld    = errors.New("redis is older than 6.2")
	// ErrForeign reports a Redis database through which the desk of another
	// ledger works.
	ErrForeign = errors.New("this redis database belongs to the desk of another ledger")
	// ErrFull reports a Redis that is at its maxmemory: it takes no task.
	ErrFull = errors.New("redis is full: raise maxmemory")
)

// Facts is what there is to know about a Redis before trusting it with
// reminders.
type Facts struct {
	Embedded bool   `json:"embedded"`
	Version  string `json:"version"`
	Policy   string `json:"maxmemory_policy"`
	AOF      bool   `json:"aof"`         // without it a restart empties the queue, which is then offered anew
	Used     int64  `json:"used_memory"` // bytes
	Limit    int64  `json:"maxmemory"`   // bytes; 0 is none
}

// Refusal says why this Redis must not be used, or nil.
func (f Facts) Refusal() error {
	if f.Embedded {
		return nil
	}
	if f.Policy != "noeviction" {
		return fmt.Errorf("maxmemory-policy is %q: %w", f.Policy, ErrEvicts)
	}
	if f.old() {
		return fmt.Errorf("version is %q: %w", f.Version, ErrOld)
	}
	return nil
}

// Full reports a Redis that has used nine tenths of its maxmemory, and so will
// soon take no task any more.
func (f Facts) Full() bool { return f.Limit > 0 && f.Used >= f.Limit/10*9 }

func (f Facts) old() bool {
	major, rest, _ := strings.Cut(f.Version, ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, _ := strconv.Atoi(major)
	b, _ := strconv.Atoi(minor)
	return a < 6 || a == 6 && b < 2
}

// Inspect asks Redis about itself. An error says that it could not be asked,
// not that it is unfit: for that see [Facts.Refusal].
func (q *Queue) Inspect(ctx context.Context) (Facts, error) { return q.link.inspect(ctx, q.Redis) }

// Inspect is [Queue.Inspect] for whoever has no queue, such as doctor.
func Inspect(ctx context.Context, r Redis) (Facts, error) {
	l := connect(r)
	defer l.Close()
	return l.inspect(ctx, r)
}

func (l *link) inspect(ctx context.Context, r Redis) (Facts, error) {
	if r.Embedded { // miniredis has no INFO worth the name
		return Facts{Embedded: true, Version: "embedded", Policy: "noeviction"}, l.Ping(ctx).Err()
	}
	lines := map[string]string{}
	for _, section := range []string{"server", "memory", "persistence"} {
		text, err := l.Info(ctx, section).Result()
		if err != nil {
			return Facts{}, fmt.Errorf("inspect %s: %w", r, err)
		}
		for line := range strings.Lines(text) {
			if name, value, ok := strings.Cut(strings.TrimSpace(line), ":"); ok {
				lines[name] = value
			}
		}
	}
	f := Facts{Version: lines["redis_version"], Policy: lines["maxmemory_policy"], AOF: lines["aof_enabled"] == "1"}
	f.Used, _ = strconv.ParseInt(lines["used_memory"], 10, 64)
	f.Limit, _ = strconv.ParseInt(lines["maxmemory"], 10, 64)
	return f, nil
}
