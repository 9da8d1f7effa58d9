package evidence

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
)

// folder makes names in one folder durable, many with one fsync.
type folder struct {
	dir  *os.File
	sync func(*os.File) error

	turn chan struct{} // holds one token while a flush runs
	mu   sync.Mutex
	next *flush // guarded by mu; the flush that has not begun
}

// flush is one fsync that several callers wait for.
type flush struct {
	done chan struct{}
	err  error // owned by the leader until done is closed
}

func openFolder(path string, sync func(*os.File) error) (*folder, error) {
	dir, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	return newFolder(dir, sync), nil
}

func newFolder(dir *os.File, sync func(*os.File) error) *folder {
	return &folder{dir: dir, sync: sync, turn: make(chan struct{}, 1)}
}

// flush returns when every name that was in the folder at the call is on disk.
// Callers that come while one flush runs share the next; an error of it is an
// error of them all.
func (f *folder) flush() error {
	mine, leads := f.join()
	if leads {
		f.lead(mine)
	}
	<-mine.done
	return mine.err
}

// join returns the flush that has not begun, and whether the caller must lead it.
func (f *folder) join() (*flush, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.next != nil {
		return f.next, false
	}
	f.next = &flush{done: make(chan struct{})}
	return f.next, true
}

// lead closes the flush to newcomers before it begins: a name added later may
// not be covered by it.
func (f *folder) lead(mine *flush) {
	f.turn <- struct{}{}
	defer func() { <-f.turn }()
	f.mu.Lock()
	f.next = nil
	f.mu.Unlock()
	mine.err = f.sync(f.dir)
	close(mine.done)
}

// ensure creates the folder with its parents, or refuses one that others may
// enter. Its name is on disk when ensure returns, even if an earlier run made
// it and died before saying so.
func ensure(dir string) error {
	if err := create(dir); err != nil {
		return err
	}
	return closed(dir)
}

// closed refuses what is no folder, and a folder that others may enter.
func closed(dir string) error {
	info, err := os.Stat(dir)
	switch {
	case err != nil:
		return err
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("%s has mode %04o, must be 0700: %w", dir, info.Mode().Perm(), ErrExposed)
	}
	return nil
}

func create(dir string) error {
	err := os.Mkdir(dir, 0o700)
	if errors.Is(err, fs.ErrNotExist) {
		if err = create(filepath.Dir(dir)); err != nil {
			return err
		}
		err = os.Mkdir(dir, 0o700)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return syncName(dir, err != nil)
}

// syncName flushes the parent of dir. A parent we may not read is forgiven if
// it held dir before: whoever runs the machine made dir, not we.
func syncName(dir string, existed bool) error {
	parent, err := os.Open(filepath.Dir(dir))
	if existed && errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(parent.Sync(), parent.Close())
}
