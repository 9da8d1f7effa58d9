package evidence

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"slices"
	"time"
)

// Digests lists what is in the folder when it is called, in order of digest.
// Being listed does not prove being whole. An error ends the list.
func (s *Store) Digests(ctx context.Context) iter.Seq2[Digest, error] {
	return func(yield func(Digest, error) bool) {
		found, err := s.digests(ctx)
		for _, sum := range found {
			if !yield(digestOf(sum[:]), nil) {
				return
			}
		}
		if err != nil {
			yield("", fmt.Errorf("list exhibits: %w", err))
		}
	}
}

// digests holds 32 bytes for each exhibit, so that a million can be put in order.
func (s *Store) digests(ctx context.Context) (found [][32]byte, err error) {
	err = s.names(ctx, func(name string) bool {
		if isDigest(name) {
			sum, _ := hex.DecodeString(name)
			found = append(found, [32]byte(sum))
		}
		return true
	})
	slices.SortFunc(found, func(a, b [32]byte) int { return bytes.Compare(a[:], b[:]) })
	return found, err
}

// SealedAfter counts the exhibits that were written after a moment, by the file
// system's word. It costs nothing while nothing was added since.
func (s *Store) SealedAfter(ctx context.Context, at time.Time) (n int, err error) {
	info, err := s.exhibits.dir.Stat()
	if err != nil || !info.ModTime().After(at) {
		return 0, err
	}
	for d, err := range s.Digests(ctx) {
		if err != nil {
			return n, err
		}
		if sealed, err := s.SealedAt(d); err == nil && sealed.After(at) {
			n++
		}
	}
	return n, nil
}

// Strays lists names among the exhibits that no exhibit can have: somebody else
// put them there. They are left alone.
func (s *Store) Strays(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := s.names(ctx, func(name string) bool {
			return isDigest(name) || yield(name, nil)
		})
		if err != nil {
			yield("", fmt.Errorf("list strays: %w", err))
		}
	}
}

// names calls f with every name among the exhibits until f returns false.
func (s *Store) names(ctx context.Context, f func(string) bool) (err error) {
	dir, err := os.Open(s.exhibits.dir.Name())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dir.Close()) }()
	for ctx.Err() == nil {
		some, err := dir.Readdirnames(1024)
		for _, name := range some {
			if !f(name) {
				return nil
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
	return ctx.Err()
}
