package app

import (
	"testing"

	"dutydesk/workflow/casefile/law"
	"dutydesk/workflow/sla"
)

// The doctor names a list of laws that nobody reviewed in time.
func TestDoctorOnTheLaw(t *testing.T) {
	l, err := law.Published()
	if err != nil {
		t.Fatal(err)
	}
	for late, want := range []Grade{OK, Warn} {
		fs := lawFindings(l, l.NextReview+sla.Day(late))
		if len(fs) != 1 || fs[0].Grade != want {
			t.Errorf("%d days late: %+v", late, fs)
		}
	}
}
