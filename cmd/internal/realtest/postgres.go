package realtest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/jackc/pgx/v5"
)

// PostgresServer is a running PostgreSQL with a cluster of its own.
type PostgresServer struct {
	server
	data string
	port int
	made int // databases so far
}

// Postgres starts PostgreSQL on a fresh copy of an empty cluster, which initdb
// makes once per machine. Settings are its own ("fsync=on", "max_connections=20").
// fsync is off by default: it matters to a machine that dies, not to a killed
// process. Tests that share a server call [PostgresServer.Database] each.
func Postgres(t testing.TB, settings ...string) *PostgresServer {
	t.Helper()
	initdb, path := Need(t, "initdb", "postgresql"), Need(t, "postgres", "postgresql")
	who, err := postgresUser()
	if err != nil {
		missing(t, "a user to run postgres as ("+err.Error()+")", "postgresql")
	}
	p := &PostgresServer{data: filepath.Join(folder(t), "data")}
	p.server = server{t: t, name: "postgres", polite: syscall.SIGINT, last: syscall.SIGQUIT, ready: p.ready}
	if err := copyCluster(initdb, p.data, who); err != nil {
		t.Fatal(err)
	}
	p.command = func() *exec.Cmd {
		return as(who, exec.Command(path, append([]string{"-D", p.data, "-p", strconv.Itoa(p.port),
			"-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off",
			"-c", "shared_buffers=32MB", "-c", "dynamic_shared_memory_type=mmap", "-c", "log_min_messages=warning"}, prefixed("-c", settings)...)...))
	}
	p.begin(func() { p.port = Port(t) })
	return p
}

func prefixed(flag string, values []string) (args []string) {
	for _, v := range values {
		args = append(args, flag, v)
	}
	return args
}

// postgresUser is whom to run as: nil means as ourselves, which PostgreSQL
// refuses to root.
func postgresUser() (*syscall.Credential, error) {
	if os.Getuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, err := strconv.ParseUint(u.Uid, 10, 32)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.ParseUint(u.Gid, 10, 32)
	return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}, err
}

func as(who *syscall.Credential, cmd *exec.Cmd) *exec.Cmd {
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: who}
	return cmd
}

// copyCluster copies the kept empty cluster to data, making it first if this
// machine has none of this version yet.
func copyCluster(initdb, data string, who *syscall.Credential) error {
	version, err := exec.Command(initdb, "--version").Output()
	if err != nil {
		return fmt.Errorf("%s --version: %w", initdb, err)
	}
	from, err := keep("postgres-"+label(string(version)), func(path string) error {
		if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
			return err
		}
		return makeCluster(initdb, path, who)
	})
	if err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-a", "--reflink=auto", from, data).CombinedOutput(); err != nil {
		return fmt.Errorf("copy cluster: %w: %s", err, out)
	}
	return nil
}

// makeCluster makes the cluster beside path and moves it there when whole.
func makeCluster(initdb, path string, who *syscall.Credential) error {
	half, err := os.MkdirTemp(filepath.Dir(path), "half-")
	if err != nil {
		return err
	}
	if who != nil {
		if err := os.Chown(half, int(who.Uid), int(who.Gid)); err != nil {
			return err
		}
	}
	cmd := as(who, exec.Command(initdb, "-D", half, "-U", "dutydesk", "--auth=trust", "--no-sync",
		"--encoding=UTF8", "--locale=C.UTF-8"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w: %s", err, out)
	}
	return os.Rename(half, path)
}

// URL names the database "postgres", which is empty at first.
func (p *PostgresServer) URL() string { return p.url("postgres") }

func (p *PostgresServer) url(db string) string {
	return fmt.Sprintf("postgres://dutydesk@%s/%s?sslmode=disable", address(p.port), db)
}

// Database makes an empty database on the server and returns its URL.
func (p *PostgresServer) Database() string {
	p.t.Helper()
	conn, err := pgx.Connect(p.t.Context(), p.URL())
	if err != nil {
		p.t.Fatal(err)
	}
	defer conn.Close(p.t.Context())
	p.made++
	name := fmt.Sprintf("desk%d", p.made)
	if _, err := conn.Exec(p.t.Context(), "CREATE DATABASE "+name); err != nil {
		p.t.Fatalf("create database %s: %v", name, err)
	}
	return p.url(name)
}

// ready reads what the server writes about itself: process id in the first
// line, state in the eighth.
func (p *PostgresServer) ready() error {
	b, err := os.ReadFile(filepath.Join(p.data, "postmaster.pid"))
	if err != nil {
		return err
	}
	lines := strings.Split(string(b), "\n")
	if len(lines) < 8 || lines[0] != strconv.Itoa(p.Pid()) || strings.TrimSpace(lines[7]) != "ready" {
		return errors.New("not ready for connections")
	}
	return nil
}
