package e2e

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
)

// doctor runs the doctor and returns its findings.
func (w *world) doctor() (found []app.Finding, err error) {
	w.t.Helper()
	began := time.Now()
	out, err := w.dutydesk("doctor", "--json")
	if took := time.Since(began); took > 10*time.Second {
		w.t.Errorf("the doctor took %v", took)
	}
	w.must(json.Unmarshal(out, &found))
	return found, err
}

func grade(found []app.Finding, what string) app.Grade {
	for _, f := range found {
		if strings.Contains(f.What, what) {
			return f.Grade
		}
	}
	return "not looked at"
}

// The doctor sees everything that the desk rests on, when it is well and when
// it is not, and says what to do.
func TestDoctor(t *testing.T) {
	w := newWorld(t, options{kept: "Kept"})
	w.start()
	w.concern("so that there is something")
	w.letter("lead", "ew concern")
	found, err := w.doctor()
	if err != nil {
		t.Errorf("a desk that is well: %v\n%+v", err, found)
	}
	for _, what := range []string{"configuration", "secret " + filepath.Join(w.dir, "imap-password"), "time zone", "free", "safe writes", "the ledger answers", "redis 7", "mailbox main answers", "takes letters", "people on the ladder"} {
		if g := grade(found, what); g != app.OK {
			t.Errorf("%q is %s", what, g)
		}
	}
	w.worker.Kill()
	w.redis.Kill()
	w.post.Stop()
	w.imap.Kill()
	found, err = w.doctor()
	if err == nil || !strings.Contains(err.Error(), "69") {
		t.Errorf("a desk that is unwell: %v", err)
	}
	for _, what := range []string{"redis does not answer", "mailbox main", "the mail server"} {
		if g := grade(found, what); g != app.Fail {
			t.Errorf("%q is %s", what, g)
		}
	}
	for _, f := range found {
		if f.Grade != app.OK && (f.Why == "" || f.Fix == "") {
			t.Errorf("%q says neither why nor what to do", f.What)
		}
	}
}

// A wrong mailbox password is found by the doctor and named.
func TestDoctorWrongPassword(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded"})
	w.must(os.WriteFile(filepath.Join(w.dir, "imap-password"), []byte("wrong\n"), 0o600))
	found, err := w.doctor()
	if err == nil || grade(found, "login refused") != app.Fail {
		t.Errorf("%v %+v", err, found)
	}
}

// A secret that others can read is refused before anything is done with it.
func TestDoctorOpenSecret(t *testing.T) {
	w := newWorld(t, options{redisURL: "embedded"})
	secret := filepath.Join(w.dir, "imap-password")
	w.must(os.Chmod(secret, 0o644))
	if _, err := w.dutydesk("doctor"); err == nil || !strings.Contains(err.Error(), "chmod") {
		t.Errorf("a secret with mode 0644: %v", err)
	}
}
