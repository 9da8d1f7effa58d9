package webform_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"dutydesk/intake/webform"
)

// Over HTTPS no neighbour of the site can plant a cookie, and of two cookies
// neither counts (T12).
func TestPlantedCookie(t *testing.T) {
	w := newWorld(t)
	f, err := webform.New(webform.Options{Desk: w, Triage: "service", Leave: "https://weather.example/", Secure: true, Now: w.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	begin := func() string {
		rec := httptest.NewRecorder()
		f.ServeHTTP(rec, httptest.NewRequest(http.MethodPost, "/begin", nil))
		cookie, rest, _ := strings.Cut(rec.Header().Get("Set-Cookie"), ";")
		if !strings.HasPrefix(cookie, "__Host-s=") || !strings.Contains(rest, "Secure") {
			t.Fatalf("%s;%s", cookie, rest)
		}
		return cookie
	}
	planted, own := begin(), begin()
	for cookies, want := range map[string]int{own: http.StatusOK, planted + "; " + own: http.StatusGone} {
		r, rec := httptest.NewRequest(http.MethodGet, "/r/1", nil), httptest.NewRecorder()
		r.Header.Set("Cookie", cookies)
		if f.ServeHTTP(rec, r); rec.Code != want {
			t.Errorf("%s: %d, want %d", cookies, rec.Code, want)
		}
	}
}

// Another site's picture of the way out ends no draft and clears nothing.
func TestLeaveForOthers(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner())
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.site+"/leave", nil)
	if err == nil {
		r.Header.Set("Sec-Fetch-Site", "cross-site")
	}
	if b.do(r, err); b.status != http.StatusForbidden || b.head.Get("Clear-Site-Data") != "" || b.head.Get("Set-Cookie") != "" {
		t.Errorf("%d %v", b.status, b.head)
	}
	if b.get("/r/23"); b.title() != "Check your answers" {
		t.Errorf("%d %s", b.status, b.title())
	}
}

// When the receipt has gone, nobody is told that nothing was sent.
func TestAfterSent(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner()).send()
	w.pass(31 * time.Minute)
	if b.get("/r/24"); b.status != http.StatusGone || strings.Contains(b.page, "No report was sent") {
		t.Errorf("%d\n%s", b.status, b.page)
	}
}
