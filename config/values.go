package config

import (
	"path/filepath"
	"strings"
	"time"
)

// Duration is a span of time as people write it: "90s", "1h30m".
type Duration time.Duration

// UnmarshalText reads "30s", "5m", "1h30m".
func (d *Duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	*d = Duration(v)
	return err
}

// MarshalText writes it the way people do: "1h", not "1h0m0s".
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String is what MarshalText writes.
func (d Duration) String() string {
	s := time.Duration(d).String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Date is a day as people write it: 2027-03-01 (RFC 3339, full-date).
type Date string

// Time is the beginning of the day, UTC; zero when none is given.
func (d Date) Time() time.Time {
	t, _ := time.Parse(time.DateOnly, string(d)) // Load refuses what is no day
	return t
}

// EvidenceDir is the folder of the kept bytes.
func (c *Config) EvidenceDir() string {
	if c.Evidence.Dir != "" {
		return c.Evidence.Dir
	}
	return filepath.Join(c.Data, "evidence")
}

// KeyFile is the file of the desk's key.
func (c *Config) KeyFile() string {
	if c.Desk.KeyFile != "" {
		return c.Desk.KeyFile
	}
	return filepath.Join(c.Data, "desk.key")
}

// EmbeddedRedis reports whether Redis is started inside the worker.
func (c *Config) EmbeddedRedis() bool { return c.Redis.URL == "" || c.Redis.URL == "embedded" }

// Postgres reports whether the ledger is a PostgreSQL database.
func (c *Config) Postgres() bool {
	return c.Ledger.URLFile != "" || isPostgres(c.Ledger.URL)
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// Zone is the service's time zone; Load refuses a file that names none.
func (c *Config) Zone() *time.Location {
	z, err := time.LoadLocation(c.Service.TimeZone)
	if err != nil {
		return time.UTC
	}
	return z
}

// LedgerTarget is what the ledger is opened with: the path of a SQLite file, or
// a PostgreSQL URL. It may hold a password and is never printed.
func (c *Config) LedgerTarget() string {
	if !c.Postgres() {
		if path := strings.TrimPrefix(c.Ledger.URL, "sqlite:"); path != "" {
			return path
		}
		return filepath.Join(c.Data, "ledger.db")
	}
	target, _ := c.Ledger.whole()
	return withPassword(target, c.Ledger.password())
}

// ReconcileAt is the hour and minute of the daily comparison; ok is false for
// never.
func (d Desk) ReconcileAt() (hour, minute int, ok bool) {
	t, err := time.Parse("15:04", d.Reconcile)
	return t.Hour(), t.Minute(), err == nil
}

// Time is the hour and minute of the daily list; ok is false for never.
func (d Digest) Time() (hour, minute int, ok bool) {
	t, err := time.Parse("15:04", d.At)
	return t.Hour(), t.Minute(), err == nil
}
