package main

import (
	"context"
	"errors"
	"io/fs"
	"net"
	"syscall"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
	"dutydesk/intake/evidence"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/queue"
)

// Exit codes are those of sysexits.h; systemd restarts on 69, 70 and 75 only.
const (
	exitUsage       = 64
	exitData        = 65
	exitUnavailable = 69
	exitBug         = 70
	exitAgain       = 75
	exitConfig      = 78
)

// usageError is a command line that cannot be understood.
type usageError struct{ error }

// causes are the sentinels of each kind of trouble, the gravest kind first: an
// error may bear several. What is in no list is a bug until somebody has
// thought about it.
var causes = []struct {
	code int
	errs []error
}{
	{exitData, []error{evidence.ErrTampered, evidence.ErrMissing, ledger.ErrDamaged, ledger.ErrNotFound, app.ErrGone, app.ErrKept, errDiffers, errNotWritten, errGaps}},
	{exitConfig, []error{ledger.ErrSchema, ledger.ErrOlder, queue.ErrEvicts, queue.ErrOld, queue.ErrForeign, queue.ErrAddress, evidence.ErrExposed, app.ErrKey, app.ErrFolder}},
	{exitAgain, []error{evidence.ErrDisk, app.ErrBusy, syscall.ENOSPC, syscall.EDQUOT, context.Canceled}},
	{exitUnavailable, []error{ledger.ErrAway, ledger.ErrNone, errUnwell, errNoRedis, errUnasked, errNoPrinter, syscall.EIO, context.DeadlineExceeded}},
	{exitConfig, []error{fs.ErrPermission, fs.ErrNotExist, syscall.ENOTDIR, syscall.EROFS}},
}

// exitCode says what kind of trouble err is.
func exitCode(err error) int {
	var problems config.Problems
	var usage usageError
	var data dataError
	var network net.Error
	var bug app.Panic
	switch {
	case errors.As(err, &bug):
		return exitBug
	case errors.As(err, &usage):
		return exitUsage
	case errors.As(err, &problems):
		return exitConfig
	case errors.As(err, &data):
		return exitData
	case errors.Is(err, app.ErrNobody):
		return exitUsage
	}
	for _, c := range causes {
		for _, cause := range c.errs {
			if errors.Is(err, cause) {
				return c.code
			}
		}
	}
	if errors.As(err, &network) {
		return exitUnavailable
	}
	return exitBug
}
