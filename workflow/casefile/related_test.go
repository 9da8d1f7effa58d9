package casefile

import (
	"testing"
	"time"
)

// Two cases of one trace are a repeat within 90 and 365 days, and possibly a
// course of conduct where it is that of somebody said to be responsible on both.
func TestRelated(t *testing.T) {
	one := Case{Ref: "SG-1", Opened: noon, File: File{Parties: "SUBJECT\tUNK\tx\t@a 07700900123\nWITNESS\tUNK\ty\t@w\n"}}
	for _, tt := range []struct {
		parties Parties
		days    int
		want    Related
	}{
		{"SUBJECT\tUNK\tz\t@a\n", -90, Related{"SG-2", 90, 90, true, "@a"}},
		{"SUBJECT\tUNK\tz\t@a\n", 91, Related{"SG-2", 91, 365, true, "@a"}},
		{"AFFECTED\tUNK\tz\t@a @w\n", 365, Related{"SG-2", 365, 365, false, "@a @w"}},
		{"SUBJECT\tUNK\tz\t@w\n", 366, Related{"SG-2", 366, 0, false, "@w"}},
	} {
		other := Case{Ref: "SG-2", Opened: noon.Add(time.Duration(tt.days) * 24 * time.Hour), File: File{Parties: tt.parties}}
		if got := one.Related(other); got != tt.want {
			t.Errorf("%d days: %+v, want %+v", tt.days, got, tt.want)
		}
	}
}
