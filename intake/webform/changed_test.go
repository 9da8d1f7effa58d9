package webform_test

import (
	"net/url"
	"strings"
	"testing"
)

// F10: what was changed after a report of which nobody knew that it was kept is
// kept too, and names the first; what was not changed stays one report.
func TestF10ChangedAfterDown(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner())
	page := b.hidden()
	w.late(errBroken)
	if b.send(); b.status != 503 || len(w.arrivals()) != 1 {
		t.Fatalf("%d, %d arrivals", b.status, len(w.arrivals()))
	}
	w.late(nil)
	first := string(w.arrivals()[0].Case)
	b.post("/r/4?c=1", url.Values{"what": {"He has a knife and is here now"}}).get("/r/23")
	again := b.hidden()
	b.send()
	_, m, _ := w.read(b.ref())
	if b.ref() == first || !strings.Contains(m.Text, "He has a knife") || !strings.Contains(m.Text, "reference\n"+first+"\n") {
		t.Errorf("%s after %s:\n%s", b.ref(), first, m.Text)
	}
	for form, want := range map[*url.Values]string{&page: first, &again: b.ref()} {
		if x := w.browser().post("/r/23", *form); x.ref() != want {
			t.Errorf("sent again: %q, want %q", x.ref(), want)
		}
	}
	if n := len(w.arrivals()); n != 2 {
		t.Errorf("%d arrivals", n)
	}
}
