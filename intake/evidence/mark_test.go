package evidence_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"

	"dutydesk/intake/evidence"
)

// A folder has one name for good, whoever gives it; looking gives none.
func TestFolderHasOneName(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	var stores []*evidence.Store
	for range 4 {
		s, err := evidence.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		stores = append(stores, s)
	}
	r, err := evidence.OpenReading(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if name, err := r.Name(); name != "" || err != nil {
		t.Errorf("a new folder is called %q, %v", name, err)
	}
	if _, err := r.Christen(); !errors.Is(err, evidence.ErrReading) {
		t.Errorf("looking names the folder: %v", err)
	}
	names := make([]string, len(stores))
	var wg sync.WaitGroup
	for i, s := range stores {
		wg.Go(func() {
			var err error
			if names[i], err = s.Christen(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	stands, err := r.Name()
	for _, n := range names {
		if n != stands || len(n) != 26 || err != nil {
			t.Errorf("%q and %q, %v", n, stands, err)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, "*.new")); len(left) != 0 || err != nil {
		t.Errorf("left behind: %v, %v", left, err)
	}
}
