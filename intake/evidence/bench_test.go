package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
)

// Keep against the bare loop (create, write, fsync, close, one file after the
// other): go test -bench Keep -benchtime 1500x. A fixed count, and one folder
// removed at the very end, because a disk mounted with discard is slow for
// seconds after files are deleted.
func BenchmarkKeep(b *testing.B) {
	top := b.TempDir()
	for _, size := range []int{4 << 10, 1 << 20} {
		b.Run(fmt.Sprintf("%dKB/bare", size>>10), func(b *testing.B) {
			measure(b, size, 1, func(body io.Reader) error { return bare(top, body) })
		})
		for _, writers := range []int{1, 16, 32} {
			b.Run(fmt.Sprintf("%dKB/seal-%d", size>>10, writers), func(b *testing.B) {
				s := openTest(b, filepath.Join(top, b.Name()))
				measure(b, size, writers, func(body io.Reader) error {
					_, err := s.Seal(b.Context(), body)
					return err
				})
			})
		}
	}
}

func measure(b *testing.B, size, writers int, keep func(io.Reader) error) {
	var wg sync.WaitGroup
	left, salt := atomic.Int64{}, rand.Uint64()
	left.Store(int64(b.N))
	b.ResetTimer()
	for range writers {
		wg.Go(func() {
			body := make([]byte, size)
			for n := left.Add(-1); n >= 0; n = left.Add(-1) {
				binary.LittleEndian.PutUint64(body, salt+uint64(n))
				if err := keep(bytes.NewReader(body)); err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "files/s")
}

var bareFiles atomic.Int64

func bare(dir string, body io.Reader) error {
	file, err := os.Create(filepath.Join(dir, fmt.Sprint(bareFiles.Add(1))))
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := io.Copy(file, body); err != nil {
		return err
	}
	return file.Sync()
}
