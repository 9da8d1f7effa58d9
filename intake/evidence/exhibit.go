package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
	"time"
)

// Exhibit is an opened exhibit. It has no position and no way to be written;
// several readers may share it. Close it.
type Exhibit struct {
	file *os.File
	size int64
}

// Open opens an exhibit, or gives ErrMissing. It does not prove that the bytes
// are still those of the name: Verify does.
func (s *Store) Open(_ context.Context, name Digest) (Exhibit, error) {
	file, info, err := s.find(name)
	if err != nil {
		return Exhibit{}, fmt.Errorf("open exhibit %s: %w", name.short(), err)
	}
	return Exhibit{file, info.Size()}, nil
}

// ReadAt is io.ReaderAt.
func (e Exhibit) ReadAt(p []byte, off int64) (int, error) { return e.file.ReadAt(p, off) }

// Size is in bytes.
func (e Exhibit) Size() int64 { return e.size }

// Close is io.Closer.
func (e Exhibit) Close() error { return e.file.Close() }

// SealedAt is when an exhibit's bytes were written, by the file system's word,
// which proves nothing; or ErrMissing.
func (s *Store) SealedAt(name Digest) (time.Time, error) {
	file, info, err := s.find(name)
	if err != nil {
		return time.Time{}, fmt.Errorf("look at exhibit %s: %w", name.short(), err)
	}
	return info.ModTime(), file.Close()
}

// Verify reads an exhibit from the disk, past the cache where the system allows,
// and gives nil, ErrMissing or ErrTampered; any other error is a fault of
// reading and says nothing about the bytes.
func (s *Store) Verify(ctx context.Context, name Digest) error {
	file, _, err := s.find(name)
	if err != nil {
		return fmt.Errorf("verify exhibit %s: %w", name.short(), err)
	}
	uncache(file)
	if err := errors.Join(s.check(ctx, file, name), file.Close()); err != nil {
		return fmt.Errorf("verify exhibit %s: %w", name.short(), err)
	}
	return nil
}

// check reads all of file and gives ErrTampered unless name is its digest.
func (s *Store) check(ctx context.Context, file *os.File, name Digest) error {
	sum := sha256.New()
	if _, err := s.copy(ctx, io.Discard, sum, io.NewSectionReader(file, 0, 1<<62)); err != nil {
		return err
	}
	if found := digestOf(sum.Sum(nil)); found != name {
		return fmt.Errorf("bytes are %s: %w", found.short(), ErrTampered)
	}
	return nil
}

func (s *Store) find(name Digest) (*os.File, fs.FileInfo, error) {
	if !isDigest(string(name)) {
		return nil, nil, fmt.Errorf("%w: %w", ErrMissing, ErrNotDigest)
	}
	file, err := openExhibit(s.path(name))
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return file, info, nil
}

// openExhibit opens a kept file for reading. Whatever else bears an exhibit's
// name (a link, a folder, a pipe) was put there by somebody.
func openExhibit(path string) (*os.File, error) {
	file, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NOFOLLOW|syscall.O_NONBLOCK, 0)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrMissing
	case errors.Is(err, syscall.ELOOP):
		return nil, fmt.Errorf("is a link: %w", ErrTampered)
	case err != nil:
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(fmt.Errorf("is not a file: %w", ErrTampered), err, file.Close())
	}
	return file, nil
}
