package e2e

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/config"
	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/intake/mailbox"
	"dutydesk/workflow/ledger"
)

const (
	intakeMails  = 1000
	intakeRounds = 5
)

// BenchmarkIntake takes a thousand mails from Dovecot until they are sealed and
// written down, in turns with the simplest loop that fetches each mail and
// fsyncs it. Wanted: a ratio of 0.8.
func BenchmarkIntake(b *testing.B) {
	for _, m := range []struct {
		name string
		take func(*testing.B, *realtest.DovecotServer, string) time.Duration
	}{
		{"desk", takeAlone},
		{"desk that moves to Kept", takeMoving},
		{"whole program", takeWhole},
	} {
		b.Run(m.name, func(b *testing.B) { inTurns(b, m.take) })
	}
}

// inTurns lets both sides take the same folder's mails, one after the other.
// Every round has a user of its own, so that one may move what it took.
func inTurns(b *testing.B, take func(*testing.B, *realtest.DovecotServer, string) time.Duration) {
	users := map[string]string{}
	for i := range intakeRounds {
		users[fmt.Sprintf("desk%d", i)] = "secret"
	}
	d := realtest.Dovecot(b, realtest.DovecotOptions{Users: users})
	var product, bare times
	for i := range intakeRounds {
		user := fmt.Sprintf("desk%d", i)
		for _, raw := range realtest.Mix(intakeMails) {
			d.Deliver(user, raw)
		}
		bareIntake(b, d, user) // indexes and caches are warm for both
		bare = append(bare, bareIntake(b, d, user))
		product = append(product, take(b, d, user))
	}
	rates(b, intakeMails, product, bare)
}

// bareIntake is the simplest loop: list, fetch one, write it, fsync, next.
func bareIntake(b *testing.B, d *realtest.DovecotServer, user string) time.Duration {
	b.Helper()
	dir := b.TempDir()
	began := time.Now()
	c, uids := bareFolder(b, d, user)
	defer c.Close()
	for _, uid := range uids {
		if err := fetchOne(c, uid, dir); err != nil {
			b.Fatal(err)
		}
	}
	if took := time.Since(began); len(uids) == intakeMails {
		return took
	}
	b.Fatalf("%d mails", len(uids))
	return 0
}

// bareFolder lists a user's INBOX.
func bareFolder(b *testing.B, d *realtest.DovecotServer, user string) (*imapclient.Client, []imap.UID) {
	b.Helper()
	c := d.Client(user)
	if _, err := c.Select("INBOX", &imap.SelectOptions{ReadOnly: true}).Wait(); err != nil {
		b.Fatal(err)
	}
	found, err := c.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	if err != nil {
		b.Fatal(err)
	}
	return c, found.AllUIDs()
}

// fetchOne fetches a mail into a file that is on the disk when it returns.
func fetchOne(c *imapclient.Client, uid imap.UID, dir string) error {
	section := &imap.FetchItemBodySection{Peek: true}
	all, err := c.Fetch(imap.UIDSetNum(uid), &imap.FetchOptions{UID: true, BodySection: []*imap.FetchItemBodySection{section}}).Collect()
	if err != nil || len(all) != 1 {
		return fmt.Errorf("fetch %d: %d answers, %w", uid, len(all), err)
	}
	f, err := os.Create(filepath.Join(dir, fmt.Sprint(uid)))
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Write(all[0].FindBodySection(section)); err != nil {
		return err
	}
	return f.Sync()
}

// takeAlone is a watch and a desk wired as the program wires them, with nothing
// rung: the time until the last mail is safe, its debt written.
func takeAlone(b *testing.B, d *realtest.DovecotServer, user string) time.Duration {
	return takeInto(b, d, user, "")
}

// takeMoving also moves what was taken out of the way.
func takeMoving(b *testing.B, d *realtest.DovecotServer, user string) time.Duration {
	return takeInto(b, d, user, "Kept")
}

func takeInto(b *testing.B, d *realtest.DovecotServer, user, kept string) time.Duration {
	b.Helper()
	counter := counting{desk: openDesk(b), all: make(chan struct{})}
	w := mailbox.Watcher{Name: "main", Addr: d.TLSAddr(), TLS: d.CA.Client(), User: user, Folder: "INBOX", Kept: kept,
		Password: func() (string, error) { return d.Users[user], nil }, Desk: &counter, Book: counter.desk}
	ctx, stop := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	began := time.Now()
	go func() { ended <- w.Run(ctx) }()
	select {
	case <-counter.all:
	case err := <-ended:
		b.Fatal(err)
	}
	took := time.Since(began)
	stop()
	if err := <-ended; err != nil {
		b.Fatal(err)
	}
	return took
}

// openDesk is a desk on an evidence folder and an SQLite ledger of its own.
func openDesk(b *testing.B) *intake.Desk {
	b.Helper()
	dir := b.TempDir()
	store, err := evidence.Open(filepath.Join(dir, "evidence"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { store.Close() })
	l, err := ledger.Open(b.Context(), filepath.Join(dir, "ledger.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { l.Close() })
	return &intake.Desk{Store: store, Ledger: l, Reminder: silent{}, Now: time.Now}
}

// silent rings nothing.
type silent struct{}

func (silent) Offer(...ledger.Job) {}

// counting counts what the desk has kept.
type counting struct {
	desk *intake.Desk
	n    atomic.Int64
	all  chan struct{} // closed when all are kept
}

func (c *counting) Take(ctx context.Context, in intake.Delivery) (func(context.Context) error, error) {
	keep, err := c.desk.Take(ctx, in)
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context) error {
		err := keep(ctx)
		if err == nil && c.n.Add(1) == intakeMails {
			close(c.all)
		}
		return err
	}, nil
}

// takeWhole is all of the program in this process, which opens a case for each
// mail and sends its letters while others still come in. It counts until the
// last mail is safe.
func takeWhole(b *testing.B, d *realtest.DovecotServer, user string) time.Duration {
	b.Helper()
	w := &world{t: b, dir: b.TempDir(), imap: d}
	w.post = realtest.Sink(b, realtest.SinkOptions{CA: d.CA})
	w.redis = realtest.Redis(b)
	w.redisURL = w.redis.URL()
	w.configure()
	w.replace(`user = "desk"`, fmt.Sprintf("user = %q", user))
	a := w.open(b, app.RealClock())
	began := time.Now()
	defer run(b, a)()
	realtest.Poll(b, 5*time.Minute, "all mails", func() error {
		if n := arrived(b.Context(), a.Ledger); n < intakeMails {
			return fmt.Errorf("%d arrived", n)
		}
		return nil
	})
	return time.Since(began)
}

// open opens the program's parts in this process.
func (w *world) open(b testing.TB, clock app.Clock) *app.App {
	b.Helper()
	cfg, err := config.Load(w.config, func(string) (string, bool) { return "", false })
	w.must(err)
	a, err := app.New(b.Context(), cfg, clock, slog.New(slog.DiscardHandler))
	w.must(err)
	return a
}

// run runs the parts until stop is called, which also closes them.
func run(b testing.TB, a *app.App) (stop func()) {
	ctx, cancel := context.WithCancel(b.Context())
	ended := make(chan error, 1)
	go func() { ended <- a.Run(ctx) }()
	return func() {
		b.Helper()
		cancel()
		if err := errors.Join(<-ended, a.Close()); err != nil {
			b.Error(err)
		}
	}
}
