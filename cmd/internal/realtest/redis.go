package realtest

import (
	"fmt"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"
)

// RedisServer is a running redis-server with databases in a folder of its own.
type RedisServer struct {
	server
	port     int
	password string
}

// Redis starts redis-server with noeviction and without persistence. Further
// args are its own, and win: Redis(t, "--appendonly", "yes", "--requirepass", "x").
func Redis(t testing.TB, args ...string) *RedisServer {
	t.Helper()
	path, dir := Need(t, "redis-server", "redis-server"), folder(t)
	r := &RedisServer{password: after(args, "--requirepass")}
	r.server = server{t: t, name: "redis-server", polite: syscall.SIGTERM, ready: r.ready}
	r.command = func() *exec.Cmd {
		base := []string{"--port", strconv.Itoa(r.port), "--bind", "127.0.0.1", "--dir", dir,
			"--daemonize", "no", "--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction"}
		return exec.Command(path, append(base, args...)...)
	}
	r.begin(func() { r.port = Port(t) })
	return r
}

func after(args []string, name string) string {
	for i, a := range args[:max(0, len(args)-1)] {
		if a == name {
			return args[i+1]
		}
	}
	return ""
}

// Addr is 127.0.0.1 and the port.
func (r *RedisServer) Addr() string { return address(r.port) }

// URL names database 0 with the password, as in redis://:x@127.0.0.1:6379/0.
func (r *RedisServer) URL() string {
	u := url.URL{Scheme: "redis", Host: r.Addr(), Path: "/0"}
	if r.password != "" {
		u.User = url.UserPassword("", r.password)
	}
	return u.String()
}

// Client returns a new client of database 0, closed when the test ends.
func (r *RedisServer) Client() *redis.Client {
	c := r.dial()
	r.t.Cleanup(func() { c.Close() })
	return c
}

func (r *RedisServer) dial() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: r.Addr(), Password: r.password, MaxRetries: -1})
}

// ready refuses the answer of any other Redis on the same port.
func (r *RedisServer) ready() error {
	c := r.dial()
	defer c.Close()
	info, err := c.Info(r.t.Context(), "server", "persistence").Result()
	if err != nil {
		return err
	}
	if !strings.Contains(info, fmt.Sprintf("process_id:%d\r", r.Pid())) || !strings.Contains(info, "loading:0\r") {
		return fmt.Errorf("%s is loading, or not ours", r.Addr())
	}
	return nil
}
