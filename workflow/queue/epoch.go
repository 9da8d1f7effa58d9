package queue

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// The queue's own keys. The braces keep them in one slot of a cluster.
const (
	epochKey = "dutydesk:{queue}:epoch" // random; whoever finds it missing has a new Redis
	beatKey  = "dutydesk:{queue}:beat:" // one per process, raised at each probe
	sweptKey = "dutydesk:{queue}:swept" // when a sweep last ended, in milliseconds
	deskKey  = "dutydesk:{queue}:desk"  // the name of the ledger that this Redis works for
)

// epoch is what this process knows of the Redis it talks to, so that it knows
// another when it meets it.
type epoch struct {
	me   string // names this process's beat
	id   string
	beat int64
}

// probe asks Redis whether it is there and still the same. A new one, empty or
// gone back in time, is given everything again (F15, F16, F20).
func (q *Queue) probe(ctx context.Context) error {
	bounded, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	seen, err := q.look(bounded)
	q.unfit.Store(fitness{unfit(err)})
	if err != nil {
		q.miss(ctx, err)
		return nil
	}
	if q.isNew(seen) {
		if seen.id, err = q.renew(ctx, seen.id); err != nil {
			return err
		}
	}
	q.epoch = seen
	q.link.known.Store(true)
	if q.link.misses.Swap(0) >= missed {
		q.Log.Info("redis is back")
		return q.admit(ctx)
	}
	return nil
}

// miss counts a probe that failed, and says so once it is no accident.
func (q *Queue) miss(ctx context.Context, err error) {
	if ctx.Err() != nil || q.link.misses.Add(1) != missed {
		return
	}
	if why := unfit(err); why != nil {
		q.Log.Warn("redis cannot be used, the sweeper does the work", "why", why)
		return
	}
	q.Log.Warn("redis is down, the sweeper does the work", "why", class(err))
}

// look asks for the epoch and beats, in one round trip. It also writes the
// names of the queues, which a client of Asynq writes only once in its life.
func (q *Queue) look(ctx context.Context) (epoch, error) {
	me := q.epoch.me
	p := q.link.Pipeline()
	id := p.Get(ctx, epochKey)
	beat := p.Incr(ctx, beatKey+me)
	p.Expire(ctx, beatKey+me, time.Hour)
	p.SAdd(ctx, "asynq:queues", immediate, sla, mail, bulk)
	if at := q.swept.Load(); at > 0 {
		p.Set(ctx, sweptKey, at, 0)
	}
	whose := q.claim(ctx, p)
	_, err := p.Exec(ctx)
	if errors.Is(err, redis.Nil) { // there is no epoch; what came after it may have failed all the same
		err = beat.Err()
	}
	if err != nil {
		return epoch{}, fmt.Errorf("probe redis: %w", err)
	}
	if err := q.ours(whose.Val()); err != nil {
		return epoch{}, err
	}
	return epoch{me: me, id: id.Val(), beat: beat.Val()}, nil
}

// isNew reports whether Redis is not the one we knew: it has no epoch, or
// another, or has forgotten a beat.
func (q *Queue) isNew(seen epoch) bool {
	return seen.id == "" || q.epoch.id != "" && (seen.id != q.epoch.id || seen.beat <= q.epoch.beat)
}

// renew makes the ledger offer everything again and returns the epoch, a new
// one if there was none. It is written last: a crash before leaves the work to
// the next who looks.
func (q *Queue) renew(ctx context.Context, id string) (string, error) {
	if err := q.Book.Forget(ctx); err != nil {
		return "", fmt.Errorf("forget offers: %w", err)
	}
	q.Log.Info("redis is new, everything is offered again")
	if id != "" {
		return id, nil
	}
	if err := q.link.SetNX(ctx, epochKey, rand.Text(), 0).Err(); err != nil {
		return "", fmt.Errorf("write epoch: %w", err)
	}
	id, err := q.link.Get(ctx, epochKey).Result() // another may have been first
	if err != nil {
		return "", fmt.Errorf("read epoch: %w", err)
	}
	return id, nil
}

// mendScript gives tasks that are active without a lease, which Asynq would
// hold for ever, an expired one, so that Asynq rings them again; and drops those
// of which nothing but the name is left, over which its recoverer would stumble.
// The job itself has long been done by the sweeper (F17).
var mendScript = redis.NewScript(`
for _, id in ipairs(redis.call("LRANGE", KEYS[1], 0, -1)) do
	if redis.call("EXISTS", KEYS[3] .. id) == 0 then
		redis.call("LREM", KEYS[1], 0, id)
		redis.call("ZREM", KEYS[2], id)
	elseif not redis.call("ZSCORE", KEYS[2], id) then
		redis.call("ZADD", KEYS[2], ARGV[1], id)
	end
end
return 0`)

// mend repairs what Asynq cannot.
func (q *Queue) mend(ctx context.Context) error {
	if !q.link.up() {
		return nil
	}
	expired := time.Now().Add(-time.Minute).Unix()
	for _, name := range []string{immediate, sla, mail, bulk} {
		keys := []string{key(name, "active"), key(name, "lease"), key(name, "t:")}
		if err := mendScript.Run(ctx, q.link, keys, expired).Err(); err != nil {
			return fmt.Errorf("mend queue %s: %w", name, err)
		}
	}
	return nil
}

// key is Asynq's name for a part of a queue.
func key(queue, part string) string { return "asynq:{" + queue + "}:" + part }
