package app

import (
	"strings"
	"testing"
	"time"

	"dutydesk/config"
)

// What a worker found and a look from outside does not see: since when, what,
// and what to do.
func TestDoctorListsTroubles(t *testing.T) {
	l, cfg := book(t, t.TempDir()), &config.Config{}
	if found := checkTroubles(t.Context(), l, cfg); len(found) != 0 {
		t.Errorf("all is well: %+v", found)
	}
	since := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	for _, name := range []string{"mailbox main", "rounds", "unheard of"} {
		if _, err := l.Down(t.Context(), name, since); err != nil {
			t.Fatal(err)
		}
	}
	found := checkTroubles(t.Context(), l, cfg)
	if len(found) != 3 {
		t.Fatalf("%+v", found)
	}
	if f := found[0]; f.Grade != Warn || !strings.Contains(f.What, "12:00 on Thursday 26 November 2026") || !strings.Contains(f.What, "mailbox main") || f.Why == "" ||
		!strings.Contains(f.Fix, "operator") {
		t.Errorf("%+v", f)
	}
	if f := found[2]; f.Fix == "" || !strings.Contains(f.What, "unheard of") {
		t.Errorf("%+v", f)
	}
}
