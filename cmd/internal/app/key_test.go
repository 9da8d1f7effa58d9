package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"dutydesk/config"
	"dutydesk/workflow/ledger"
)

// book is an empty ledger.
func book(t *testing.T, dir string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(context.WithoutCancel(t.Context()), filepath.Join(dir, "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	l.As("one")
	t.Cleanup(func() { l.Close() })
	return l
}

// The first key is the ledger's. Another one, or none, is refused with the name
// of the file and what to do; and no new one is made in the lost one's place.
func TestLedgerKey(t *testing.T) {
	dir := t.TempDir()
	l, path := book(t, dir), filepath.Join(dir, "desk.key")
	first, err := ledgerKey(t.Context(), l, path)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := ledgerKey(t.Context(), l, path); err != nil || string(again) != string(first) {
		t.Errorf("second life: %v", err)
	}
	if stands, err := l.Marked(t.Context(), keyMark); err != nil || len(stands) != 16 || strings.Contains(string(first), stands) {
		t.Errorf("the ledger has %q, %v", stands, err)
	}
	write(t, path, strings.Repeat("k", 40))
	for _, gone := range []bool{false, true} {
		if gone {
			os.Remove(path)
		}
		_, err := ledgerKey(t.Context(), l, path)
		if !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), path) || !strings.Contains(err.Error(), "--new-key") {
			t.Errorf("gone %v: %v", gone, err)
		}
		if found := checkKey(t.Context(), l, path); len(found) != 1 || found[0].Grade != Fail {
			t.Errorf("gone %v: the doctor says %+v", gone, found)
		}
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a key was made beside a ledger that knows another: %v", err)
	}
	write(t, path, "\n")
	if _, err := ledgerKey(t.Context(), l, path); !errors.Is(err, ErrKey) || !strings.Contains(err.Error(), "is empty: put the right file back") {
		t.Errorf("empty: %v", err)
	}
	if found := checkKey(t.Context(), l, path); len(found) != 1 || !strings.Contains(found[0].What, "is empty") {
		t.Errorf("empty: the doctor says %+v", found)
	}
	write(t, path, string(first)+"\n")
	if found := checkKey(t.Context(), l, path); len(found) != 1 || found[0].Grade != OK {
		t.Errorf("the right key: the doctor says %+v", found)
	}
}

// Whoever lost the key says so once, and goes on with another.
func TestTakeKey(t *testing.T) {
	dir := t.TempDir()
	cfg := &config.Config{Data: dir}
	l, path := book(t, dir), cfg.KeyFile()
	if _, err := ledgerKey(t.Context(), l, path); err != nil {
		t.Fatal(err)
	}
	os.Remove(path)
	if err := TakeKey(t.Context(), cfg); err != nil {
		t.Fatal(err)
	}
	if _, err := ledgerKey(t.Context(), l, path); err != nil {
		t.Errorf("after a new key was taken: %v", err)
	}
	lock, err := lockData(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	if err := TakeKey(t.Context(), cfg); !errors.Is(err, ErrBusy) {
		t.Errorf("beside a worker: %v, want ErrBusy", err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// The data folder has one worker at a time, and is free again when it ends.
func TestLockData(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	first, err := lockData(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lockData(dir); !errors.Is(err, ErrBusy) {
		t.Errorf("a second worker: %v, want ErrBusy", err)
	}
	first.Close()
	again, err := lockData(dir)
	if err != nil {
		t.Fatal(err)
	}
	again.Close()
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%v %v", info.Mode(), err)
	}
}

// A worker has one name over all its lives.
func TestInstance(t *testing.T) {
	dir := t.TempDir()
	one, err := instance(dir)
	two, again := instance(dir)
	if err != nil || again != nil || one != two || len(one) < 20 {
		t.Errorf("%q %v, then %q %v", one, err, two, again)
	}
}

// The doctor tells a desk that has not begun from one whose ledger is gone.
func TestDoctorOnALostLedger(t *testing.T) {
	cfg := &config.Config{Data: t.TempDir()}
	if found := checkLedger(t.Context(), cfg); len(found) != 1 || found[0].Grade != Warn {
		t.Errorf("before the first run: %+v", found)
	}
	dir := filepath.Join(cfg.EvidenceDir(), "exhibits")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if found := checkLedger(t.Context(), cfg); found[0].Grade != Warn {
		t.Errorf("with nothing kept: %+v", found)
	}
	write(t, filepath.Join(dir, strings.Repeat("a", 64)), "kept")
	found := checkLedger(t.Context(), cfg)
	if len(found) != 1 || found[0].Grade != Fail || !strings.Contains(found[0].Fix, "restore") || strings.Contains(found[0].Fix, "dutydesk run") {
		t.Errorf("with evidence: %+v", found)
	}
}

func TestDoctorWantsManagers(t *testing.T) {
	cfg := &config.Config{}
	cfg.Roles.ServiceLead, cfg.Roles.SeniorOfficer, cfg.Roles.Executive, cfg.Roles.Outside = "a", "b", "c", "e"
	if found := undecided(cfg); len(found) != 1 || found[0].Grade != Warn || !strings.Contains(found[0].What, "managers") {
		t.Errorf("%+v", found)
	}
	cfg.Roles.Managers = []string{"d"}
	if found := undecided(cfg); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}
