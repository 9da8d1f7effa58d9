package evidence

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// However an exhibit was changed, it is found, it is not replaced by sealing
// the right bytes again, and what was put there stays to be looked at.
func TestF33ChangedExhibitIsFoundAndNeverHealed(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"a bit":    func(p string) error { return os.WriteFile(p, []byte("the conCern"), 0o400) },
		"shorter":  func(p string) error { return os.Truncate(p, 3) },
		"longer":   func(p string) error { return os.WriteFile(p, []byte("the concern."), 0o400) },
		"emptied":  func(p string) error { return os.Truncate(p, 0) },
		"a link":   func(p string) error { return errors.Join(os.Rename(p, p+".away"), os.Symlink(p+".away", p)) },
		"a folder": func(p string) error { return errors.Join(os.Remove(p), os.Mkdir(p, 0o700)) },
		"a pipe":   func(p string) error { return errors.Join(os.Remove(p), syscall.Mkfifo(p, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := newTest(t)
			d := seal(t, s, "the concern").Digest
			if err := errors.Join(os.Chmod(s.path(d), 0o600), change(s.path(d))); err != nil {
				t.Fatal(err)
			}
			before, _ := os.Lstat(s.path(d))
			if err := s.Verify(t.Context(), d); !errors.Is(err, ErrTampered) {
				t.Errorf("verify: %v", err)
			}
			if _, err := s.Seal(t.Context(), strings.NewReader("the concern")); !errors.Is(err, ErrTampered) {
				t.Errorf("seal: %v", err)
			}
			after, err := os.Lstat(s.path(d))
			if err != nil || !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) {
				t.Errorf("the changed exhibit was touched: %v", err)
			}
		})
	}
}

func TestF34MissingExhibitIsFoundAndMayBeSealedAgain(t *testing.T) {
	s, _ := newTest(t)
	d := seal(t, s, "the concern").Digest
	if err := os.Remove(s.path(d)); err != nil {
		t.Fatal(err)
	}
	if err := s.Verify(t.Context(), d); !errors.Is(err, ErrMissing) {
		t.Error(err)
	}
	if seal(t, s, "the concern"); s.Verify(t.Context(), d) != nil {
		t.Error("not kept again")
	}
}

func TestFolderOpenToOthersIsRefused(t *testing.T) {
	for _, name := range []string{".", "exhibits", "drafts"} {
		for _, mode := range []os.FileMode{0o750, 0o705, 0o710} {
			s, dir := newTest(t)
			s.Close()
			os.Chmod(filepath.Join(dir, name), mode)
			if _, err := Open(dir); !errors.Is(err, ErrExposed) {
				t.Errorf("%s %o: %v", name, mode, err)
			}
		}
	}
}

func TestOpenMakesItsParentsPrivate(t *testing.T) {
	top := filepath.Join(t.TempDir(), "a")
	openTest(t, filepath.Join(top, "b", "evidence"))
	for _, dir := range []string{top, filepath.Join(top, "b"), filepath.Join(top, "b", "evidence")} {
		if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
			t.Errorf("%s: %v %v", dir, info, err)
		}
	}
	file := filepath.Join(top, "file")
	os.WriteFile(file, nil, 0o600)
	if _, err := Open(file); err == nil {
		t.Error("a file was opened as a folder")
	}
}
