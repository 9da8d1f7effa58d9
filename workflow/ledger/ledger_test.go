package ledger_test

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dutydesk/workflow/ledger"
	"dutydesk/workflow/ledger/ledgertest"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func open(t testing.TB, path string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.WithoutCancel(t.Context()), path)
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

func TestSQLite(t *testing.T) {
	ledgertest.Run(t, func(t *testing.T) *ledger.Ledger { return open(t, filepath.Join(t.TempDir(), "desk #1?.db")) })
}

func TestAppendOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	l := open(t, path)
	ledgertest.AppendOnly(t, l, raw(t, path))
}

func TestF27NewerSchema(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	open(t, path)
	ledgertest.Newer(t, raw(t, path), func() error {
		l, err := ledger.Open(t.Context(), path)
		if err == nil {
			err = errors.Join(errors.New("it opened"), l.Close())
		}
		return err
	})
}

func TestSchemas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	ledgertest.Schemas(t, open(t, path), raw(t, path))
}

// Commands look while a worker writes, and can do no more than look.
func TestOpenReading(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	if _, err := ledger.OpenReading(t.Context(), path); !errors.Is(err, ledger.ErrNone) {
		t.Errorf("before there is one: %v, want ErrNone", err)
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.OpenReading(t.Context(), path); !errors.Is(err, ledger.ErrNone) {
		t.Errorf("an empty file: %v, want ErrNone", err)
	}
	worker := open(t, path)
	l, err := ledger.OpenReading(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if _, _, err := worker.Arrive(t.Context(), ledger.Arrival{ID: "a", Key: "a", Received: noon}); err != nil {
		t.Fatal(err)
	}
	if as, err := l.Arrivals(t.Context()); err != nil || len(as) != 1 {
		t.Errorf("%d arrivals, %v", len(as), err)
	}
	if _, _, err := l.Arrive(t.Context(), ledger.Arrival{ID: "b", Key: "b", Received: noon}); err == nil {
		t.Error("it wrote an arrival")
	}
	if err := l.Update(t.Context(), func(tx *ledger.Tx) error { return tx.Owe(ledger.Job{ID: "c", Kind: ledger.TickJob, Due: noon}) }); err == nil {
		t.Error("it wrote a job")
	}
}

// A file that is no database, or not a whole one, is refused and left as it is.
func TestDamagedFile(t *testing.T) {
	whole := filepath.Join(t.TempDir(), "desk.db")
	l, err := ledger.Open(t.Context(), whole)
	if err == nil {
		err = l.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	bytes, err := os.ReadFile(whole)
	if err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{"text": strings.Repeat("not a database ", 100), "half of one": string(bytes[:len(bytes)/2])} {
		path := filepath.Join(t.TempDir(), "desk.db")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if l, err := ledger.Open(t.Context(), path); !errors.Is(err, ledger.ErrDamaged) {
			t.Errorf("%s: %v, want ErrDamaged", name, err)
			if err == nil {
				l.Close()
			}
		}
		if now, err := os.ReadFile(path); err != nil || string(now) != content {
			t.Errorf("%s: it was changed, %v", name, err)
		}
	}
}

// raw is the database behind the ledger's back.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", path)
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

// A ledger that is closed answers, and finishes what it has begun.
func TestCloseWhileUpdating(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	l, err := ledger.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	var (
		wg      sync.WaitGroup
		written sync.Map
		begun   = make(chan struct{}, 1000)
	)
	for g := range 16 {
		wg.Go(func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d-%d", g, i)
				err := l.Update(t.Context(), func(tx *ledger.Tx) error {
					return tx.Owe(ledger.Job{ID: id, Kind: ledger.TickJob, Due: noon})
				})
				if errors.Is(err, ledger.ErrClosed) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				written.Store(id, true)
				select {
				case begun <- struct{}{}:
				default:
				}
			}
		})
	}
	for range 50 {
		<-begun
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	wg.Wait()
	again := open(t, path)
	written.Range(func(id, _ any) bool {
		if _, err := again.Claim(t.Context(), id.(string), noon, time.Minute); err != nil {
			t.Errorf("%s: %v", id, err)
		}
		return true
	})
}

const childLedger = "LEDGER_TEST_CHILD"

// writeForEver writes arrivals from eight goroutines and says which of them
// were acknowledged, until it is killed.
func writeForEver(path string) {
	l, err := ledger.Open(context.Background(), path)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	var mu sync.Mutex
	for g := range 8 {
		go func() {
			for i := 0; ; i++ {
				id := fmt.Sprintf("%d.%d.%d", os.Getpid(), g, i)
				a := ledger.Arrival{ID: id, Door: "mail", Key: id, SHA256: id, Received: noon}
				if _, _, err := l.Arrive(context.Background(), a); err != nil {
					fmt.Fprintln(os.Stderr, err)
					os.Exit(1)
				}
				mu.Lock()
				fmt.Println(id)
				mu.Unlock()
			}
		}()
	}
	select {}
}

// Whatever a process was told is written is there after it was killed, with the
// debt that was written beside it, and nothing is there by half.
func TestF22KilledWhileWriting(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	var told []string
	for _, n := range []int{1, 300, 900} {
		told = append(told, killAfter(t, path, n)...)
	}
	l := open(t, path)
	known, err := l.Known(t.Context(), told)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range told {
		if known[id] == nil {
			t.Errorf("%s was acknowledged and is gone", id)
		}
	}
	all, err := l.Arrivals(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := l.Overdue(t.Context(), noon, noon.Add(time.Millisecond), len(all)+1)
	if err != nil || len(jobs) != len(all) {
		t.Errorf("%d arrivals, %d jobs, %v", len(all), len(jobs), err)
	}
	var says string
	if err := raw(t, path).QueryRowContext(t.Context(), "PRAGMA integrity_check").Scan(&says); err != nil || says != "ok" {
		t.Errorf("integrity: %s, %v", says, err)
	}
}

// killAfter starts a process that writes, kills it once it has acknowledged n,
// and returns what it acknowledged.
func killAfter(t *testing.T, path string, n int) (told []string) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childLedger+"="+path)
	cmd.Stderr = t.Output()
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for s := bufio.NewScanner(out); s.Scan(); {
		if told = append(told, s.Text()); len(told) == n {
			if err := cmd.Process.Kill(); err != nil {
				t.Error(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(told) < n {
		t.Fatalf("it ended by itself after %d: %v", len(told), err)
	}
	return told
}
