package webform_test

import (
	"net/url"
	"strings"
	"testing"
)

// An answer that no page shows any more was taken back: it is neither sealed nor
// in the page.
func TestWithdrawn(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"who": "other", "forms": "sexual", "person.age": "u18", "name": "yes", "reach.ways": "text", "reach.how": "07700900000"}))
	b.post("/r/3?c=1", url.Values{"who": {"self"}})
	for b.turn(learner()) {
	}
	b.post("/r/17?c=1", url.Values{"name": {"no"}}).get("/r/23")
	if strings.Contains(b.page, "07700900000") || strings.Contains(b.page, `value="sexual"`) {
		t.Error("the page has what was taken back")
	}
	_, _, raw := w.read(b.send().ref())
	for _, gone := range []string{"07700900000", "forms=", "reach.", "person.age"} {
		if strings.Contains(raw, gone) {
			t.Errorf("%s is sealed", gone)
		}
	}
}

// A file that goes because of another organisation is named, to its sender and in
// the report.
func TestFilesOfAnotherOrganisation(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"})).get("/r/22").upload("chat.txt", []byte("hello"))
	b.post("/r/10?c=1", url.Values{"org": {"service"}}).get("/r/23")
	if !strings.Contains(b.page, "chat.txt") {
		t.Error("nobody is told before it is sent")
	}
	_, m, _ := w.read(b.send().ref())
	if !strings.Contains(b.page, "chat.txt") || !strings.Contains(m.Text, "A file that did not arrive\nchat.txt\n") {
		t.Errorf("%s", m.Text)
	}
}
