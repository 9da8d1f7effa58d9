package demo

import (
	"slices"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
)

// On each of three mornings everybody on the desk has one list in their mailbox,
// though nothing is open: the whole way from the round to the mail.
func TestDailyListArrives(t *testing.T) {
	d := newDemo(t)
	for n := range 3 {
		y, m, day := d.Clock.Now().In(d.zone).Date()
		if err := d.Forward(t.Context(), time.Date(y, m, day+1, 8, 31, 0, 0, d.zone)); err != nil {
			t.Fatal(err)
		}
		deadline := time.Now().Add(20 * time.Second)
		for lists(t, d, "manager") != n+1 || lists(t, d, "lead") != n+1 {
			if time.Now().After(deadline) {
				t.Fatalf("morning %d: %d lists", n+1, lists(t, d, "manager"))
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	b, err := d.Books(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if i := slices.IndexFunc(b.Letters, func(x app.Letter) bool { return x.Kind == "daily" && x.Case != "" }); i >= 0 {
		t.Errorf("a list belongs to a case: %+v", b.Letters[i])
	}
}

// lists counts the daily lists in a mailbox.
func lists(t *testing.T, d *Demo, person string) (n int) {
	t.Helper()
	box, err := d.Council.Box(t.Context(), person)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range box {
		if m.Subject == "Safeguarding desk: daily list" {
			n++
		}
	}
	return n
}
