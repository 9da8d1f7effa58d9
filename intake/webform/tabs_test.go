package webform_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// What a page shows is what it sends, also when another tab began again: each
// report is kept, and none has an answer of the other.
func TestTwoTabs(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"what": "FIRST STORY"}))
	first := *b
	b.tell(learner().with(story{"what": "SECOND STORY", "org": "northgate", "image": "no"})).get("/r/22").upload("second.txt", []byte("x")).get("/r/23")
	for words, tab := range map[string]*browser{"FIRST STORY": &first, "SECOND STORY": b} {
		_, m, _ := w.read(tab.send().ref())
		if !strings.Contains(m.Text, words) || (len(m.Attachments) == 1) != (words == "SECOND STORY") {
			t.Errorf("%s: %d files\n%s", words, len(m.Attachments), m.Text)
		}
	}
	if n := len(w.arrivals()); n != 2 {
		t.Errorf("%d arrivals", n)
	}
}

// An answer or a file from a tab of another draft is shown and not taken.
func TestOtherTabsAnswer(t *testing.T) {
	w := newWorld(t)
	a := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"})).get("/r/11")
	page, file := a.hidden(), *a
	file.get("/r/22")
	b := *a
	b.tell(learner().with(story{"what": "B1", "org": "northgate", "image": "no"}))
	page.Set("by.name", "NAME-OF-A")
	if a.post("/r/11", page); a.status != http.StatusConflict || !strings.Contains(a.page, "NAME-OF-A") {
		t.Errorf("%d %s", a.status, a.page)
	}
	if file.upload("of-a.txt", []byte("x")); file.status == http.StatusOK || w.drafts() != 0 {
		t.Errorf("%d, %d files", file.status, w.drafts())
	}
	if b.get("/r/23"); strings.Contains(b.page, "NAME-OF-A") || strings.Contains(b.page, "of-a.txt") {
		t.Error("one tab's answer is in the other's report")
	}
	a.post("/r/11", url.Values{"t": {a.hidden().Get("t")}, "by.name": {"NAME-OF-A"}})
	if b.get("/r/23"); !strings.Contains(b.page, "NAME-OF-A") {
		t.Error("an answer that was sent once more is lost")
	}
}
