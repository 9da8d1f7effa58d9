package realtest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestChildIsTold(t *testing.T) {
	path := Build(t, "./testdata/child")
	c := Start(t, path, []string{"wait"}, "GREETING=hello")
	c.Says(patience, "waiting hello\n")
	if c.Code() != -1 || !c.Running() {
		t.Errorf("a running program has exit code %d", c.Code())
	}
	c.Signal(syscall.SIGTERM)
	if code := c.Wait(patience); code != 7 || c.Stdout() != "waiting hello\n" || c.Stderr() != "told to end\n" {
		t.Errorf("code %d, %q, %q", code, c.Stdout(), c.Stderr())
	}
	c.Signal(syscall.SIGTERM) // to nobody
}

func TestChildIsKilledWithItsTest(t *testing.T) {
	var pid int
	t.Run("inner", func(t *testing.T) {
		c := Start(t, Build(t, "./testdata/child"), []string{"wait"})
		c.Says(patience, "waiting")
		pid = c.Pid()
	})
	if err := syscall.Kill(pid, 0); err != syscall.ESRCH {
		t.Errorf("pid %d: %v", pid, err)
	}
	c := Start(t, Build(t, "./testdata/child"), []string{"wait"})
	c.Kill()
	if c.Code() != 137 {
		t.Errorf("exit %d", c.Code())
	}
}

func files(t *testing.T, dir, pattern string) int {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, pattern))
	if err != nil {
		t.Fatal(err)
	}
	return len(found)
}

// A kill at a call leaves what was done before it and not the call itself.
func TestStraceKills(t *testing.T) {
	path := Build(t, "./testdata/child")
	for when := 1; ; when++ {
		dir := t.TempDir()
		x := Strace(t, Injection{Calls: "renameat", When: when}, path, []string{dir, "3"}, "GOMAXPROCS=1")
		code := x.Wait(patience)
		whole := files(t, dir, "?")
		if !x.Injected() {
			if code != 0 || whole != 3 || x.Calls() != 3 {
				t.Errorf("not hit: exit %d, %d files, %d calls\n%s", code, whole, x.Calls(), x.Trace())
			}
			break
		}
		if code != 137 || whole != x.Calls()-1 || files(t, dir, "?.tmp") != 1 {
			t.Errorf("when %d: exit %d, %d files, %d calls\n%s", when, code, whole, x.Calls(), x.Trace())
		}
		if when == 1 && x.Calls() != 1 {
			t.Errorf("the first call is number %d", x.Calls())
		}
		if when > 3 {
			t.Fatal("hit more often than it calls")
		}
	}
}

func TestStraceFails(t *testing.T) {
	dir := t.TempDir()
	x := Strace(t, Injection{Calls: "fsync", When: 1, Error: "EIO"}, Build(t, "./testdata/child"), []string{dir, "2"})
	if code := x.Wait(patience); code != 75 || !x.Injected() || !strings.Contains(x.Stderr(), "input/output error") {
		t.Errorf("exit %d, injected %v, %q", code, x.Injected(), x.Stderr())
	}
	if n := files(t, dir, "?"); n != 0 {
		t.Errorf("%d files in spite of the fault", n)
	}
}

func TestStracePassesSignalsOn(t *testing.T) {
	x := Strace(t, Injection{Calls: "fsync", When: 1}, Build(t, "./testdata/child"), []string{"wait"})
	x.Says(patience, "waiting")
	x.Signal(syscall.SIGTERM)
	if code := x.Wait(patience); code != 7 || x.Injected() {
		t.Errorf("exit %d, injected %v", code, x.Injected())
	}
}

func TestNothingIsMissingInCI(t *testing.T) {
	for ci, want := range map[string]string{"true": "FAIL", "": "SKIP"} {
		c := Start(t, os.Args[0], []string{"-test.run=^TestNeedsWhatIsNotThere$", "-test.v"}, "CI="+ci, "REALTEST_MISSING=1")
		c.Wait(patience)
		if out := c.Stdout(); !strings.Contains(out, "--- "+want) || !strings.Contains(out, "needs no-such-program: apt-get install no-such-package") {
			t.Errorf("CI=%q: %s", ci, out)
		}
	}
}

// TestNeedsWhatIsNotThere is run by TestNothingIsMissingInCI alone.
func TestNeedsWhatIsNotThere(t *testing.T) {
	if os.Getenv("REALTEST_MISSING") != "" {
		Need(t, "no-such-program", "no-such-package")
	}
}

func TestPortsAreBelowTheKernels(t *testing.T) {
	b, err := os.ReadFile("/proc/sys/net/ipv4/ip_local_port_range")
	if err != nil {
		t.Skip(err)
	}
	first, err := strconv.Atoi(strings.Fields(string(b))[0])
	if err != nil {
		t.Fatal(err)
	}
	for range 50 {
		if p := Port(t); p >= first || p < 1024 {
			t.Fatalf("port %d, the kernel's own begin at %d", p, first)
		}
	}
	Poll(t, time.Second, "nothing", func() error { return nil })
}
