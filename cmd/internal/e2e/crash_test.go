package e2e

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutydesk/cmd/internal/realtest"
)

// sweepTime bounds each sweep over crash points, so that CI stays short;
// DUTYDESK_SWEEP=20m sweeps longer.
func sweepTime(t *testing.T) time.Duration {
	d, err := time.ParseDuration(os.Getenv("DUTYDESK_SWEEP"))
	if err != nil {
		return 25 * time.Second
	}
	t.Logf("sweeping for %v", d)
	return d
}

// A worker is killed at the n-th call of each kind while it takes a mail in,
// opens a case and sends letters, for one n after the other; after a restart
// the end is always the same.
func TestCrashSweep(t *testing.T) {
	for _, s := range []struct{ name, calls string }{
		{"F1F2F29 evidence", "linkat,renameat,renameat2,fchmod,fchmodat"},
		{"F2F3F6F22 fsync", "fsync,fdatasync"},
		{"F1F3F6 ledger", "pwrite64"},
		{"F1F4F7F8 lines", "write"},
	} {
		t.Run(strings.ReplaceAll(s.name, " ", "_"), func(t *testing.T) { sweep(t, s.calls) })
	}
}

func sweep(t *testing.T, calls string) {
	w := newWorld(t, options{redisURL: "embedded", kept: "Kept"})
	end := time.Now().Add(sweepTime(t))
	points := 0
	for n, step := 1, 1; time.Now().Before(end); n += step {
		if !w.killedAt(calls, n) {
			break
		}
		if points++; points%12 == 0 {
			step++ // early calls are startup and intake: densest there
		}
	}
	t.Logf("%d crash points", points)
	if points == 0 {
		t.Error("no crash point was reached")
	}
	w.start()
	w.arrived(w.concerns)
	w.allSent()
	w.sound(w.concerns)
	for _, p := range []string{"lead", "deputy"} {
		if n := len(w.lettersTo(p)); n != w.concerns {
			t.Errorf("%d letters to %s, want %d", n, p, w.concerns)
		}
	}
}

// allSent waits until no letter is owed.
func (w *world) allSent() {
	w.t.Helper()
	realtest.Poll(w.t, 60*time.Second, "all letters sent", func() error {
		b := w.books()
		if sent := count(b.Letters, "sent"); sent != len(b.Letters) {
			return fmt.Errorf("%d of %d sent", sent, len(b.Letters))
		}
		return nil
	})
}

// lettersTo are the Message-IDs that reached a person.
func (w *world) lettersTo(person string) map[string]bool {
	ids := map[string]bool{}
	for _, a := range w.post.All() {
		if a.To[0] == address(person) {
			ids[a.Header("Message-ID")] = true
		}
	}
	return ids
}

// killedAt delivers a concern and runs a worker that is killed at its n-th call;
// it reports whether it was.
func (w *world) killedAt(calls string, n int) bool {
	w.t.Helper()
	w.concern(fmt.Sprintf("concern %d", n))
	w.concerns++
	x := realtest.Strace(w.t, realtest.Injection{Calls: calls, When: n}, w.program, []string{"run", "-c", w.config})
	select {
	case <-x.Done():
	case <-time.After(6 * time.Second): // it is through with everything it does
		x.Kill()
	}
	return x.Injected()
}

// A mail that kills the reader twice is not read a third time: it becomes a case
// that says so, and everything else goes on.
func TestF5PoisonMail(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded"})
	raw := realtest.Mail("learner@college.example", "safeguarding@council.example", "help", "poison")
	sum := sha256.Sum256(raw)
	exhibit := filepath.Join(w.dir, "data", "evidence", "exhibits", hex.EncodeToString(sum[:]))
	name := w.imap.Deliver("desk", raw)
	for life := range 2 {
		if life == 1 {
			w.imap.Remove("desk", "INBOX", name) // or the second life ends comparing bytes, not reading
		}
		x := realtest.Strace(t, realtest.Injection{Calls: "pread64", When: 1, Path: exhibit}, w.program, []string{"run", "-c", w.config})
		if x.Wait(30*time.Second) != 128+int(syscall.SIGKILL) || !x.Injected() {
			t.Fatalf("not killed while reading:\n%s", x.Trace())
		}
	}
	w.start()
	w.letter("lead", "could not read")
	w.concern("all is well elsewhere")
	w.letter("lead", "ew concern")
	w.sound(2)
	b := w.books()
	if b.Arrivals[0].State != "hold" {
		t.Errorf("arrival is %q", b.Arrivals[0].State)
	}
}

// The evidence disk is full: nothing is acknowledged, the mail stays where it
// is and is taken as soon as there is room; small ones are taken meanwhile.
func TestF29EvidenceDiskFull(t *testing.T) {
	dir := tmpfs(t, "2m")
	w := newWorld(t, options{redisURL: "embedded", kept: "Kept", evidence: filepath.Join(dir, "evidence")})
	w.start()
	big := realtest.Attachment{Name: "chat.txt", Bytes: bytes.Repeat([]byte("they wrote this again and again\n"), 100_000)}
	w.imap.Deliver("desk", realtest.Mail("learner@college.example", "safeguarding@council.example", "help", "see the chat", big))
	w.concern("a small one")
	w.letter("lead", "ew concern")
	w.arrived(1)
	realtest.Poll(t, 20*time.Second, "the big mail alone in INBOX", func() error {
		if in := len(w.imap.Messages("desk", "INBOX")); in != 1 {
			return fmt.Errorf("%d in INBOX", in)
		}
		return nil
	})
	w.must(syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=50m"))
	w.letter("lead", "ew concern")
	w.sound(2)
}

// tmpfs mounts a small disk of its own, gone when the test ends.
func tmpfs(t *testing.T, size string) string {
	dir := t.TempDir()
	err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+size)
	if err != nil && os.Getenv("CI") == "true" {
		t.Fatalf("mount tmpfs: %v", err)
	}
	if err != nil {
		t.Skipf("needs the right to mount a tmpfs: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}
