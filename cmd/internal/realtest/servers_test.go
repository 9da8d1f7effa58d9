package realtest

import (
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// atMost holds a server to the time it may take to come up on an idle machine,
// threefold, since the machine is shared.
func atMost(t *testing.T, limit time.Duration, what string, f func()) {
	t.Helper()
	began := time.Now()
	f()
	took := time.Since(began)
	t.Logf("%s: %v", what, took.Round(time.Millisecond))
	if took > 3*limit {
		t.Errorf("%s took %v, want %v", what, took, limit)
	}
}

func TestRedisKeepsItsFileThroughAKill(t *testing.T) {
	var r *RedisServer
	atMost(t, 200*time.Millisecond, "start", func() {
		r = Redis(t, "--appendonly", "yes", "--appendfsync", "always", "--requirepass", "open")
	})
	addr := r.Addr()
	if err := r.Client().Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	r.Kill()
	if err := r.Client().Ping(t.Context()).Err(); err == nil {
		t.Fatal("a killed Redis answers")
	}
	atMost(t, 200*time.Millisecond, "restart", r.Start)
	if got, err := r.Client().Get(t.Context(), "k").Result(); got != "v" || err != nil || r.Addr() != addr {
		t.Errorf("got %q, %v at %s, want v at %s", got, err, r.Addr(), addr)
	}
	r.Stop()
}

func TestRedisForgetsWithoutAFile(t *testing.T) {
	r := Redis(t)
	if err := r.Client().Set(t.Context(), "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	r.Kill()
	r.Start()
	if n, err := r.Client().DBSize(t.Context()).Result(); n != 0 || err != nil {
		t.Errorf("%d keys, %v", n, err)
	}
}

func TestPostgresKeepsRowsThroughAKill(t *testing.T) {
	var p *PostgresServer
	atMost(t, 3*time.Second, "start", func() { p = Postgres(t, "fsync=on") })
	first, second := p.Database(), p.Database()
	query(t, first, "CREATE TABLE t (n int)")
	query(t, second, "CREATE TABLE t (n int)")
	query(t, first, "INSERT INTO t VALUES (7)")
	p.Kill()
	if conn, err := pgx.Connect(t.Context(), first); err == nil {
		conn.Close(t.Context())
		t.Fatal("a killed PostgreSQL answers")
	}
	atMost(t, 3*time.Second, "restart", p.Start)
	if n := query(t, first, "SELECT count(*) FROM t WHERE n = 7"); n != 1 {
		t.Errorf("%d rows, want 1", n)
	}
	if n := query(t, second, "SELECT count(*) FROM t"); n != 0 {
		t.Errorf("databases are not apart: %d rows", n)
	}
	if n := query(t, first, "SELECT count(*) FROM pg_settings WHERE name = 'fsync' AND setting = 'on'"); n != 1 {
		t.Error("a setting given by the test does not win")
	}
	p.Stop()
	atMost(t, 3*time.Second, "start again", p.Start)
}

// query runs sql in the database and returns the number it yields, if any.
func query(t *testing.T, url, sql string) (n int) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	rows, err := conn.Query(t.Context(), sql)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := rows.Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}
