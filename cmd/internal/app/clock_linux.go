package app

import "golang.org/x/sys/unix"

// clockIsKept reports whether something keeps the machine's clock right, as far
// as the kernel tells (adjtimex(2)).
func clockIsKept() bool {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	return err != nil || state != unix.TIME_ERROR
}
