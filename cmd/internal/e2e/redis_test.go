package e2e

import (
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"dutydesk/cmd/internal/realtest"
)

// Redis is down when the worker starts: intake, letters and deadlines go on by
// the sweep, readiness says so, and managers are told.
func TestF13RedisDownAtStart(t *testing.T) {
	w := newWorld(t, options{acknowledge: "10s", patience: "4s"})
	w.redis.Kill()
	w.start()
	w.concern("nobody answers me")
	w.letter("lead", "ew concern")
	w.letter("la-lead", "late")
	w.letter("manager", "queue (Redis) does not answer")
	if code, body := w.get("/readyz"); code != http.StatusServiceUnavailable || !strings.Contains(body, "redis") {
		t.Errorf("readyz: %d %q", code, body)
	}
	w.redis.Start()
	w.letter("manager", "working again")
	realtest.Poll(t, 20*time.Second, "readiness", func() error {
		if code, body := w.get("/readyz"); code != http.StatusOK {
			return fmt.Errorf("%d %q", code, body)
		}
		return nil
	})
	w.sound(1)
}

// Redis dies in between: same end, no panic and no busy loop.
func TestF14RedisDiesMidRun(t *testing.T) {
	w := newWorld(t, options{acknowledge: "8s"})
	w.start()
	w.redis.Kill()
	w.concern("it goes on at night")
	w.letter("deputy", "ew concern")
	began := time.Now()
	breach := w.letter("la-lead", "late")
	lines := strings.Count(w.worker.Stderr(), "\n")
	if took := time.Since(began).Seconds() + 2; float64(lines) > 2*took {
		t.Errorf("%d log lines in %.0f s", lines, took)
	}
	w.reply(breach, address("la-lead"), "ACK")
	w.state("ACKNOWLEDGED")
	w.sound(1)
}

// Redis is emptied: all alarms come back from the ledger and ring in time.
func TestF15FlushAll(t *testing.T) {
	w := newWorld(t, options{acknowledge: "6s"})
	w.start()
	w.concern("they share my address")
	w.letter("lead", "ew concern")
	w.must(w.redis.Client().FlushAll(t.Context()).Err())
	w.onTime(w.letter("la-lead", "late"))
	w.sound(1)
}

// Redis restarts without its memory.
func TestF16RedisForgets(t *testing.T) {
	w := newWorld(t, options{acknowledge: "6s"})
	w.start()
	w.concern("a fake account in my name")
	w.letter("lead", "ew concern")
	w.redis.Kill()
	w.redis.Start()
	w.onTime(w.letter("la-lead", "late"))
	w.sound(1)
}

// onTime checks that the breach letter came no earlier than the limit, and no
// later than the sweep's grace allows.
func (w *world) onTime(l letter) {
	w.t.Helper()
	c := w.state("SUBMITTED")
	if late := l.At.Sub(c.Limit); late < 0 || late > 35*time.Second {
		w.t.Errorf("breach letter %v after the limit", late)
	}
}

// Redis would throw tasks away: a worker refuses to start on it, and one that
// runs goes on by the sweep and says so.
func TestF17RedisEvicts(t *testing.T) {
	w := newWorld(t, options{acknowledge: "6s", patience: "2s"})
	c := w.redis.Client()
	w.must(c.ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err())
	child := realtest.Start(t, w.program, []string{"run", "-c", w.config})
	if code := child.Wait(20 * time.Second); code != 78 || !strings.Contains(child.Stderr(), "noeviction") {
		t.Errorf("exit %d, said %q", code, child.Stderr())
	}
	w.must(c.ConfigSet(t.Context(), "maxmemory-policy", "noeviction").Err())
	w.start()
	w.concern("first, while all is well")
	w.letter("lead", "ew concern")
	w.must(c.ConfigSet(t.Context(), "maxmemory-policy", "allkeys-lru").Err())
	w.must(c.ConfigSet(t.Context(), "maxmemory", "2mb").Err())
	w.concern("he threatens to post the picture")
	w.letter("la-lead", "late")
	w.letter("manager", "queue (Redis)")
	w.sound(2)
}

// Redis stands still for a while: no second case, and the deadline is met by
// the sweep.
func TestF18RedisPaused(t *testing.T) {
	w := newWorld(t, options{acknowledge: "6s"})
	w.start()
	w.must(syscall.Kill(w.redis.Pid(), syscall.SIGSTOP))
	w.concern("they will not let me back into the group")
	w.onTime(w.letter("la-lead", "late"))
	w.must(syscall.Kill(w.redis.Pid(), syscall.SIGCONT))
	w.sound(1)
}

// get asks the public listener.
func (w *world) get(path string) (int, string) { return w.ask(w.web, path) }

// ask asks one of the worker's listeners.
func (w *world) ask(addr, path string) (int, string) {
	w.t.Helper()
	r, err := http.Get("http://" + addr + path)
	if err != nil {
		return 0, err.Error()
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	w.must(err)
	return r.StatusCode, string(body)
}

// A second worker on the same data folder is turned away and does no harm.
func TestSecondWorkerOnOneFolder(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded"})
	w.start()
	out, err := exec.Command(w.program, "run", "-c", w.config).CombinedOutput()
	if err == nil || !strings.Contains(string(out), "another dutydesk") {
		t.Errorf("%v, said %q", err, out)
	}
}
