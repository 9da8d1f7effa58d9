package app

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"dutydesk/intake/evidence"
)

func folderAt(t *testing.T, dir string) *evidence.Store {
	t.Helper()
	s, err := evidence.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// Workers that share a folder agree, at whatever moment they start; one with a
// folder of its own is refused, and so is an empty folder in the place of theirs.
func TestOneLedgerOneFolder(t *testing.T) {
	l, dir := book(t, t.TempDir()), filepath.Join(t.TempDir(), "evidence")
	var wg sync.WaitGroup
	for range 4 {
		s := folderAt(t, dir)
		wg.Go(func() {
			if err := sameFolder(t.Context(), l, s, dir); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	other := filepath.Join(t.TempDir(), "evidence")
	s := folderAt(t, other)
	if err := sameFolder(t.Context(), l, s, other); !errors.Is(err, ErrFolder) {
		t.Errorf("an empty folder: %v", err)
	}
	if name, err := s.Name(); name != "" || err != nil {
		t.Errorf("the wrong folder was named %q, %v", name, err)
	}
	if _, err := s.Christen(); err != nil {
		t.Fatal(err)
	}
	if err := sameFolder(t.Context(), l, s, other); !errors.Is(err, ErrFolder) {
		t.Errorf("another folder: %v", err)
	}
	if err := sameFolder(t.Context(), l, folderAt(t, dir), dir); err != nil {
		t.Error(err)
	}
}
