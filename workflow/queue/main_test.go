package queue

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dutydesk/workflow/ledger"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	_ = flag.Set("test.parallel", "8") // they wait for a clock, not for a processor
	goleak.VerifyTestMain(m)
}

var errBroken = errors.New("it broke")

// book is a ledger in memory: it claims by compare-and-set as the real one does
// and remembers who did what when.
type book struct {
	mu      sync.Mutex
	now     func() time.Time
	rows    map[string]*row
	forgot  int
	early   int           // rings before the job was due
	taken   int           // rings that found the job done or claimed
	takes   time.Duration // how long a job takes
	explode func(id string) error
}

type row struct {
	ledger.Job
	offered, claimed bool
	done             int
	at               time.Time
}

func newBook(jobs ...ledger.Job) *book {
	b := &book{now: time.Now, rows: map[string]*row{}}
	b.add(jobs...)
	return b
}

func (b *book) add(jobs ...ledger.Job) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, j := range jobs {
		b.rows[j.ID] = &row{Job: j}
	}
}

// list returns the jobs that pass, soonest first.
func (b *book) list(limit int, pass func(*row) bool) (out []*row) {
	for _, r := range b.rows {
		if r.done == 0 && pass(r) {
			out = append(out, r)
		}
	}
	slices.SortFunc(out, func(x, y *row) int { return x.Due.Compare(y.Due) })
	return out[:min(limit, len(out))]
}

func (b *book) Upcoming(_ context.Context, _, until time.Time, limit int) (out []ledger.Job, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.list(limit, func(r *row) bool { return !r.offered && r.Due.Before(until) }) {
		r.offered = true
		r.Offer++
		out = append(out, r.Job)
	}
	return out, nil
}

func (b *book) Overdue(_ context.Context, _, before time.Time, limit int) (out []ledger.Job, _ error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.list(limit, func(r *row) bool { return !r.claimed && r.Due.Before(before) }) {
		out = append(out, r.Job)
	}
	return out, nil
}

func (b *book) Forget(context.Context) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forgot++
	for _, r := range b.rows {
		r.offered = false
	}
	return nil
}

// claim is the compare-and-set.
func (b *book) claim(id string) (*row, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	r := b.rows[id]
	switch {
	case r == nil || r.done > 0:
		b.taken++
		return nil, ledger.ErrDone
	case r.claimed:
		b.taken++
		return nil, ledger.ErrTaken
	case r.Due.After(b.now()):
		b.early++
		return nil, ledger.ErrEarly
	}
	r.claimed = true
	return r, nil
}

// do is every kind's doer.
func (b *book) do(ctx context.Context, id string) error {
	r, err := b.claim(id)
	if err != nil {
		return err
	}
	if b.takes > 0 {
		pause(ctx, b.takes)
	}
	if b.explode != nil {
		err = b.explode(id)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	r.claimed = false
	if err == nil && ctx.Err() == nil {
		r.done++
		r.at = b.now()
	}
	return errors.Join(err, ctx.Err())
}

// undone counts jobs that are owed.
func (b *book) undone() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, r := range b.rows {
		if r.done == 0 {
			n++
		}
	}
	return n
}

func (b *book) row(id string) row {
	b.mu.Lock()
	defer b.mu.Unlock()
	return *b.rows[id]
}

// lateness of every job, least first.
func (b *book) lateness() (out []time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for r := range maps.Values(b.rows) {
		out = append(out, r.at.Sub(r.Due))
	}
	slices.Sort(out)
	return out
}

// once fails the test unless every job was done exactly once and none early.
func (b *book) once(t *testing.T) {
	t.Helper()
	b.mu.Lock()
	defer b.mu.Unlock()
	for id, r := range b.rows {
		if r.done != 1 || r.at.Before(r.Due) {
			t.Errorf("%s: done %d times, %v after due", id, r.done, r.at.Sub(r.Due))
		}
	}
}

func (b *book) doers() map[ledger.Kind]Doer {
	return map[ledger.Kind]Doer{
		ledger.DisposeJob: b.do, ledger.LetterJob: b.do, ledger.AlarmJob: b.do, ledger.TickJob: b.do,
	}
}

// jobs makes n jobs of a kind, due at.
func jobs(kind ledger.Kind, n int, due time.Time) (out []ledger.Job) {
	for i := range n {
		out = append(out, ledger.Job{ID: fmt.Sprintf("%s/%05d", kind, i), Kind: kind, Due: due})
	}
	return out
}

// tally counts jobs done by way of the queue and of the sweep.
type tally struct {
	mu  sync.Mutex
	via map[string]int
}

func (c *tally) done(_ ledger.Kind, via string, _ time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.via == nil {
		c.via = map[string]int{}
	}
	c.via[via]++
}

func (c *tally) of(via string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.via[via]
}

// lines is a log that counts its lines and keeps them.
type lines struct {
	mu   sync.Mutex
	n    int
	text bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.n++
	return l.text.Write(p)
}

func (l *lines) count() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.n
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// rig is a queue under test with what it was told.
type rig struct {
	*Queue
	book *book
	tally
	log  lines
	stop func() error // ends Run and returns its error
}

// newRig makes a queue at a quick pace; mod may change it before it runs.
func newRig(t *testing.T, r Redis, b *book, mod ...func(*rig)) *rig {
	t.Helper()
	g := &rig{book: b}
	q, err := New(Options{
		Redis: r, Book: b, Do: b.doers(), Done: g.done, Now: b.now,
		Log: slog.New(slog.NewTextHandler(&g.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	g.Queue = q
	g.pace = pace{
		probe: 200 * time.Millisecond, sweep: 200 * time.Millisecond, mend: time.Minute,
		grace: 3 * time.Second, slow: 30 * time.Second, rest: 300 * time.Millisecond, finish: 4 * time.Second,
	}
	for _, f := range mod {
		f(g)
	}
	t.Cleanup(func() { _ = q.Close() })
	return g
}

// run starts the queue and stops it when the test ends.
func (g *rig) run(t *testing.T) *rig {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- g.Run(ctx) }()
	g.stop = sync.OnceValue(func() error {
		cancel()
		begun := time.Now()
		err := <-ended
		if took := time.Since(begun); took > 30*time.Second {
			t.Errorf("took %v to stop", took)
		}
		return err
	})
	t.Cleanup(func() { _ = g.stop() })
	return g
}

// ready waits until tasks may be put into Redis.
func (g *rig) ready(t *testing.T) *rig {
	t.Helper()
	eventually(t, 10*time.Second, g.link.up)
	return g
}

// slack is how much slower than expected a shared machine may be before a test
// says that something never happens.
const slack = 6

// eventually polls until ok or the test fails.
func eventually(t testing.TB, within time.Duration, ok func() bool) {
	t.Helper()
	within *= slack
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for end := time.After(within); !ok(); {
		select {
		case <-tick.C:
		case <-end:
			t.Fatalf("not within %v", within)
		}
	}
}

// embedded starts a miniredis for the test.
func embedded(t testing.TB) Redis {
	t.Helper()
	r, stop, err := StartEmbedded()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(stop)
	return r
}

// hanging makes a doer that hangs on one job until told, and counts how often
// that one was begun.
func (g *rig) hanging(id string, begun *atomic.Int32, until <-chan struct{}, do Doer) Doer {
	return func(ctx context.Context, got string) error {
		if got == id {
			begun.Add(1)
			<-until
		}
		return do(ctx, got)
	}
}
