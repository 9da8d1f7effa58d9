package evidence

import (
	"errors"
	"os"
	"testing"
	"testing/synctest"
)

// Those who come while a flush runs share the next one: no one is served by a
// flush that began before he came, and an error is told to all it concerns.
func TestFlushesAreShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		flushed, answer := 0, make(chan error)
		f := newFolder(nil, func(*os.File) error { flushed++; return <-answer })
		told := make(chan error, 32)
		come := func() { told <- f.flush() }
		go come()
		synctest.Wait() // the first flush runs
		for range 31 {
			go come()
		}
		synctest.Wait() // and all others wait
		answer <- nil
		synctest.Wait()
		if len(told) != 1 || <-told != nil {
			t.Fatal("others were served by a flush that began before they came")
		}
		lost := errors.New("lost")
		answer <- lost
		synctest.Wait()
		if len(told) != 31 || flushed != 2 {
			t.Fatalf("%d flushes, %d of 31 told", flushed, len(told))
		}
		for range 31 {
			if err := <-told; !errors.Is(err, lost) {
				t.Errorf("told %v", err)
			}
		}
	})
}
