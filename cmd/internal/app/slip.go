package app

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"dutydesk/config"
)

// slipSize is the size of the slip's file, which is written in place and never
// grows: a full disk still takes it.
const slipSize = 256

// sameOutage is how long nobody may have looked and it still be one outage.
const sameOutage = time.Hour

// slip is what the data folder knows of an outage of the ledger, over restarts:
// while it lasts nothing can be written anywhere else.
type slip struct {
	path string // "" keeps it in memory

	mu  sync.Mutex
	now outage // guarded by mu
}

// outage is a time during which the ledger could not be written. The zero one is
// none.
type outage struct {
	Since time.Time `json:"since,omitzero"`
	Seen  time.Time `json:"seen,omitzero"` // when it was last seen to be down
	Told  time.Time `json:"told,omitzero"` // when managers were told without the ledger, zero if they were not
}

// long reports an outage of which people hear.
func (o outage) long(patience time.Duration) bool {
	return !o.Since.IsZero() && (!o.Told.IsZero() || o.Seen.Sub(o.Since) >= patience)
}

// openSlip reads the slip of a data folder, or makes it while there is room. One
// that cannot be read says nothing.
func openSlip(cfg *config.Config) (*slip, error) {
	s := &slip{path: filepath.Join(cfg.Data, "outage")}
	text, err := os.ReadFile(s.path)
	if err == nil && json.Unmarshal(text, &s.now) == nil {
		return s, nil
	}
	s.now = outage{}
	return s, s.write()
}

// outage is the one that is on the slip.
func (s *slip) outage() outage {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// down notes that the ledger was seen to be down at now, and returns the outage.
func (s *slip) down(now time.Time) (outage, error) {
	return s.change(func(o *outage) {
		if o.Since.IsZero() || now.Sub(o.Seen) > sameOutage {
			*o = outage{Since: now}
		}
		o.Seen = now
	})
}

// told notes that managers were told without the ledger.
func (s *slip) told(now time.Time) error {
	_, err := s.change(func(o *outage) { o.Told = now })
	return err
}

// over empties the slip.
func (s *slip) over() error {
	_, err := s.change(func(o *outage) { *o = outage{} })
	return err
}

// change holds in memory also when the file cannot be written.
func (s *slip) change(f func(*outage)) (outage, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f(&s.now)
	return s.now, s.write()
}

func (s *slip) write() error {
	if s.path == "" {
		return nil
	}
	text, err := json.Marshal(s.now)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(s.path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("note the outage: %w", err)
	}
	_, err = f.WriteAt(fmt.Appendf(nil, "%-*s\n", slipSize-1, text), 0)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("note the outage: %w", err)
	}
	return nil
}
