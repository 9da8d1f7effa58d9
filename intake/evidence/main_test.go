package evidence

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// TestMain is also the program that strace kills and lies to: with childVar
// set it opens that folder, seals three streams and says what it was promised.
func TestMain(m *testing.M) {
	if dir := os.Getenv(childVar); dir != "" {
		os.Exit(child(dir))
	}
	os.Exit(m.Run())
}

const childVar = "EVIDENCE_TEST_CHILD"

// childSeals are three deliveries, the last of them twice.
var childSeals = []string{"one", strings.Repeat("two", chunk), "three", "three"}

// child stays on one thread: strace counts the calls of each thread by itself.
func child(dir string) int {
	runtime.LockOSThread()
	s, err := Open(dir)
	if err != nil {
		fmt.Println("not open:", err)
		return 1
	}
	code := 0
	for _, text := range childSeals {
		sealed, err := s.Seal(context.Background(), strings.NewReader(text))
		switch {
		case err == nil:
			fmt.Println("sealed", sealed.Digest)
		case errors.Is(err, ErrDisk):
			fmt.Println("disk:", err)
			code = 75
		case errors.Is(err, syscall.ENOSPC):
			fmt.Println("full:", err)
		default:
			fmt.Println("refused:", err)
			code = 1
		}
	}
	return code
}
