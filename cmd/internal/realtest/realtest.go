// Package realtest starts the real programs that tests talk to: Dovecot, Redis,
// PostgreSQL, an SMTP server that keeps what it accepts, a line that can fail,
// and this program itself, also under strace.
//
// It knows ports, processes, certificates and temporary folders. It must never
// know a case, a letter or a setting of ours, never reach beyond 127.0.0.1, and
// never be imported by anything but tests.
//
// Every server is killable and startable again on the same port with the same
// data, and is gone when its test ends. All methods belong to the goroutine of
// the test that made the server, save where they say otherwise, because they
// end the test when the machine misbehaves. A needed Debian program that is
// missing skips the test, or fails it when CI=true.
package realtest

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// patience is how long a server may take to start, stop or answer: far more
// than it needs on an idle machine, so that a busy one does not fail the test.
const patience = 20 * time.Second

// Poll calls ready every few milliseconds until it returns nil. It ends the
// test with ready's last error when within has passed.
func Poll(t testing.TB, within time.Duration, what string, ready func() error) {
	t.Helper()
	if err := poll(within, ready); err != nil {
		t.Fatalf("%s: not within %v: %v", what, within, err)
	}
}

func poll(within time.Duration, ready func() error) error {
	deadline := time.Now().Add(within)
	for {
		err := ready()
		if err == nil || time.Now().After(deadline) {
			return err
		}
		time.Sleep(3 * time.Millisecond)
	}
}

// Need returns the path of a program, looked for in the PATH and in the folders
// where Debian hides servers. Without it the test is skipped, or fails when
// CI=true; pkg is the Debian package named in the message.
func Need(t testing.TB, program, pkg string) string {
	t.Helper()
	for _, glob := range []string{"/usr/lib/postgresql/*/bin/" + program, "/usr/sbin/" + program, "/usr/lib/dovecot/" + program} {
		if found, _ := filepath.Glob(glob); len(found) > 0 {
			return found[len(found)-1]
		}
	}
	if path, err := exec.LookPath(program); err == nil {
		return path
	}
	missing(t, program, pkg)
	return ""
}

func missing(t testing.TB, program, pkg string) {
	t.Helper()
	if os.Getenv("CI") == "true" {
		t.Fatalf("needs %s: apt-get install %s", program, pkg)
	}
	t.Skipf("needs %s: apt-get install %s", program, pkg)
}

// Port returns a port of 127.0.0.1 that is free now. It lies below the range
// from which the kernel takes the ports of outgoing connections, so that it is
// still free when a killed server wants it back.
func Port(t testing.TB) int {
	t.Helper()
	for range 100 {
		port := 10000 + rand.IntN(22000)
		l, err := net.Listen("tcp", address(port))
		if err == nil {
			l.Close()
			return port
		}
	}
	t.Fatal("no free port between 10000 and 32000")
	return 0
}

func address(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// folder returns a new folder with a short name, since a path of a Unix socket
// has at most 107 bytes and t.TempDir carries the test's name. Others may enter
// it: PostgreSQL runs as another user. It is removed when the test ends.
func folder(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "dd-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := poll(patience, func() error { return os.RemoveAll(dir) }); err != nil {
			t.Error(err)
		}
	})
	if err := os.Chmod(dir, 0o711); err != nil {
		t.Fatal(err)
	}
	return dir
}

// kept returns the folder in which this user's test binaries share what is slow
// to make: an empty PostgreSQL cluster, the built program. It outlives them.
func kept() (string, error) {
	dir := filepath.Join(os.TempDir(), fmt.Sprintf("dutydesk-realtest-%d", os.Getuid()))
	if err := os.Mkdir(dir, 0o711); err != nil && !os.IsExist(err) {
		return "", err
	}
	return dir, ours(dir)
}
