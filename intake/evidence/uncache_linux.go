package evidence

import (
	"os"

	"golang.org/x/sys/unix"
)

// uncache asks the kernel to forget its copy of file (posix_fadvise(2)), so
// that what is read next is what the disk holds. It is a wish: nobody is told
// when it is not granted.
func uncache(file *os.File) {
	_ = unix.Fadvise(int(file.Fd()), 0, 0, unix.FADV_DONTNEED)
}
