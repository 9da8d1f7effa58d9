package app

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"dutydesk/workflow"
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
	tmp := path + ".new"
	if err := os.Symlink("/dev/full", tmp); err != nil { // every write gives ENOSPC
		t.Fatal(err)
	}
	if err := create(path, tmp, "worker"); err == nil {
		t.Error("created on a full disk")
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is there: %v", err)
	}
}

// Workers that share a key file and start together have one key.
func TestKeepTogether(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "desk.key")
	keys := make([]workflow.Key, 16)
	var wg sync.WaitGroup
	for i := range keys {
		wg.Go(func() {
			var err error
			if keys[i], err = loadKey(path); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	for _, k := range keys {
		if string(k) != string(keys[0]) {
			t.Fatal("two workers have different keys")
		}
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 1 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
