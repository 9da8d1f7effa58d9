package app

import (
	"errors"
	"testing"
	"time"

	"dutydesk/config"
)

// The service manager hears of us at least twice within its patience.
func TestWatchdogHalf(t *testing.T) {
	for _, c := range []struct {
		usec, pid string
		want      time.Duration
	}{{"", "", 5 * time.Second}, {"60000000", "7", 5 * time.Second}, {"4000000", "", 2 * time.Second}, {"4000000", "8", 5 * time.Second}, {"x", "7", 5 * time.Second}} {
		env := map[string]string{"WATCHDOG_USEC": c.usec, "WATCHDOG_PID": c.pid}
		if got := watchdogHalf(func(name string) string { return env[name] }, 7, 5*time.Second); got != c.want {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// The doctor says what Redis says, and that nobody looks whether mail arrives.
func TestDoctorNames(t *testing.T) {
	for text, want := range map[string]string{
		"NOAUTH Authentication required.":          "redis wants a password and none is given",
		"WRONGPASS invalid username-password pair": "redis refuses the password",
		"dial tcp 127.0.0.1:1: connection refused": "redis does not answer",
	} {
		if got := noRedis(errors.New(text)); got.What != want {
			t.Errorf("%s: %+v", text, got)
		}
	}
	cfg := &config.Config{Environment: "production"}
	if found := checkCanary(t.Context(), cfg); len(found) != 1 || found[0].Grade != Warn {
		t.Errorf("%+v", found)
	}
	cfg.Canary.Every = config.Duration(time.Hour)
	if found := checkCanary(t.Context(), cfg); len(found) != 0 {
		t.Errorf("%+v", found)
	}
}
