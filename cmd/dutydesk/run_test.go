package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutydesk/cmd/internal/app"
	"dutydesk/workflow/ledger"
)

// A worker with another key than the ledger's does not start, and says which
// file is wrong and what to do; --new-key goes on with it.
func TestRunWithAnotherKey(t *testing.T) {
	d := newDesk(t, "embedded")
	d.work(func(*app.App) {})
	key := filepath.Join(d.dir, "data", "desk.key")
	d.must(os.WriteFile(key, []byte(strings.Repeat("k", 40)), 0o600))
	for _, gone := range []bool{false, true} {
		if gone {
			d.must(os.Remove(key))
		}
		text, code := d.run("run")
		if code != 78 || !strings.Contains(text, key) || !strings.Contains(text, "put the right file back") {
			t.Errorf("gone %v: exit %d, %q", gone, code, text)
		}
	}
	d.occupied(func() {
		if text, code := d.run("run", "--new-key"); code != 69 || strings.Contains(text, "desk key") {
			t.Errorf("with --new-key: exit %d, %q", code, text)
		}
	})
	d.work(func(*app.App) {}) // and from then on without
}

// occupied calls f while another program has the port of the desk's page.
func (d *desk) occupied(f func()) {
	d.t.Helper()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	d.must(err)
	defer taken.Close()
	d.t.Setenv("DUTYDESK_WEB__LISTEN", taken.Addr().String())
	d.t.Setenv("DUTYDESK_METRICS__LISTEN", "")
	f()
}

// A taken port is an outage: the other program may end. The setting is named,
// and nobody is told that the desk runs.
func TestRunOnATakenPort(t *testing.T) {
	d := newDesk(t, "embedded")
	d.occupied(func() {
		text, code := d.run("run")
		if code != 69 || !strings.Contains(text, "set web.listen to a free port") || strings.Contains(text, "dutydesk runs") {
			t.Errorf("exit %d, %q", code, text)
		}
	})
}

// A misspelt variable stops every command (78).
func TestMisspeltVariable(t *testing.T) {
	d := newDesk(t, "embedded")
	t.Setenv("DUTYDESK_SMPT__ADDRESS", "smtp.council.example:587")
	if text, code := d.run("config", "check"); code != 78 || !strings.Contains(text, "did you mean DUTYDESK_SMTP__ADDRESS?") {
		t.Errorf("exit %d, %q", code, text)
	}
}

// Evidence whose ledger is gone, or empty, is never begun anew beside: not by the
// worker, not with a new key, not after it was refused once.
func TestRunWithoutItsLedger(t *testing.T) {
	for name, lose := range map[string]func(*desk, string){
		"gone":  func(*desk, string) {},
		"empty": func(d *desk, path string) { d.must(os.WriteFile(path, nil, 0o600)) },
		"without a row": func(d *desk, path string) {
			l, err := ledger.Open(t.Context(), path)
			d.must(err)
			d.must(l.Close())
		},
	} {
		d := newDesk(t, "embedded")
		d.concern()
		path := filepath.Join(d.dir, "data", "ledger.db")
		for _, suffix := range []string{"", "-wal", "-shm"} {
			os.Remove(path + suffix)
		}
		lose(d, path)
		for _, args := range []string{"run", "run --new-key", "run", "case list"} {
			if text, code := d.run(strings.Fields(args)...); code != 65 || !strings.Contains(text, "restore the ledger from the backup; to begin anew, move away ") {
				t.Errorf("%s, %s: exit %d, %q", name, args, code, text)
			}
		}
		if text, code := d.run("doctor"); code != 69 || !strings.Contains(text, "FAIL  ledger ") || !strings.Contains(text, "restore the ledger") {
			t.Errorf("%s: exit %d, %q", name, code, text)
		}
		d.must(os.RemoveAll(filepath.Join(d.dir, "data", "evidence")))
		if text, code := d.run("run"); code != 65 || !strings.Contains(text, filepath.Join("data", "begun")) {
			t.Errorf("%s, without evidence too: exit %d, %q", name, code, text)
		}
		d.must(os.Remove(filepath.Join(d.dir, "data", "begun")))
		if name != "gone" {
			d.must(os.Remove(path))
		}
		d.work(func(*app.App) {}) // begun anew
	}
}

// A desk that was killed between its first seal and its first row goes on.
func TestRunAfterAFirstSeal(t *testing.T) {
	d := newDesk(t, "embedded")
	d.work(func(a *app.App) {
		_, err := a.Store.Seal(t.Context(), strings.NewReader("nobody's"))
		d.must(err)
	})
	d.work(func(*app.App) {})
}

// Before the first run, and with an empty file, there is nothing to read, and
// that is no fault. A file that is no ledger is one.
func TestNoLedgerYet(t *testing.T) {
	d := newDesk(t, "embedded")
	d.must(os.MkdirAll(filepath.Join(d.dir, "data"), 0o700))
	path := filepath.Join(d.dir, "data", "ledger.db")
	for range 2 {
		if text, code := d.run("case", "list"); code != 69 || !strings.Contains(text, "there is no ledger yet") || strings.Contains(text, "not in the ledger") {
			t.Errorf("exit %d, %q", code, text)
		}
		if text, _ := d.run("doctor"); !strings.Contains(text, "warn  the ledger does not exist yet") {
			t.Errorf("the doctor says %q", text)
		}
		d.must(os.WriteFile(path, nil, 0o600))
	}
	d.must(os.WriteFile(path, []byte(strings.Repeat("garbage ", 1000)), 0o600))
	if text, code := d.run("case", "list"); code != 65 || !strings.Contains(text, "damaged") {
		t.Errorf("exit %d, %q", code, text)
	}
	if text, _ := d.run("doctor"); !strings.Contains(text, "FAIL  the ledger file is damaged") {
		t.Errorf("the doctor says %q", text)
	}
}
