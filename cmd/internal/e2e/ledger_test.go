package e2e

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // registers "pgx"

	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/ledger/ledgertest"
)

// TestLedgerOnPostgres tries on PostgreSQL what the ledger's own tests try on
// SQLite, and what only a server can do: fall into a deadlock, be killed, serve
// several desks at once.
func TestLedgerOnPostgres(t *testing.T) {
	p := realtest.Postgres(t, "fsync=on", "deadlock_timeout=10ms", "wal_sync_method=fdatasync")
	t.Run("promises", func(t *testing.T) {
		ledgertest.Run(t, func(t *testing.T) *ledger.Ledger { return openLedger(t, p.Database()) })
	})
	t.Run("events are append-only", func(t *testing.T) {
		url := p.Database()
		ledgertest.AppendOnly(t, openLedger(t, url), rawPostgres(t, url))
	})
	t.Run("F27 newer schema", func(t *testing.T) {
		url := p.Database()
		openLedger(t, url)
		ledgertest.Newer(t, rawPostgres(t, url), func() error { return refusedLedger(t, url) })
	})
	t.Run("a commit that may be lost is refused", func(t *testing.T) {
		if err := refusedLedger(t, p.Database()+"&synchronous_commit=off"); !errors.Is(err, ledger.ErrSchema) {
			t.Errorf("open: %v, want ErrSchema", err)
		}
	})
	t.Run("F26 deadlock", func(t *testing.T) { deadlock(t, openLedger(t, p.Database())) })
	t.Run("F60 four desks start at once", func(t *testing.T) { startTogether(t, p.Database()) })
	t.Run("F58 the server's clock", func(t *testing.T) {
		now, ok, err := openLedger(t, p.Database()).Clock(t.Context())
		if err != nil || !ok || time.Since(now).Abs() > time.Minute {
			t.Errorf("%v, %v, %v", now, ok, err)
		}
	})
	t.Run("F62 a frozen decision lets go", func(t *testing.T) { frozen(t, openLedger(t, p.Database())) })
	t.Run("F22 killed while writing", func(t *testing.T) { killPostgres(t, p, p.Database()) })
}

func openLedger(t testing.TB, url string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.WithoutCancel(t.Context()), url)
	if err != nil {
		t.Fatal(err)
	}
	l.As("one")
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

// refusedLedger opens a ledger that should refuse.
func refusedLedger(t *testing.T, url string) error {
	l, err := ledger.Open(t.Context(), url)
	if err == nil {
		err = errors.Join(errors.New("it opened"), l.Close())
	}
	return err
}

// rawPostgres is the database behind the ledger's back.
func rawPostgres(t testing.TB, url string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

// newCase opens a case with nothing on it.
func newCase(t *testing.T, l *ledger.Ledger, ref casefile.Ref) {
	t.Helper()
	a := ledger.Arrival{ID: "of " + string(ref), Key: "of " + string(ref), Received: time.Now()}
	if _, _, err := l.Arrive(t.Context(), a); err != nil {
		t.Fatal(err)
	}
	err := l.Update(t.Context(), func(tx *ledger.Tx) error {
		_, err := tx.Create(casefile.Case{Ref: ref, State: casefile.Submitted, Arrival: a.ID, Opened: a.Received})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// deadlock makes two decisions take the same two cases in opposite order, at
// the same moment. PostgreSQL ends one of them, which is made again.
func deadlock(t *testing.T, l *ledger.Ledger) {
	newCase(t, l, "SG-A")
	newCase(t, l, "SG-B")
	var wg, both sync.WaitGroup
	both.Add(2)
	runs := make([]int, 2)
	for i, refs := range [][]casefile.Ref{{"SG-A", "SG-B"}, {"SG-B", "SG-A"}} {
		wg.Go(func() {
			err := l.Update(t.Context(), func(tx *ledger.Tx) error {
				runs[i]++
				for n, ref := range refs {
					c, err := tx.Case(ref)
					if err != nil {
						return err
					}
					if n == 0 && runs[i] == 1 {
						both.Done()
						both.Wait()
					}
					c.Reviews++
					if err := tx.Store(casefile.Outcome{Case: c}, nil, time.Now()); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Errorf("decision %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	for _, ref := range []casefile.Ref{"SG-A", "SG-B"} {
		if c, err := l.Case(t.Context(), ref); err != nil || c.Reviews != 2 {
			t.Errorf("%s: %d decisions, %v; want 2", ref, c.Reviews, err)
		}
	}
	if runs[0]+runs[1] < 3 {
		t.Error("there was no deadlock")
	}
}

// startTogether opens an empty ledger from four processes' worth of handles:
// one makes the schema, and a job is begun by one of them only.
func startTogether(t *testing.T, url string) {
	var wg sync.WaitGroup
	desks := make([]*ledger.Ledger, 4)
	for i := range desks {
		wg.Go(func() {
			var err error
			if desks[i], err = ledger.Open(t.Context(), url); err != nil {
				t.Errorf("desk %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	desks = slices.DeleteFunc(desks, func(l *ledger.Ledger) bool { return l == nil })
	for i, l := range desks {
		defer l.Close()
		l.As(fmt.Sprint(i))
	}
	now := time.Now()
	var mu sync.Mutex
	begun := map[string]int{}
	for _, l := range desks {
		wg.Go(func() {
			for n := range 50 {
				id := fmt.Sprint("round ", n)
				owed := l.Update(t.Context(), func(tx *ledger.Tx) error {
					return tx.Owe(ledger.Job{ID: id, Kind: ledger.TickJob, Due: now})
				})
				_, err := l.Claim(t.Context(), id, now, time.Minute)
				if owed != nil || err != nil && !errors.Is(err, ledger.ErrTaken) {
					t.Errorf("%s: %v, %v", id, owed, err)
				}
				if err == nil {
					mu.Lock()
					begun[id]++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	for n := range 50 {
		if id := fmt.Sprint("round ", n); begun[id] != 1 {
			t.Errorf("%s was begun %d times", id, begun[id])
		}
	}
}

// killPostgres kills the server in the middle of many commits, twice. What was
// acknowledged is there when it is back, and the ledger goes on by itself. A
// commit whose answer was lost is looked up by its key (F23).
func killPostgres(t *testing.T, p *realtest.PostgresServer, url string) {
	l := openLedger(t, url)
	var told []string
	for round := range 2 {
		told = append(told, writeUntil(t, l, round, 300, p.Kill)...)
		p.Start()
		realtest.Poll(t, 20*time.Second, "the ledger is back", func() error { return l.Ping(t.Context()) })
	}
	known, err := l.Known(t.Context(), told)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range told {
		if known[key] == nil {
			t.Errorf("%s was acknowledged and is gone", key)
		}
	}
	all, err := l.Arrivals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := l.Overdue(t.Context(), time.Now(), time.Now().Add(time.Hour), len(all)+1)
	if err != nil || len(jobs) != len(all) {
		t.Errorf("%d arrivals, %d jobs, %v", len(all), len(jobs), err)
	}
}

// writeUntil writes arrivals from eight goroutines, calls kill once n were
// acknowledged, and returns those that were when writing became impossible.
func writeUntil(t *testing.T, l *ledger.Ledger, round, n int, kill func()) (told []string) {
	var (
		wg     sync.WaitGroup
		mu     sync.Mutex
		enough = make(chan struct{})
	)
	for g := range 8 {
		wg.Go(func() {
			for i := 0; ; i++ {
				key := fmt.Sprintf("%d.%d.%d", round, g, i)
				if _, _, err := l.Arrive(t.Context(), ledger.Arrival{ID: key, Key: key, SHA256: key, Received: time.Now()}); err != nil {
					return
				}
				mu.Lock()
				if told = append(told, key); len(told) == n {
					close(enough)
				}
				mu.Unlock()
			}
		})
	}
	<-enough
	kill()
	wg.Wait()
	return told
}

// An unsafe server is refused (LIBRARIES.md, SQL).
func TestPostgresWithoutFsync(t *testing.T) {
	if err := refusedLedger(t, realtest.Postgres(t).Database()); !errors.Is(err, ledger.ErrSchema) {
		t.Errorf("open: %v, want ErrSchema", err)
	}
}

// BenchmarkDueWindowOnPostgres asks what comes and what is late with a million
// alarms in the ledger. Wanted: 1 ms for the two.
func BenchmarkDueWindowOnPostgres(b *testing.B) {
	url := realtest.Postgres(b, "fsync=on", "synchronous_commit=on").Database()
	l := openLedger(b, url)
	now := time.Now().Truncate(time.Second)
	raw := rawPostgres(b, url)
	for _, text := range []string{fmt.Sprintf(`INSERT INTO jobs (id, kind, subject, due_at, urgent, offered_at)
		SELECT 'alarm/' || i, 'alarm', 'SG-' || i, %d + i::bigint * 31536, 1, CASE WHEN i < 3000 THEN 1 ELSE 0 END FROM generate_series(0, 999999) AS i`,
		now.UnixMilli()), "ANALYZE jobs"} {
		if _, err := raw.ExecContext(b.Context(), text); err != nil {
			b.Fatal(err)
		}
	}
	for _, late := range []int{0, 10} {
		b.Run(fmt.Sprint(late, " late"), func(b *testing.B) {
			at := now.Add(time.Duration(late) * 31536 * time.Millisecond)
			var took times
			for b.Loop() {
				begun := time.Now()
				coming, err := l.Upcoming(b.Context(), at, at.Add(24*time.Hour), 500)
				if err != nil || len(coming) > 0 {
					b.Fatal(len(coming), err)
				}
				overdue, err := l.Overdue(b.Context(), at, at, 500)
				if err != nil || len(overdue) != late {
					b.Fatal(len(overdue), err)
				}
				took = append(took, time.Since(begun))
			}
			took.report(b, "poll", 50, 99)
		})
	}
}

// frozen has one decision stand still while it holds a job that another wants.
func frozen(t *testing.T, l *ledger.Ledger) {
	now := time.Now()
	job, _, err := l.Arrive(t.Context(), ledger.Arrival{ID: "a", Door: "mail", Key: "main/1/1", SHA256: "00", Received: now})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	holds, goOn, woke := make(chan struct{}), make(chan struct{}), make(chan error, 1)
	claim := func(tx *ledger.Tx) error {
		_, err := tx.Claim(job.ID, now, time.Second)
		return err
	}
	go func() {
		woke <- l.Update(ctx, func(tx *ledger.Tx) error {
			err := claim(tx)
			close(holds)
			<-goOn
			return err
		})
	}()
	<-holds
	if err := l.Update(ctx, claim); err != nil {
		t.Errorf("the other worker: %v", err)
	}
	close(goOn)
	if err := <-woke; err == nil {
		t.Error("what froze was committed after another did it")
	}
}
