package evidence

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree is every name under dir with its mode.
func tree(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		info, err := e.Info()
		names = append(names, info.Mode().String()+" "+path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// Looking changes nothing: what a dead store left stays for the next worker, a
// living one's drafts stay alive, and nothing can be sealed.
func TestOpenReadingChangesNothing(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	worker := openTest(t, dir)
	sealed := seal(t, worker, "kept")
	alive, err := worker.Draft(t.Context(), strings.NewReader("arriving"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "drafts", "dead"), 0o700); err != nil {
		t.Fatal(err)
	}
	before := tree(t, dir)
	s, err := OpenReading(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), sealed.Digest); err != nil {
		t.Error(err)
	}
	if _, err := s.Seal(t.Context(), strings.NewReader("more")); !errors.Is(err, ErrReading) {
		t.Errorf("seal: %v, want ErrReading", err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if after := tree(t, dir); !slices.Equal(before, after) {
		t.Errorf("before\n%v\nafter\n%v", before, after)
	}
	if _, err := alive.Keep(t.Context()); err != nil {
		t.Error(err)
	}
}

// Looking makes no folder, and does not look where others may have been.
func TestOpenReadingRefuses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "evidence")
	if _, err := OpenReading(dir); !errors.Is(err, ErrMissing) {
		t.Errorf("no folder: %v, want ErrMissing", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder was made: %v", err)
	}
	openTest(t, dir).Close()
	if err := os.Chmod(filepath.Join(dir, "exhibits"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := OpenReading(dir); !errors.Is(err, ErrExposed) {
		t.Errorf("open to others: %v, want ErrExposed", err)
	}
}
