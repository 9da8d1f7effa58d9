package evidence

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// tmpfs mounts a small file system of its own, which only root may.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "disk")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if os.Getuid() != 0 {
		t.Skip("mounting a small disk needs root")
	}
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, options); err != nil {
		lack(t, "cannot mount tmpfs: "+err.Error())
	}
	t.Cleanup(func() { syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

func TestF29FullDiskLeavesNoHalfFile(t *testing.T) {
	disk := tmpfs(t, "size=1m,mode=0700")
	dir := filepath.Join(disk, "evidence")
	s := openTest(t, dir)
	seal(t, s, "before")
	big := strings.Repeat("x", 2<<20)
	for range 3 {
		if _, err := s.Seal(t.Context(), strings.NewReader(big)); !errors.Is(err, syscall.ENOSPC) || errors.Is(err, ErrDisk) {
			t.Fatal(err)
		}
		onlyExhibits(t, dir, 1)
	}
	seal(t, s, strings.Repeat("y", 512<<10)) // room was given back
	onlyExhibits(t, dir, 2)
}

func TestF37NoInodesLeft(t *testing.T) {
	dir := filepath.Join(tmpfs(t, "size=1m,nr_inodes=8,mode=0700"), "evidence")
	s := openTest(t, dir)
	kept := 0
	for ; ; kept++ {
		_, err := s.Seal(t.Context(), strings.NewReader(strings.Repeat("z", kept+1)))
		if errors.Is(err, syscall.ENOSPC) {
			break
		}
		if err != nil || kept > 8 {
			t.Fatal(kept, err)
		}
	}
	onlyExhibits(t, dir, kept)
}

func TestF31ReadOnlyDisk(t *testing.T) {
	disk := tmpfs(t, "size=1m,mode=0700")
	dir := filepath.Join(disk, "evidence")
	s := openTest(t, dir)
	d := seal(t, s, "before").Digest
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Seal(t.Context(), strings.NewReader("after")); !errors.Is(err, syscall.EROFS) {
		t.Error(err)
	}
	if err := s.Verify(t.Context(), d); err != nil {
		t.Error(err)
	}
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT, ""); err != nil {
		t.Fatal(err)
	}
	seal(t, s, "after")
	onlyExhibits(t, dir, 2)
}
