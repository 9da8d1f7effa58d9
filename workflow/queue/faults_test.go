package queue

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutydesk/workflow/ledger"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// every kind of work, due one after the other from a moment on.
func mixed(n int, from time.Time, step time.Duration) (out []ledger.Job) {
	for _, kind := range []ledger.Kind{ledger.DisposeJob, ledger.LetterJob, ledger.AlarmJob} {
		for i, j := range jobs(kind, n, from) {
			j.Due = from.Add(time.Duration(i) * step)
			out = append(out, j)
		}
	}
	return out
}

// cpu is the processor time this process has used.
func cpu(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// F13: Redis is not there at the start. Work is done by the sweeper; when Redis
// comes, the queue does it.
func TestF13RedisDownAtStart(t *testing.T) {
	t.Parallel()
	s := newServer(t)
	b := newBook(mixed(5, time.Now(), 300*time.Millisecond)...)
	g := newRig(t, s.Redis, b).run(t)
	eventually(t, 30*time.Second, func() bool { return b.undone() == 0 })
	if g.of(ViaQueue) != 0 || b.lateness()[14] > slack*10*time.Second {
		t.Errorf("%d rung, %v late", g.of(ViaQueue), b.lateness()[14])
	}
	eventually(t, 10*time.Second, g.link.down)
	b.add(jobs(ledger.TickJob, 3, time.Now())...)
	eventually(t, 10*time.Second, func() bool { return b.undone() == 0 })
	if late := b.row("tick/00002").at.Sub(b.row("tick/00002").Due); late >= g.pace.grace {
		t.Errorf("known to be down, and %v late", late)
	}
	if st := g.Status(t.Context()); st.Reachable || st.LastSweep.IsZero() {
		t.Errorf("%+v", st)
	}
	s.start(t)
	g.ready(t)
	b.add(jobs(ledger.LetterJob, 3, time.Now())...)
	eventually(t, 15*time.Second, func() bool { return g.of(ViaQueue) == 3 })
	b.once(t)
}

// go-redis has a log of its own, on standard error, which says every failed dial.
func TestF13NothingOnStandardError(t *testing.T) {
	t.Parallel()
	out, err := exec.Command(os.Args[0], "-test.run=^TestF13RedisDownAtStart$").CombinedOutput()
	if err != nil || strings.Contains(string(out), "redis: ") {
		t.Errorf("%v:\n%.2000s", err, out)
	}
}

// F14: kill -9 of Redis. The work goes on; no busy loop, less than a line of
// log a second; and when Redis is back, the queue is.
func TestF14RedisDies(t *testing.T) {
	s := newServer(t).start(t)
	b := newBook(mixed(20, time.Now(), 300*time.Millisecond)...)
	g := newRig(t, s.Redis, b).run(t).ready(t)
	eventually(t, 10*time.Second, func() bool { return b.undone() < 55 })
	s.kill()
	used, said, begun := cpu(t), g.log.count(), time.Now()
	eventually(t, 30*time.Second, func() bool { return b.undone() == 0 })
	eventually(t, 30*time.Second, func() bool { return time.Since(begun) > 8*time.Second })
	if n := g.log.count() - said; n >= 8 {
		t.Errorf("%d lines of log:\n%s", n, g.log.String())
	}
	if used = cpu(t) - used; used > slack*2*time.Second {
		t.Errorf("%v of processor in %v", used, time.Since(begun))
	}
	if late := b.lateness(); late[59] > slack*10*time.Second {
		t.Errorf("%v late", late[59])
	}
	s.start(t)
	g.ready(t)
	again := jobs(ledger.TickJob, 3, time.Now())
	b.add(again...)
	g.Offer(again...)
	rung := g.of(ViaQueue)
	eventually(t, 15*time.Second, func() bool { return g.of(ViaQueue) == rung+3 })
	b.once(t)
}

// F15: FLUSHALL. Within a probe everything is offered again, and rings in time;
// and the names of the queues are back, which a client of Asynq writes once.
func TestF15Flush(t *testing.T) {
	t.Parallel()
	s := newServer(t).start(t)
	b := newBook(jobs(ledger.AlarmJob, 700, time.Now().Add(15*time.Second))...)
	g := newRig(t, s.Redis, b).run(t)
	eventually(t, 5*time.Second, func() bool { return g.left(t) == 700 })
	s.do(t, "FLUSHALL")
	eventually(t, 5*time.Second, func() bool { return g.left(t) == 700 })
	if names := g.link.SMembers(t.Context(), "asynq:queues").Val(); len(names) != 4 {
		t.Errorf("queues %v", names)
	}
	eventually(t, 15*time.Second, func() bool { return b.undone() == 0 })
	if late := b.lateness(); late[699] > slack*3*time.Second || g.of(ViaQueue) != 700 {
		t.Errorf("%v late, %d rung", late[699], g.of(ViaQueue))
	}
	b.once(t)
}

// F16: Redis restarts and has kept nothing.
func TestF16RestartWithoutPersistence(t *testing.T) {
	t.Parallel()
	s := newServer(t).start(t)
	b := newBook(jobs(ledger.AlarmJob, 100, time.Now().Add(8*time.Second))...)
	g := newRig(t, s.Redis, b).run(t)
	eventually(t, 5*time.Second, func() bool { return g.left(t) == 100 })
	s.kill()
	s.start(t)
	eventually(t, 10*time.Second, func() bool { return g.left(t) == 100 })
	eventually(t, 20*time.Second, func() bool { return b.undone() == 0 })
	if g.of(ViaQueue) != 100 || b.forgot < 2 {
		t.Errorf("%d rung, forgot %d times", g.of(ViaQueue), b.forgot)
	}
	b.once(t)
}

// F17: Redis is full. It is as if it were down: the sweeper works, and nobody
// hammers it, as Asynq alone would.
func TestF17RedisFull(t *testing.T) {
	t.Parallel()
	s := newServer(t).start(t)
	b := newBook()
	g := newRig(t, s.Redis, b).run(t).ready(t)
	s.do(t, "CONFIG", "SET", "maxmemory", "1mb")
	b.add(mixed(5, time.Now(), 200*time.Millisecond)...)
	eventually(t, 5*time.Second, g.link.down)
	before, begun := s.commands(t), time.Now()
	eventually(t, 30*time.Second, func() bool { return b.undone() == 0 })
	eventually(t, 10*time.Second, func() bool { return time.Since(begun) > 3*time.Second })
	if rate := float64(s.commands(t)-before) / time.Since(begun).Seconds(); rate > 400 {
		t.Errorf("%.0f commands a second to a Redis that refuses", rate)
	}
	s.do(t, "CONFIG", "SET", "maxmemory", "0")
	g.ready(t)
	b.once(t)
}

// F17: a task that is active without a lease is Asynq's for ever. The sweeper
// does the job; the task is given back to Asynq, rings, and does nothing.
func TestF17ActiveWithoutLease(t *testing.T) {
	t.Parallel()
	s := newServer(t).start(t)
	b := newBook(jobs(ledger.LetterJob, 3, time.Now())...)
	g := newRig(t, s.Redis, b)
	s.do(t, "SET", epochKey, "a Redis that is not new")
	for _, j := range jobs(ledger.LetterJob, 3, time.Now()) {
		if err := g.enqueue(t.Context(), j); err != nil {
			t.Fatal(err)
		}
		// A worker takes the task and dies, and its lease is lost.
		s.do(t, "RPOPLPUSH", key(mail, "pending"), key(mail, "active"))
		s.do(t, "HSET", key(mail, "t:"+taskID(j)), "state", "active")
		s.do(t, "ZREM", key(mail, "lease"), taskID(j))
		b.rows[j.ID].offered = true
	}
	s.do(t, "LPUSH", key(mail, "active"), "of/which/nothing/is/left:0:0")
	g.run(t).ready(t)
	eventually(t, 10*time.Second, func() bool { return b.undone() == 0 })
	if g.of(ViaSweep) != 3 {
		t.Errorf("%d swept", g.of(ViaSweep))
	}
	if err := g.stop(); err != nil {
		t.Fatal(err)
	}
	next := newRig(t, s.Redis, b)
	if next.left(t) == 0 {
		t.Fatal("nothing is stuck, so nothing is tested")
	}
	next.link.known.Store(true)
	if err := next.mend(t.Context()); err != nil {
		t.Fatal(err)
	}
	next.run(t) // its recoverer looks at once, then every minute
	eventually(t, 10*time.Second, func() bool { return next.left(t) == 0 && b.taken >= 3 })
	b.once(t)
}

// F18: Redis answers nobody for a minute. Jobs are done by the sweeper, once;
// and Run can be ended meanwhile.
func TestF18RedisPaused(t *testing.T) {
	t.Parallel()
	s := newServer(t).start(t)
	b := newBook(mixed(10, time.Now().Add(time.Second), 500*time.Millisecond)...)
	g := newRig(t, s.Redis, b).run(t).ready(t)
	eventually(t, 5*time.Second, func() bool { return g.left(t) > 0 })
	s.do(t, "CLIENT", "PAUSE", 60000)
	begun := time.Now()
	g.Offer(jobs(ledger.DisposeJob, 10, time.Now())...)
	if took := time.Since(begun); took > slack*100*time.Millisecond {
		t.Errorf("an offer took %v", took)
	}
	eventually(t, 30*time.Second, func() bool { return b.undone() == 0 })
	if late := b.lateness(); late[29] > slack*12*time.Second {
		t.Errorf("%v late", late[29])
	}
	if err := g.stop(); err != nil || strings.Contains(g.log.String(), "unfinished") {
		t.Error(err, g.log.String())
	}
	b.once(t)
}

// F18, F12: Run is ended while Redis answers nobody and work is under way. It
// returns in time, and the connections stay open under Asynq until it has ended:
// its subscriber panics otherwise, and the process with it.
func TestF18EndedWhilePaused(t *testing.T) {
	t.Parallel()
	s := newServer(t).start(t)
	b := newBook(jobs(ledger.LetterJob, 30, time.Now())...)
	b.takes = 500 * time.Millisecond
	g := newRig(t, s.Redis, b, func(g *rig) { g.pace.finish = 100 * time.Millisecond }).run(t).ready(t)
	eventually(t, 10*time.Second, func() bool { return b.row("letter/00000").claimed })
	s.do(t, "CLIENT", "PAUSE", 60000)
	if err := g.stop(); err != nil || g.Close() != nil {
		t.Error(err)
	}
	if strings.Contains(g.log.String(), "unfinished") {
		t.Error(g.log.String())
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	if err := g.link.Ping(ctx).Err(); !errors.Is(err, redis.ErrClosed) {
		t.Errorf("connections are open: %v", err)
	}
}

// F20: Redis comes back as it was some time ago. What was offered since is
// offered again, and old tasks do nothing.
func TestF20StaleCopyRestored(t *testing.T) {
	t.Parallel()
	s := newServer(t).start(t)
	b := newBook(jobs(ledger.LetterJob, 50, time.Now().Add(5*time.Second))...)
	g := newRig(t, s.Redis, b).run(t)
	eventually(t, 5*time.Second, func() bool { return g.left(t) == 50 })
	s.do(t, "SAVE")
	eventually(t, 15*time.Second, func() bool { return b.undone() == 0 })
	b.add(jobs(ledger.AlarmJob, 20, time.Now().Add(8*time.Second))...)
	eventually(t, 5*time.Second, func() bool { return g.left(t) == 20 })
	if _, err := os.Stat(filepath.Join(s.dir, "dump.rdb")); err != nil {
		t.Fatal(err)
	}
	s.kill()
	s.start(t)
	eventually(t, 20*time.Second, func() bool { return b.undone() == 0 })
	eventually(t, 10*time.Second, func() bool { return g.left(t) == 0 })
	b.mu.Lock()
	taken := b.taken
	b.mu.Unlock()
	if late := b.lateness(); taken < 50 || slices.Max(late) > slack*3*time.Second {
		t.Errorf("%d old tasks rang, %v late", taken, slices.Max(late))
	}
	b.once(t)
}

// A Redis that throws tasks away when it is full is refused at the start.
func TestRefusesEviction(t *testing.T) {
	t.Parallel()
	s := newServer(t, "--maxmemory-policy", "allkeys-lru", "--appendonly", "yes").start(t)
	if err := newRig(t, s.Redis, newBook()).Run(t.Context()); !errors.Is(err, ErrEvicts) {
		t.Errorf("ran on it: %v", err)
	}
	f, err := Inspect(t.Context(), s.Redis)
	if err != nil || !f.AOF || f.Policy != "allkeys-lru" || f.Used == 0 || f.Limit != 0 || f.old() {
		t.Errorf("%+v, %v", f, err)
	}
}

// The facts behind it: Retention keeps a task's name, so that a later offer of
// the same name is swallowed; MaxRetry 0 sends a failure to the archive, which
// keeps it too.
func TestAsynqSwallowsNames(t *testing.T) {
	t.Parallel()
	r := embedded(t)
	l := connect(r)
	defer l.Close()
	client := asynq.NewClientFromRedisClient(l)
	for name, tt := range map[string]struct {
		opt asynq.Option
		err error
	}{"retention": {asynq.Retention(time.Hour), nil}, "archive": {asynq.MaxRetry(0), errBroken}} {
		if _, err := client.Enqueue(asynq.NewTask(name, nil), asynq.TaskID(name), asynq.Queue(name), tt.opt); err != nil {
			t.Fatal(err)
		}
		srv := asynq.NewServerFromRedisClient(l, asynq.Config{Queues: map[string]int{name: 1}, TaskCheckInterval: forward, Logger: newHushed(slog.New(slog.DiscardHandler))})
		rung := make(chan struct{})
		if err := srv.Start(asynq.HandlerFunc(func(context.Context, *asynq.Task) error { close(rung); return tt.err })); err != nil {
			t.Fatal(err)
		}
		<-rung
		srv.Shutdown()
		if _, err := client.Enqueue(asynq.NewTask(name, nil), asynq.TaskID(name), asynq.Queue(name)); !errors.Is(err, asynq.ErrTaskIDConflict) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
