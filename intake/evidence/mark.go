package evidence

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// markName is the file that names the folder.
const markName = "folder"

// Name is what the folder is called, so that it is known for another: 26 random
// letters and digits, "" if it has no name yet.
func (s *Store) Name() (string, error) {
	text, err := os.ReadFile(s.markPath())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", fmt.Errorf("read the folder's name: %w", err)
	}
	return string(bytes.TrimSpace(text)), nil
}

// Christen gives the folder a name, for good, unless it has one, and returns
// which it has. The name is on disk when it returns. Of several who call it at
// once all get the same. A store for looking only gives ErrReading.
func (s *Store) Christen() (string, error) {
	if s.drafts == nil {
		return "", fmt.Errorf("name the folder: %w", ErrReading)
	}
	if name, err := s.Name(); err != nil || name != "" {
		return name, err
	}
	if err := s.christen(strings.ToLower(rand.Text())); err != nil {
		return "", fmt.Errorf("name the folder: %w", err)
	}
	return s.Name()
}

// christen writes the whole file or nothing, and never in the place of another.
func (s *Store) christen(name string) error {
	f, err := os.CreateTemp(s.root(), markName+".*.new")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	_, err = f.WriteString(name + "\n")
	if err = errors.Join(err, f.Chmod(0o400), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Link(f.Name(), s.markPath()); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	dir, err := os.Open(s.root())
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (s *Store) root() string { return filepath.Dir(s.exhibits.dir.Name()) }

func (s *Store) markPath() string { return filepath.Join(s.root(), markName) }
