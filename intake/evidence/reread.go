package evidence

import "fmt"

// ReadAt is io.ReaderAt: a draft may be read as often as need be until Keep or
// Discard spends it, which closes it under whoever still reads.
func (d *Draft) ReadAt(p []byte, off int64) (int, error) {
	n, err := d.file.ReadAt(p, off)
	if err != nil && n < len(p) && off+int64(n) < d.sealed.Size {
		return n, fmt.Errorf("read draft: %w", err)
	}
	return n, err
}
