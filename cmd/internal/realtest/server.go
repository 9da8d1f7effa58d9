package realtest

import (
	"errors"
	"fmt"
	"os/exec"
	"syscall"
	"testing"
)

// errEnded reports a server that ended while it should start.
var errEnded = errors.New("ended while starting")

// server is a program with a port that can be killed and started again.
type server struct {
	t       testing.TB
	name    string
	command func() *exec.Cmd // a fresh command each time, same port and data
	ready   func() error     // nil once the running server answers as itself
	polite  syscall.Signal   // asks it to end as an administrator would
	last    syscall.Signal   // asks it to leave nothing behind when the test ends; 0 is SIGKILL
	child   *Child           // nil before the first start
}

// begin starts the server for the first time: move chooses its ports and writes
// its settings, again when somebody took a port in between.
func (s *server) begin(move func()) {
	s.t.Helper()
	var err error
	for range 4 {
		move()
		if err = s.launch(); !errors.Is(err, errEnded) {
			break
		}
	}
	if err != nil {
		s.t.Fatalf("%s: %v\n%s", s.name, err, s.said())
	}
}

func (s *server) launch() error {
	s.child = launch(s.t, s.command())
	s.child.last = s.last
	var ended error
	err := poll(patience, func() error {
		if !s.child.Running() {
			ended = fmt.Errorf("exit %d: %w", s.child.Code(), errEnded)
			return nil
		}
		return s.ready()
	})
	return errors.Join(ended, err)
}

// Start starts a killed or stopped server on the same port with the same data
// and returns when it answers. It waits for what the killed one left behind.
func (s *server) Start() {
	s.t.Helper()
	if s.child.Running() {
		return
	}
	if err := poll(patience, s.launch); err != nil {
		s.t.Fatalf("%s: start again: %v\n%s", s.name, err, s.said())
	}
}

// Stop ends the server as an administrator would and returns when it has.
func (s *server) Stop() {
	s.t.Helper()
	s.child.Signal(s.polite)
	s.child.Wait(patience)
}

// Kill ends the server with SIGKILL and returns when it is gone. A server that
// is gone already stays so.
func (s *server) Kill() { s.child.Kill() }

// Pid is the process id of the server as last started.
func (s *server) Pid() int { return s.child.Pid() }

func (s *server) said() string { return tail(s.child.Stdout() + s.child.Stderr()) }
