package realtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Child is a running or ended program, alone in its process group. What it
// writes is kept in files, so that it survives any kill.
type Child struct {
	t    testing.TB
	cmd  *exec.Cmd
	dir  string
	done chan struct{}  // closed when the program has ended and was waited for
	last syscall.Signal // asked first when the test ends; 0 is SIGKILL at once
}

// Start runs the program at path as a child with this process's environment and
// the lines of env ("NAME=value"). Whatever is left of it is killed when the
// test ends; its output is then shown if the test failed.
func Start(t testing.TB, path string, args []string, env ...string) *Child {
	t.Helper()
	cmd := exec.Command(path, args...)
	cmd.Env = append(os.Environ(), env...)
	return launch(t, cmd)
}

func launch(t testing.TB, cmd *exec.Cmd) *Child {
	t.Helper()
	c := &Child{t: t, cmd: cmd, dir: folder(t), done: make(chan struct{})}
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Setpgid = true
	cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL // a test binary that times out runs no Cleanup
	out, err := os.Create(filepath.Join(c.dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	errs, err := os.Create(filepath.Join(c.dir, "err"))
	if err != nil {
		t.Fatal(err)
	}
	defer errs.Close()
	cmd.Stdout, cmd.Stderr = out, errs
	if err := cmd.Start(); err != nil {
		t.Fatalf("start %s: %v", cmd.Path, err)
	}
	go func() { defer close(c.done); cmd.Wait() }()
	t.Cleanup(c.finish)
	return c
}

// finish kills what is left and shows what a failed test wants to see.
func (c *Child) finish() {
	if c.last != 0 && c.Running() {
		c.Signal(c.last)
		select {
		case <-c.done:
		case <-time.After(patience):
		}
	}
	c.Kill()
	if c.t.Failed() {
		c.t.Logf("%s (pid %d, exit %d)\n%s", filepath.Base(c.cmd.Path), c.Pid(), c.Code(), tail(c.Stdout()+c.Stderr()))
	}
}

func tail(s string) string {
	const most = 16 << 10
	if len(s) > most {
		return "…" + s[len(s)-most:]
	}
	return s
}

// Pid is the process id, which is also the id of its process group.
func (c *Child) Pid() int { return c.cmd.Process.Pid }

// Done is closed when the program has ended. Any goroutine may use it.
func (c *Child) Done() <-chan struct{} { return c.done }

// Running tells whether the program has not ended yet.
func (c *Child) Running() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// Signal sends sig to the program alone. A program that has ended gets nothing.
func (c *Child) Signal(sig syscall.Signal) {
	c.t.Helper()
	if err := c.cmd.Process.Signal(sig); err != nil && !errors.Is(err, os.ErrProcessDone) {
		c.t.Errorf("signal %v to pid %d: %v", sig, c.Pid(), err)
	}
}

// Kill ends the program and its process group with SIGKILL and waits for it.
func (c *Child) Kill() {
	if c.Running() {
		syscall.Kill(-c.Pid(), syscall.SIGKILL)
	}
	<-c.done
}

// Wait waits until the program ends by itself and returns its exit code; see
// [Child.Code]. The test ends when that takes longer than within.
func (c *Child) Wait(within time.Duration) int {
	c.t.Helper()
	select {
	case <-c.done:
		return c.Code()
	case <-time.After(within):
		c.t.Fatalf("%s (pid %d) still runs after %v", filepath.Base(c.cmd.Path), c.Pid(), within)
		return -1
	}
}

// Code is the exit code of a program that has ended, 128 plus the signal's
// number when a signal ended it (as in a shell), and -1 while it runs.
func (c *Child) Code() int {
	if c.Running() {
		return -1
	}
	status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return c.cmd.ProcessState.ExitCode()
}

// Stdout is what the program has written to its standard output so far.
func (c *Child) Stdout() string { return c.read("out") }

// Stderr is what the program has written to its standard error so far.
func (c *Child) Stderr() string { return c.read("err") }

func (c *Child) read(name string) string {
	b, err := os.ReadFile(filepath.Join(c.dir, name))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

// Says waits until the program has written text to either output. The test ends
// when the program ends first or within has passed.
func (c *Child) Says(within time.Duration, text string) {
	c.t.Helper()
	Poll(c.t, within, fmt.Sprintf("%s says %q", filepath.Base(c.cmd.Path), text), func() error {
		ended := !c.Running()
		if strings.Contains(c.Stdout(), text) || strings.Contains(c.Stderr(), text) {
			return nil
		}
		if ended {
			c.t.Fatalf("%s ended with %d before it said %q", filepath.Base(c.cmd.Path), c.Code(), text)
		}
		return errors.New("not yet")
	})
}
