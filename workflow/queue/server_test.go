package queue

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"testing"
	"time"
)

// server is a real redis-server of the test's own, in a folder of its own.
type server struct {
	Redis
	dir  string
	args []string
	cmd  *exec.Cmd
}

// newServer makes one that is not started yet. It keeps nothing over a restart
// unless args say otherwise.
func newServer(t testing.TB, args ...string) *server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("redis-server is not installed")
		}
		t.Skip("redis-server is not installed")
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	s := &server{Redis: Redis{Addrs: []string{addr}}, dir: t.TempDir(), args: args}
	t.Cleanup(s.kill)
	return s
}

// start starts it, or starts it again.
func (s *server) start(t testing.TB) *server {
	t.Helper()
	_, port, _ := net.SplitHostPort(s.Addrs[0])
	args := append([]string{"--port", port, "--bind", "127.0.0.1", "--dir", s.dir, "--save", "", "--appendonly", "no"}, s.args...)
	s.cmd = exec.Command("redis-server", args...)
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	l := connect(s.Redis)
	defer l.Close()
	eventually(t, 10*time.Second, func() bool { return l.Ping(context.Background()).Err() == nil })
	return s
}

// kill ends it as kill -9 does.
func (s *server) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// do sends a command on a connection of its own.
func (s *server) do(t testing.TB, args ...any) any {
	t.Helper()
	l := connect(s.Redis)
	defer l.Close()
	out, err := l.Do(context.Background(), args...).Result()
	if err != nil {
		t.Fatalf("%v: %v", args, err)
	}
	return out
}

// commands is how many commands the server has processed.
func (s *server) commands(t testing.TB) (n int) {
	t.Helper()
	var at int
	text := fmt.Sprint(s.do(t, "INFO", "stats"))
	if _, err := fmt.Sscanf(text[len("# Stats\r\n"):], "total_connections_received:%d\r\ntotal_commands_processed:%d", &at, &n); err != nil {
		t.Fatal(err)
	}
	return n
}
