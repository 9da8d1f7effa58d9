package e2e

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow/ledger"
)

// memoryMost is what a worker may ever have in memory, in MB of 2^20 bytes.
const memoryMost = 64

// BenchmarkMemory lets the program take a mail of 200 MB from Dovecot and open
// its case, and a bare loop fetch the same mail. Wanted: never more than 64 MB
// in memory.
func BenchmarkMemory(b *testing.B) {
	w := newWorld(b, options{})
	w.start()
	w.concern("a small one")
	w.letter("lead", "ew concern")
	before := w.peak()
	took := w.large(200 << 20)
	b.ReportMetric(before, "before-peak-MB")
	b.ReportMetric(w.peak(), "peak-MB")
	b.ReportMetric(took.Seconds(), "sealed-s")
	b.ReportMetric(bareLarge(b, w.imap).Seconds(), "bare-s")
	b.ReportMetric(0, "ns/op")
	if got := w.peak(); got > memoryMost {
		b.Logf("MISSED: %.0f MB in memory, wanted at most %d", got, memoryMost)
	}
}

// A mail much larger than the worker's memory is taken, kept and opened as a
// case without being held in memory anywhere.
func TestLargeMailMemory(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded"})
	w.start()
	w.large(60 << 20)
	if got := w.peak(); got > memoryMost {
		t.Errorf("%.0f MB in memory, want at most %d", got, memoryMost)
	}
	w.sound(1)
}

// large delivers a mail with an attachment of so many random bytes, base64
// included, and waits for its letter. It returns how long it took until the mail
// was sealed and written down.
func (w *world) large(size int) time.Duration {
	w.t.Helper()
	l, err := ledger.OpenReading(w.t.Context(), filepath.Join(w.dir, "data", "ledger.db"))
	w.must(err)
	defer l.Close()
	before := arrived(w.t.Context(), l)
	noise := make([]byte, size/4*3)
	rand.Read(noise)
	raw := realtest.Mail("learner@college.example", "safeguarding@council.example", "help", "see the film", realtest.Attachment{Name: "film.mp4", Bytes: noise})
	began := time.Now()
	w.imap.Deliver("desk", raw)
	realtest.Poll(w.t, 2*time.Minute, "the large mail", func() error {
		if arrived(w.t.Context(), l) == before {
			return errors.New("not yet")
		}
		return nil
	})
	took := time.Since(began)
	w.letter("lead", "ew concern")
	return took
}

// arrived counts what the ledger knows to have come by mail.
func arrived(ctx context.Context, l *ledger.Ledger) (n int) {
	counts, err := l.ArrivalCounts(ctx)
	if err != nil || len(counts) == 0 {
		return 0
	}
	return counts[0].N
}

// peak is the most that the worker ever had in memory, in MB.
func (w *world) peak() float64 {
	w.t.Helper()
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", w.worker.Pid()))
	w.must(err)
	_, rest, _ := strings.Cut(string(text), "VmHWM:")
	kb, err := strconv.Atoi(strings.Fields(rest)[0])
	w.must(err)
	return float64(kb) / 1024
}

// bareLarge fetches the newest mail into a file.
func bareLarge(b *testing.B, d *realtest.DovecotServer) time.Duration {
	b.Helper()
	dir := b.TempDir()
	began := time.Now()
	c, uids := bareFolder(b, d, "desk")
	defer c.Close()
	if err := fetchOne(c, uids[len(uids)-1], dir); err != nil {
		b.Fatal(err)
	}
	return time.Since(began)
}
