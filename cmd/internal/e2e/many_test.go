package e2e

import (
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/realtest"
)

// crew is several workers on one ledger, one mailbox and one Redis, each a
// process with a data folder of its own.
type crew []*world

// newCrew makes n workers, none of them started.
func newCrew(t *testing.T, n int) (c crew) {
	t.Helper()
	shared := t.TempDir()
	first := newWorld(t, options{ledger: realtest.Postgres(t, "fsync=on").Database(), evidence: filepath.Join(shared, "evidence"), kept: "Kept"})
	for range n {
		w := *first
		w.dir = t.TempDir()
		w.configure()
		w.replace("[desk]\n", fmt.Sprintf("[desk]\nkey_file = %q\n", filepath.Join(shared, "desk.key")))
		c = append(c, &w)
	}
	return c
}

// Five workers share everything and are killed and started again at random
// moments: every concern becomes one case, and every letter is one letter.
func TestF60ManyWorkers(t *testing.T) {
	c := newCrew(t, 5)
	for _, w := range c {
		w.start()
	}
	any := c[0]
	end, kills := time.Now().Add(sweepTime(t)), 0
	for n := 0; n < 40 || time.Now().Before(end); n++ {
		any.concern(fmt.Sprintf("concern %d", n))
		any.concerns++
		switch w := c[rand.IntN(len(c))]; {
		case !w.worker.Running():
			w.start()
		case rand.IntN(3) == 0:
			w.worker.Kill()
			kills++
		}
		<-time.After(rand.N(time.Second))
	}
	t.Logf("%d concerns, %d kills", any.concerns, kills)
	for _, w := range c {
		if !w.worker.Running() {
			w.start()
		}
	}
	c.allBusy()
	any.arrived(any.concerns)
	any.allSent()
	any.sound(any.concerns)
	for _, p := range []string{"lead", "deputy"} {
		if n := len(any.lettersTo(p)); n != any.concerns {
			t.Errorf("%d letters to %s, want %d", n, p, any.concerns)
		}
	}
}

// allBusy delivers concerns until every worker has done some of the work.
func (c crew) allBusy() {
	any := c[0]
	any.t.Helper()
	realtest.Poll(any.t, 60*time.Second, "work for everybody", func() error {
		var idle error
		for i, w := range c {
			if !w.worked() {
				idle = errors.Join(idle, fmt.Errorf("worker %d has done nothing", i))
			}
		}
		if idle != nil {
			any.concern(fmt.Sprintf("concern %d", any.concerns))
			any.concerns++
			<-time.After(300 * time.Millisecond)
		}
		return idle
	})
}

// worked reports whether the worker has done any job since it was started.
func (w *world) worked() bool {
	w.t.Helper()
	_, addr, _ := strings.Cut(w.settings(), "[metrics]\nlisten = \"")
	addr, _, _ = strings.Cut(addr, "\"")
	r, err := http.Get("http://" + addr + "/metrics")
	w.must(err)
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	w.must(err)
	return strings.Contains(string(body), "\ndutydesk_jobs_done_total{")
}

// Of two workers one watches the mailbox. When it is killed and stays away, the
// other takes over within the lease.
func TestF60LeaseMovesOn(t *testing.T) {
	c := newCrew(t, 2)
	for _, w := range c {
		w.start()
	}
	c[0].told(1)
	holder, other := c[0], c[1]
	if other.watched() {
		holder, other = other, holder
	}
	holder.worker.Kill()
	killed := time.Now()
	other.told(2)
	if took := time.Since(killed); took > 27*time.Second {
		t.Errorf("taken over after %v", took)
	}
	holder.start()
	other.told(3)
	if holder.watched() {
		t.Error("both watch the mailbox")
	}
	other.allSent()
	other.sound(3)
}

// watched reports whether the worker has watched the mailbox.
func (w *world) watched() bool { return strings.Contains(w.worker.Stderr(), "mailbox watched") }

// told delivers a concern and waits until the lead has so many letters, each
// counted once. One may come again when a worker was killed before it wrote down
// that it had been sent.
func (w *world) told(n int) {
	w.t.Helper()
	w.concern(fmt.Sprintf("concern %d", n))
	realtest.Poll(w.t, 60*time.Second, "letters to the lead", func() error {
		if got := len(w.lettersTo("lead")); got != n {
			return fmt.Errorf("%d of %d", got, n)
		}
		return nil
	})
}

// settings is the configuration as it is written.
func (w *world) settings() string {
	w.t.Helper()
	text, err := os.ReadFile(w.config)
	w.must(err)
	return string(text)
}

// replace changes the configuration.
func (w *world) replace(old, new string) {
	w.t.Helper()
	w.must(os.WriteFile(w.config, []byte(strings.Replace(w.settings(), old, new, 1)), 0o600))
}
