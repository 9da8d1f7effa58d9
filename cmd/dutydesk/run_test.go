package main

import (
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutydesk/cmd/internal/app"
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

// Evidence whose ledger is gone is never begun anew beside.
func TestRunWithoutItsLedger(t *testing.T) {
	d := newDesk(t, "embedded")
	d.concern()
	for _, suffix := range []string{"", "-wal", "-shm"} {
		os.Remove(filepath.Join(d.dir, "data", "ledger.db"+suffix))
	}
	if text, code := d.run("run"); code != 65 || !strings.Contains(text, "restore the ledger from the backup") {
		t.Errorf("exit %d, %q", code, text)
	}
	if text, code := d.run("doctor"); code != 69 || !strings.Contains(text, "FAIL  the ledger is gone") {
		t.Errorf("exit %d, %q", code, text)
	}
}
