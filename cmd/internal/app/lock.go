package app

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// ErrBusy reports a data folder that another worker uses.
var ErrBusy = errors.New("another dutydesk uses this data folder")

// lockData makes the data folder and holds it for this process alone, until the
// returned file is closed or the process ends, however it ends.
func lockData(dir string) (*os.File, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make data folder: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("lock data folder: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("lock %s: %w", dir, ErrBusy), f.Close())
	}
	return f, nil
}

// instance is the name of this worker over all its restarts: it is kept in the
// data folder, which only one process holds at a time.
func instance(dir string) (string, error) {
	name, err := keep(filepath.Join(dir, "instance"), func() string { return strings.ToLower(rand.Text()) })
	if err != nil {
		return "", fmt.Errorf("name this worker: %w", err)
	}
	return name, nil
}

// keep reads the file at path, or writes what fresh returns into it, durably and
// for our own eyes only. Of several workers that write at once, all get what the
// first one wrote.
func keep(path string, fresh func() string) (string, error) {
	old, err := os.ReadFile(path)
	if err == nil {
		return string(bytes.TrimSpace(old)), nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	text := fresh()
	err = create(path, path+"."+strings.ToLower(rand.Text())+".new", text+"\n")
	if errors.Is(err, fs.ErrExist) {
		old, err = os.ReadFile(path)
		text = string(bytes.TrimSpace(old))
	}
	return text, err
}

// create writes the whole file, by way of tmp, or nothing; it never takes the
// place of a file that is there (fs.ErrExist).
func create(path, tmp, text string) error {
	defer os.Remove(tmp)
	if err := writeSynced(tmp, text); err != nil {
		return err
	}
	if err := os.Link(tmp, path); err != nil {
		return err
	}
	return syncDir(filepath.Dir(path))
}

func writeSynced(path, text string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
