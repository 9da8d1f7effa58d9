package evidence

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// strace runs the child under strace with args and returns what it printed,
// what was traced and its exit code (-1 when it was killed).
func strace(t *testing.T, dir string, args ...string) (said, traced string, code int) {
	t.Helper()
	log := filepath.Join(t.TempDir(), "strace")
	args = append(append([]string{"-f", "-y", "-qq", "-o", log}, args...), os.Args[0], "-test.run=^$")
	cmd := exec.CommandContext(t.Context(), "strace", args...)
	cmd.Env = append(os.Environ(), childVar+"="+dir, "GORACE=atexit_sleep_ms=0")
	out, err := cmd.CombinedOutput()
	if exit := new(exec.ExitError); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	trace, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	return string(out), string(trace), cmd.ProcessState.ExitCode()
}

// needStrace skips where strace may not trace; a gate that runs under CI=true
// may not skip.
func needStrace(t *testing.T) {
	t.Helper()
	if err := exec.Command("strace", "-o", os.DevNull, "true").Run(); err != nil {
		lack(t, "strace does not work here: "+err.Error())
	}
}

func lack(t *testing.T, why string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatal(why)
	}
	t.Skip(why)
}

// promised is every digest the child was told is safe.
func promised(said string) (ds []Digest) {
	for _, line := range strings.Split(said, "\n") {
		if d, ok := strings.CutPrefix(line, "sealed "); ok {
			ds = append(ds, Digest(d))
		}
	}
	return ds
}

// afterwards opens the folder as the next process would: drafts are gone, all
// that can be seen is whole, all that was promised is there, and sealing the
// same again gives one copy each.
func afterwards(t *testing.T, dir, said string) {
	t.Helper()
	s := openTest(t, dir)
	for d, err := range s.Digests(t.Context()) {
		if err = errors.Join(err, s.Verify(t.Context(), d)); err != nil {
			t.Error(err)
		}
	}
	for _, d := range promised(said) {
		if err := s.Verify(t.Context(), d); err != nil {
			t.Errorf("promised and broken: %v", err)
		}
	}
	for _, text := range childSeals {
		seal(t, s, text)
	}
	onlyExhibits(t, dir, 3)
	s.Close()
}

// Killed before its N-th call of everything that changes the disk, N swept
// until the child reaches its end.
func TestF1F2KilledAtEveryStep(t *testing.T) {
	needStrace(t)
	for _, call := range []string{"openat", "write", "fsync", "linkat", "unlinkat", "mkdirat", "flock"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			sweepCalls(t, call+":signal=KILL", func(dir, said string, code int) { afterwards(t, dir, said) })
		})
	}
}

// sweepCalls runs the child with the fault at the first call, the second and
// so on, until a run is not touched by it.
func sweepCalls(t *testing.T, fault string, check func(dir, said string, code int)) {
	t.Helper()
	call, _, _ := strings.Cut(fault, ":")
	for n := 1; ; n++ {
		dir := filepath.Join(t.TempDir(), "evidence")
		said, traced, code := strace(t, dir, "-e", "trace="+call, "-e", "inject="+fault+":when="+strconv.Itoa(n))
		if !strings.Contains(traced, "INJECTED") && !strings.Contains(traced, "killed by SIGKILL") {
			if n == 1 || len(promised(said)) != len(childSeals) {
				t.Fatalf("untouched run %d said %s", n, said)
			}
			t.Logf("%s: %d runs", fault, n-1)
			return
		}
		check(dir, said, code)
		if t.Failed() {
			t.Fatalf("%s at call %d, child said:\n%s", fault, n, said)
		}
	}
}

// The disk refuses an fsync: nothing is promised from there on, the caller can
// tell (ErrDisk), no later fsync is believed, and the next process finds
// everything that had been promised.
func TestF30RefusedFsyncEndsTheStore(t *testing.T) {
	needStrace(t)
	sweepCalls(t, "fsync:error=EIO", func(dir, said string, code int) {
		lines := strings.Split(strings.TrimSpace(said), "\n")
		if strings.HasPrefix(said, "not open:") {
			return
		}
		broken := false
		for _, line := range lines {
			isDisk := strings.HasPrefix(line, "disk:")
			if broken && !isDisk {
				t.Errorf("believed the disk again: %q", line)
			}
			broken = broken || isDisk
		}
		if !broken || code != 75 {
			t.Errorf("exit %d", code)
		}
		afterwards(t, dir, said)
	})
}

// A full disk at any step costs that delivery only; the next is kept.
func TestF29FullDiskAtEveryStep(t *testing.T) {
	needStrace(t)
	for _, call := range []string{"write", "linkat"} {
		t.Run(call, func(t *testing.T) {
			sweepCalls(t, call+":error=ENOSPC", func(dir, said string, code int) {
				if call == "linkat" && (code != 0 || len(promised(said)) != len(childSeals)-1 || !strings.Contains(said, "full:")) {
					t.Errorf("exit %d", code)
				}
				afterwards(t, dir, said)
			})
		})
	}
}

// A disk may find that it is full only when asked to flush. For a draft that is
// a full disk like any other; for a name that can be seen already it is a
// refused fsync.
func TestF29FullDiskAtFlush(t *testing.T) {
	needStrace(t)
	full := 0
	sweepCalls(t, "fsync:error=ENOSPC", func(dir, said string, code int) {
		switch {
		case strings.HasPrefix(said, "not open:"):
		case strings.Contains(said, "full:"):
			full++
			if code != 0 || len(promised(said)) != len(childSeals)-1 {
				t.Errorf("exit %d", code)
			}
		case code != 75:
			t.Errorf("exit %d", code)
		}
		afterwards(t, dir, said)
	})
	if full != len(childSeals) {
		t.Errorf("%d drafts met the full disk, want %d", full, len(childSeals))
	}
}

var tracedCall = regexp.MustCompile(`(?m)(fsync|linkat|write)\((?:\d+|AT_FDCWD)<([^>]*)>(?:, "([^"]*)")?`)

// Nothing that a power cut could take away is promised: before each "sealed"
// the draft is flushed under its draft name, then linked, then the folder is
// flushed; and for bytes that are there already, the kept file and the folder.
func TestF32OrderOfFlushes(t *testing.T) {
	needStrace(t)
	dir := filepath.Join(t.TempDir(), "evidence")
	_, traced, _ := strace(t, dir, "-e", "trace=fsync,linkat,write", "-s", "8")
	var steps []string
	for _, m := range tracedCall.FindAllStringSubmatch(traced, -1) {
		switch call, path, text := m[1], m[2], m[3]; {
		case strings.HasPrefix(text, "sealed"):
			steps = append(steps, "promise\n")
		case call == "linkat":
			steps = append(steps, "link")
		case call == "fsync" && strings.HasPrefix(path, filepath.Join(dir, "drafts")+"/"):
			steps = append(steps, "flush draft")
		case call == "fsync" && path == filepath.Join(dir, "exhibits"):
			steps = append(steps, "flush folder")
		case call == "fsync" && filepath.Dir(path) == filepath.Join(dir, "exhibits"):
			steps = append(steps, "flush kept")
		}
	}
	fresh := "flush draft, link, flush folder, promise\n, "
	want := fresh + fresh + fresh + "flush draft, link, flush kept, flush folder, promise\n"
	if got := strings.Join(steps, ", "); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Crash states built by hand: a draft half written, one whole, one linked
// whose draft name was not removed yet; and beside them a living store.
func TestF1OpenSweepsTheDraftsOfTheDead(t *testing.T) {
	s, dir := newTest(t)
	alive, err := s.Draft(t.Context(), strings.NewReader("alive"))
	if err != nil {
		t.Fatal(err)
	}
	linked := seal(t, s, "linked").Digest
	dead := filepath.Join(dir, "drafts", "dead")
	os.Mkdir(dead, 0o700)
	os.WriteFile(filepath.Join(dead, "1"), []byte("hal"), 0o400)
	os.WriteFile(filepath.Join(dead, "2"), []byte("whole"), 0o400)
	if err := os.Link(s.path(linked), filepath.Join(dead, "3")); err != nil {
		t.Fatal(err)
	}
	next := openTest(t, dir)
	if _, err := os.Stat(dead); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the dead store's drafts are still there: %v", err)
	}
	if _, err := alive.Keep(t.Context()); err != nil {
		t.Errorf("the living store's draft was swept: %v", err)
	}
	if err := next.Verify(t.Context(), linked); err != nil {
		t.Error(err)
	}
	onlyExhibits(t, dir, 2)
}
