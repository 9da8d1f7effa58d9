package webform_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"dutydesk/intake"
	"dutydesk/intake/webform"
)

// stuck is a desk that keeps nothing until it is set free.
type stuck struct {
	*world
	in, free chan bool
}

// Report implements webform.Desk.
func (s stuck) Report(context.Context, intake.Delivery) (string, error) {
	s.in <- true
	<-s.free
	return "", errors.New("late")
}

// unreading is a browser that never reads a page.
type unreading struct {
	http.ResponseWriter
	in, free chan bool
}

// Write implements http.ResponseWriter.
func (u unreading) Write(p []byte) (int, error) {
	u.in <- true
	<-u.free
	return len(p), nil
}

// Whoever leaves does so at once, also while the report is being kept, and no
// draft stays behind a browser that does not read.
func TestLeaveWaitsForNobody(t *testing.T) {
	w := newWorld(t)
	s := stuck{w, make(chan bool), make(chan bool)}
	f, err := webform.New(webform.Options{Desk: s, Orgs: []webform.Org{{ID: "service", Name: "S"}}, Triage: "service", Leave: "https://weather.example/", Now: w.now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	site := httptest.NewServer(f)
	defer site.Close()
	b := w.browser()
	b.site = site.URL
	b.tell(learner())
	other, done := *b, make(chan bool, 2)
	go func() { other.send(); done <- true }()
	<-s.in
	soon, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if b.do(http.NewRequestWithContext(soon, http.MethodGet, site.URL+"/leave", nil)); b.status != http.StatusSeeOther {
		t.Errorf("%d", b.status)
	}
	close(s.free)
	<-done
	r := httptest.NewRequest(http.MethodGet, "/r/1", nil)
	b.get("/").post("/begin", nil)
	for _, c := range b.Jar.Cookies(&url.URL{Scheme: "http", Host: site.Listener.Addr().String()}) {
		r.AddCookie(c)
	}
	u := unreading{httptest.NewRecorder(), make(chan bool), make(chan bool)}
	go func() { f.ServeHTTP(u, r); done <- true }()
	<-u.in
	if b.get("/r/1"); b.status != http.StatusOK {
		t.Errorf("%d", b.status)
	}
	close(u.free)
	<-done
}
