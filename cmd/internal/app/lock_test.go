package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

// What is kept is kept over restarts, and short keys are refused.
func TestKeep(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.key")
	first, err := loadKey(path)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := loadKey(path); err != nil || string(again) != string(first) {
		t.Errorf("second life has %q, %v, first had %q", again, err, first)
	}
	if err := os.WriteFile(path, []byte("short\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if k, err := loadKey(path); err == nil {
		t.Errorf("took the key %q", k)
	}
}

// What could not be written whole never takes the place of the file: an empty
// key would stop every later life.
func TestKeepNothingHalf(t *testing.T) {
	path := filepath.Join(t.TempDir(), "instance")
	if err := os.Symlink("/dev/full", path+".new"); err != nil { // every write gives ENOSPC
		t.Fatal(err)
	}
	if name, err := keep(path, func() string { return "worker" }); err == nil {
		t.Errorf("kept %q on a full disk", name)
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}
