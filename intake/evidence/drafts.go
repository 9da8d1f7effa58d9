package evidence

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"syscall"
)

// draftFolder is where one store puts its drafts. The lock on it tells other
// processes that its drafts are alive.
type draftFolder struct {
	lock *os.File
	last atomic.Uint64
}

// openDrafts sweeps what dead stores left under parent and makes a folder of
// our own. Holding parent's lock for this keeps two stores that open together
// from sweeping each other between mkdir and lock.
func openDrafts(parent string) (_ *draftFolder, err error) {
	gate, err := os.Open(parent)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, gate.Close()) }()
	if err := flock(gate, syscall.LOCK_EX); err != nil {
		return nil, err
	}
	if err := sweep(parent); err != nil {
		return nil, err
	}
	own, err := os.MkdirTemp(parent, "")
	if err != nil {
		return nil, err
	}
	lock, err := lockFolder(own)
	if err != nil {
		return nil, err
	}
	return &draftFolder{lock: lock}, nil
}

// sweep removes the drafts of every store that is no longer there to lock them.
func sweep(parent string) error {
	entries, err := os.ReadDir(parent)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := sweepOne(filepath.Join(parent, e.Name())); err != nil {
			return fmt.Errorf("sweep drafts: %w", err)
		}
	}
	return nil
}

func sweepOne(path string) error {
	lock, err := lockFolder(path)
	if errors.Is(err, syscall.EWOULDBLOCK) || errors.Is(err, os.ErrNotExist) {
		return nil // alive, or closed just now
	}
	if err != nil {
		return err
	}
	return errors.Join(os.RemoveAll(path), lock.Close())
}

// lockFolder locks path until the file it returns is closed, or gives
// EWOULDBLOCK when somebody else holds it.
func lockFolder(path string) (*os.File, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if err := flock(dir, syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(err, dir.Close())
	}
	return dir, nil
}

// flock is flock(2), which the kernel releases when the process dies.
func flock(dir *os.File, how int) error {
	for {
		err := syscall.Flock(int(dir.Fd()), how)
		if err != syscall.EINTR {
			return os.NewSyscallError("flock "+dir.Name(), err)
		}
	}
}

// create opens a new draft. It is read-only by name from the start: the mode
// is the exhibit's, and is flushed with its bytes.
func (d *draftFolder) create() (*os.File, error) {
	name := strconv.FormatUint(d.last.Add(1), 36)
	return os.OpenFile(filepath.Join(d.lock.Name(), name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o400)
}

func (d *draftFolder) close() error {
	return errors.Join(os.RemoveAll(d.lock.Name()), d.lock.Close())
}
