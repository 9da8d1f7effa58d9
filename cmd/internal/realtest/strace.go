package realtest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// Injection is a fault at a system call. strace counts calls for each thread
// and each system call apart, so in a Go program When = 1 is exactly the first
// call, and a greater When the first moment at which any one thread makes its
// When-th call of one kind. A sweep over When from 1 until [Traced.Injected] is
// false therefore ends; [Traced.Calls] says where each run was hit.
type Injection struct {
	Calls string // system calls, as "fsync,fdatasync,renameat,renameat2,write"
	When  int    // from 1; 0 is every call
	Error string // "ENOSPC", "EIO": the call fails and does nothing; "" kills instead
	Path  string // only calls on this file or folder; "" is all
}

func (i Injection) args(trace string) []string {
	fault := i.Calls + ":signal=KILL"
	if i.Error != "" {
		fault = i.Calls + ":error=" + i.Error
	}
	if i.When > 0 {
		fault += ":when=" + strconv.Itoa(i.When)
	}
	args := []string{"-f", "-qq", "-o", trace, "-e", "trace=" + i.Calls, "-e", "signal=KILL", "-e", "inject=" + fault}
	if i.Path != "" {
		args = append(args, "-P", i.Path)
	}
	return args
}

// Traced is a program under strace. Its exit code is the program's.
type Traced struct {
	*Child
	inj   Injection
	trace string
}

// Strace starts the program at path under strace with the fault, as [Start]
// does. A killed call has not been carried out.
func Strace(t testing.TB, inj Injection, path string, args []string, env ...string) *Traced {
	t.Helper()
	strace := Need(t, "strace", "strace")
	trace := filepath.Join(folder(t), "trace")
	cmd := exec.Command(strace, append(append(inj.args(trace), path), args...)...)
	cmd.Env = append(os.Environ(), env...)
	return &Traced{Child: launch(t, cmd), inj: inj, trace: trace}
}

// Signal sends sig to the program; strace itself heeds none.
func (x *Traced) Signal(sig syscall.Signal) {
	x.t.Helper()
	var pid int
	Poll(x.t, patience, "a program under strace", func() (err error) {
		pid, err = x.program()
		if err != nil && !x.Running() {
			pid, err = 0, nil
		}
		return err
	})
	if pid == 0 {
		return
	}
	if err := syscall.Kill(pid, sig); err != nil && err != syscall.ESRCH {
		x.t.Errorf("signal %v to pid %d: %v", sig, pid, err)
	}
}

// program is the process id of the program.
func (x *Traced) program() (int, error) {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", x.Pid(), x.Pid()))
	if err != nil {
		return 0, err
	}
	first, _, _ := strings.Cut(strings.TrimSpace(string(b)), " ")
	return strconv.Atoi(first)
}

// Injected tells whether the fault has happened. For a killing fault the
// program must have ended.
func (x *Traced) Injected() bool {
	if x.inj.Error != "" {
		return bytes.Contains(x.lines(), []byte("(INJECTED)"))
	}
	return !x.Running() && x.Code() == 128+int(syscall.SIGKILL) && bytes.Contains(x.lines(), []byte("+++ killed by SIGKILL"))
}

// Calls is how many of the calls the program has made, the one that was hit
// included.
func (x *Traced) Calls() (n int) {
	for line := range bytes.Lines(x.lines()) {
		_, call, _ := bytes.Cut(line, []byte(" "))
		call = bytes.TrimLeft(call, " ")
		if bytes.Contains(call, []byte("(")) && !bytes.HasPrefix(call, []byte("<...")) && !bytes.HasPrefix(call, []byte("+++")) {
			n++
		}
	}
	return n
}

// Trace is what strace wrote, a line for each call; for a failing test.
func (x *Traced) Trace() string { return tail(string(x.lines())) }

func (x *Traced) lines() []byte {
	b, err := os.ReadFile(x.trace)
	if err != nil {
		return nil
	}
	return b
}
