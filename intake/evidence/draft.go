package evidence

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"sync"
	"syscall"
)

// Draft is a stream that has ended and has its name, but is not kept yet: a
// crash forgets it. Call Keep or Discard once; either spends the draft.
type Draft struct {
	store  *Store
	file   *os.File
	sealed Sealed

	spend sync.Once
}

// Draft takes everything r yields into a file beside the exhibits, holding no
// more than a chunk in memory. On any error, r's own included, nothing is left.
// ctx is looked at between reads.
func (s *Store) Draft(ctx context.Context, r io.Reader) (*Draft, error) {
	if s.drafts == nil {
		return nil, fmt.Errorf("begin draft: %w", ErrReading)
	}
	file, err := s.drafts.create()
	if err != nil {
		return nil, fmt.Errorf("begin draft: %w", err)
	}
	d := &Draft{store: s, file: file}
	sum := sha256.New()
	if d.sealed.Size, err = s.copy(ctx, file, sum, r); err != nil {
		d.Discard()
		return nil, fmt.Errorf("write draft: %w", err)
	}
	d.sealed.Digest = digestOf(sum.Sum(nil))
	return d, nil
}

// copy writes r to file and sum in full chunks, and counts.
func (s *Store) copy(ctx context.Context, file io.Writer, sum hash.Hash, r io.Reader) (size int64, err error) {
	buf := s.chunks.Get().(*[chunk]byte)
	defer s.chunks.Put(buf)
	for {
		n, err := fill(ctx, r, buf[:])
		if err != nil && err != io.EOF {
			return size, err
		}
		sum.Write(buf[:n])
		size += int64(n)
		if _, werr := file.Write(buf[:n]); werr != nil {
			return size, werr
		}
		if err == io.EOF {
			return size, nil
		}
	}
}

// fill reads until p is full or r ends. Only io.EOF itself is an end: a wrapped
// one, or io.ErrUnexpectedEOF, says that the stream was cut, and what was cut
// must never be kept as if it were whole. (io.ReadFull cannot tell.)
func fill(ctx context.Context, r io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		if err := ctx.Err(); err != nil {
			return n, err
		}
		var m int
		m, err = r.Read(p[n:])
		n += m
	}
	return n, err
}

// Digest is the name under which Keep would keep the draft.
func (d *Draft) Digest() Digest { return d.sealed.Digest }

// Size is in bytes.
func (d *Draft) Size() int64 { return d.sealed.Size }

// Discard forgets the draft. After Keep or Discard it does nothing.
func (d *Draft) Discard() {
	d.spend.Do(d.remove)
}

// remove has nobody to tell of a failure: a draft that stays is swept by the
// next Open.
func (d *Draft) remove() {
	d.file.Close()
	os.Remove(d.file.Name())
}

// Keep makes the draft an exhibit. When it returns nil, bytes and directory
// entry are on disk. If the same bytes are kept already they are flushed
// again, since what is visible is not therefore on disk; if the kept copy has
// other bytes, ErrTampered. ctx is looked at before the first step only: what
// is begun is finished.
func (d *Draft) Keep(ctx context.Context) (Sealed, error) {
	err := ErrSpent
	d.spend.Do(func() {
		defer d.remove()
		err = d.keep(ctx)
	})
	if err != nil {
		return Sealed{}, fmt.Errorf("keep %s: %w", d.sealed.Digest.short(), err)
	}
	return d.sealed, nil
}

// keep: the order of its steps is the promise. The file is flushed under its
// draft name, so that an exhibit is whole whenever it can be seen; link, unlike
// rename, never overwrites.
func (d *Draft) keep(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if err := d.flush(); err != nil {
		return err
	}
	err := os.Link(d.file.Name(), d.store.path(d.sealed.Digest))
	if errors.Is(err, fs.ErrExist) {
		err = d.store.reflush(ctx, d.sealed.Digest)
	}
	if err != nil {
		return err
	}
	return d.store.exhibits.flush()
}

// flush flushes the draft's bytes. A disk that is merely full costs the draft
// and nothing else; any other refusal ends the store.
func (d *Draft) flush() error {
	if err := d.store.err(); err != nil {
		return err
	}
	err := d.file.Sync()
	if err == nil || errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return err
	}
	return d.store.fail(err)
}

// reflush proves that the exhibit kept before has the bytes of its name, and
// flushes them.
func (s *Store) reflush(ctx context.Context, name Digest) (err error) {
	file, err := openExhibit(s.path(name))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if err := s.check(context.WithoutCancel(ctx), file, name); err != nil {
		return err
	}
	return s.syncOrFail(file)
}
