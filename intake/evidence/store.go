package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// chunk is how much of a stream is held in memory at a time.
const chunk = 128 << 10

// Store is one evidence folder. It is safe for concurrent use, and several
// processes may share the folder.
type Store struct {
	drafts   *draftFolder // nil for looking only
	exhibits *folder
	chunks   sync.Pool // of *[chunk]byte

	mu     sync.Mutex
	failed error // guarded by mu; the first ErrDisk, and for good
}

// Open opens the evidence folder dir and creates it, mode 0700, if need be. It
// refuses a folder that others may read (ErrExposed) and removes the drafts of
// stores that ended without Close. Whatever it creates is on disk when it
// returns.
func Open(dir string) (*Store, error) {
	s, err := open(dir)
	if err != nil {
		return nil, fmt.Errorf("open evidence %s: %w", dir, err)
	}
	return s, nil
}

func open(dir string) (*Store, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	for _, d := range []string{dir, filepath.Join(dir, "exhibits"), filepath.Join(dir, "drafts")} {
		if err := ensure(d); err != nil {
			return nil, err
		}
	}
	s := newStore()
	if s.exhibits, err = openFolder(filepath.Join(dir, "exhibits"), s.syncOrFail); err != nil {
		return nil, err
	}
	if s.drafts, err = openDrafts(filepath.Join(dir, "drafts")); err != nil {
		return nil, errors.Join(err, s.exhibits.dir.Close())
	}
	return s, nil
}

// OpenReading opens the evidence folder dir for looking only, also while others
// seal in it. It creates nothing, sweeps nothing and changes nothing; Seal and
// Draft give ErrReading. A folder that is not there gives ErrMissing, one that
// others may read ErrExposed.
func OpenReading(dir string) (*Store, error) {
	s := newStore()
	exhibits := filepath.Join(dir, "exhibits")
	err := errors.Join(closed(dir), closed(exhibits))
	if err == nil {
		s.exhibits, err = openFolder(exhibits, s.syncOrFail)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("open evidence %s: %w", dir, err)
	}
	return s, nil
}

// newStore is a store without its folders.
func newStore() *Store {
	return &Store{chunks: sync.Pool{New: func() any { return new([chunk]byte) }}}
}

// Close gives the folder back. Drafts that are neither kept nor discarded are gone.
func (s *Store) Close() error {
	err := s.exhibits.dir.Close()
	if s.drafts != nil {
		err = errors.Join(s.drafts.close(), err)
	}
	return err
}

// Seal keeps everything r yields, up to its end, and returns its name. When
// it returns nil the bytes and the directory entry are on disk. Sealing the
// same bytes again keeps one copy. If r fails, nothing is kept.
func (s *Store) Seal(ctx context.Context, r io.Reader) (Sealed, error) {
	d, err := s.Draft(ctx, r)
	if err != nil {
		return Sealed{}, err
	}
	return d.Keep(ctx)
}

// path is where d is kept. d must be a digest.
func (s *Store) path(d Digest) string {
	return filepath.Join(s.exhibits.dir.Name(), string(d))
}

// err is the first failure of the disk, for good.
func (s *Store) err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed
}

// syncOrFail flushes f. Any refusal ends the store: f may be visible without
// being on disk, and asking again would prove nothing.
func (s *Store) syncOrFail(f *os.File) error {
	if err := s.err(); err != nil {
		return err
	}
	err := f.Sync()
	if err == nil || errors.Is(err, os.ErrClosed) {
		return err
	}
	return s.fail(err)
}

func (s *Store) fail(err error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.failed == nil {
		s.failed = fmt.Errorf("%w: %w", ErrDisk, err)
	}
	return s.failed
}
