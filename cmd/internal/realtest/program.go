package realtest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// built holds what this test binary has built, so that a program is built once
// and does not change under the feet of a test that restarts it.
var built sync.Map // build arguments → func() (path string, err error)

// Program builds cmd/dutydesk with further flags of go build ("-race") and
// returns the path of the executable.
func Program(t testing.TB, flags ...string) string {
	t.Helper()
	return Build(t, "dutydesk/cmd/dutydesk", flags...)
}

// Build is [Program] for any main package, named as go build does.
func Build(t testing.TB, pkg string, flags ...string) string {
	t.Helper()
	args := append(append([]string{}, flags...), pkg)
	once, _ := built.LoadOrStore(strings.Join(args, " "), sync.OnceValues(func() (string, error) { return compile(args) }))
	path, err := once.(func() (string, error))()
	if err != nil {
		t.Fatal(err)
	}
	return link(t, path)
}

// compile builds into the kept folder, where an executable that is up to date
// is not linked again.
func compile(args []string) (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", err
	}
	return keep("program-"+label(append(args, wd)...), func(path string) error {
		cmd := exec.Command("go", append([]string{"build", "-buildvcs=false", "-o", path}, args...)...)
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("go build %s: %w\n%s", strings.Join(args, " "), err, out)
		}
		return nil
	})
}

// link gives the test a name of its own for the executable, which stays what it
// is when another test binary builds anew.
func link(t testing.TB, path string) string {
	t.Helper()
	own := filepath.Join(folder(t), "program")
	if err := os.Link(path, own); err != nil {
		t.Fatal(err)
	}
	return own
}
