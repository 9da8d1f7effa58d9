package app

import (
	"context"
	"net"
	"os"
	"strconv"
	"strings"
	"time"
)

// tellSystemd tells the service manager how the worker is (sd_notify(3)), if
// there is one that listens. An abstract socket begins with "@".
func tellSystemd(ctx context.Context, state string) {
	path := os.Getenv("NOTIFY_SOCKET")
	if path == "" {
		return
	}
	c, err := new(net.Dialer).DialContext(ctx, "unixgram", strings.Replace(path, "@", "\x00", 1))
	if err != nil {
		return // the watchdog will notice
	}
	defer c.Close()
	c.Write([]byte(state)) // a lost word is said again at the next look
}

// watchdogHalf is half the time within which the service manager wants to hear
// from this process (sd_watchdog_enabled(3)), or most if that is less.
func watchdogHalf(env func(string) string, pid int, most time.Duration) time.Duration {
	usec, err := strconv.ParseInt(env("WATCHDOG_USEC"), 10, 64)
	if other := env("WATCHDOG_PID"); err != nil || usec <= 0 || other != "" && other != strconv.Itoa(pid) {
		return most
	}
	return max(time.Millisecond, min(most, time.Duration(usec)*time.Microsecond/2))
}
