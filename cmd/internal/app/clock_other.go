//go:build !linux

package app

// clockIsKept has no portable form: where the kernel is not asked, all is well.
func clockIsKept() bool { return true }
