package webform

import (
	"bytes"
	"net/http"
	"time"
)

// unread is how long a browser may take to read a page.
const unread = 30 * time.Second

// turn does what needs a draft: one request at a time, with its mu held. The
// page is written when nobody waits for the draft any more.
func (f *Form) turn(d *draft, w http.ResponseWriter, r *http.Request, do func(w http.ResponseWriter)) {
	select {
	case d.taken <- struct{}{}:
	case <-r.Context().Done():
		return
	}
	l := &later{ResponseWriter: w, status: http.StatusOK}
	func() {
		defer func() { <-d.taken }()
		d.mu.Lock()
		defer d.mu.Unlock()
		do(l)
	}()
	f.drafts.trim(d)
	http.NewResponseController(w).SetWriteDeadline(time.Now().Add(unread)) // a server that knows none has another
	w.WriteHeader(l.status)
	w.Write(l.page.Bytes())
}

// later keeps a page until it may be written.
type later struct {
	http.ResponseWriter
	status int
	page   bytes.Buffer
}

// WriteHeader implements http.ResponseWriter.
func (l *later) WriteHeader(status int) { l.status = status }

// Write implements http.ResponseWriter.
func (l *later) Write(p []byte) (int, error) { return l.page.Write(p) }
