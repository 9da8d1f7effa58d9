package webform

import (
	"crypto/rand"
	"net/http"
	"strings"
	"sync"
	"time"

	"dutydesk/intake/evidence"
)

const (
	lasts      = 30 * time.Minute // of a draft that nobody touches
	sweepEvery = time.Minute
	mostDrafts = 20000
	mostText   = 128 << 20 // bytes of all drafts together
	mostFiles  = 4 << 30   // bytes of all files that are not sent yet
)

// draft is a report that is being written, and then its receipt. It is in
// memory only.
type draft struct {
	id, token string // of the cookie; in every page
	key       string // under which it is delivered
	began     time.Time

	mu      sync.Mutex // guards what follows
	gone    bool       // nothing may be added any more
	answers answers
	files   []file
	lost    []string // names of files that did not arrive
	bot     bool     // something was written where a person sees nothing
	lapsed  bool     // earlier answers had gone, which is to be said once
	receipt *receipt

	seen time.Time // guarded by drafts.mu
	text int       // guarded by drafts.mu
}

// file is one that was added.
type file struct {
	id, name string
	draft    *evidence.Draft
}

// receipt is what is left of a draft once it was sent.
type receipt struct {
	ref   string // "" while the case is being opened
	files []heldFile
}

// drafts are all that are being written.
type drafts struct {
	now func() time.Time

	mu    sync.Mutex // guards all that follows; never taken while holding a draft's, but for note and bytes
	byID  map[string]*draft
	text  int
	files int64
}

func newDrafts(now func() time.Time) *drafts { return &drafts{now: now, byID: map[string]*draft{}} }

// add begins a draft. If there are too many, those that were left alone longest
// go.
func (ds *drafts) add() *draft {
	d := &draft{id: rand.Text(), token: rand.Text(), key: strings.ToLower(rand.Text()), began: ds.now(), answers: answers{}}
	ds.mu.Lock()
	var out []*draft
	for len(ds.byID) >= mostDrafts || ds.text > mostText {
		old := ds.oldest()
		ds.remove(old)
		out = append(out, old)
	}
	d.seen = d.began
	ds.byID[d.id] = d
	ds.mu.Unlock()
	ds.forget(out...)
	return d
}

func (ds *drafts) oldest() (old *draft) {
	for _, d := range ds.byID {
		if old == nil || d.seen.Before(old.seen) {
			old = d
		}
	}
	return old
}

// remove takes d off the list; mu is held.
func (ds *drafts) remove(d *draft) {
	if ds.byID[d.id] == d {
		delete(ds.byID, d.id)
		ds.text -= d.text
	}
}

// get is the draft of a browser, nil if it has none.
func (ds *drafts) get(r *http.Request) *draft {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return nil
	}
	ds.mu.Lock()
	defer ds.mu.Unlock()
	d := ds.byID[c.Value]
	if d == nil || ds.now().Sub(d.seen) > lasts {
		return nil
	}
	d.seen = ds.now()
	return d
}

// note counts what the draft holds now.
func (ds *drafts) note(d *draft, size int) {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if ds.byID[d.id] == d {
		ds.text += size - d.text
		d.text = size
	}
}

// bytes counts files in and out; it refuses what is too much.
func (ds *drafts) bytes(n int64) bool {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if n > 0 && ds.files+n > mostFiles {
		return false
	}
	ds.files += n
	return true
}

// end takes drafts away and forgets them.
func (ds *drafts) end(d *draft) {
	ds.mu.Lock()
	ds.remove(d)
	ds.mu.Unlock()
	ds.forget(d)
}

// sweep ends every draft whose time is over.
func (ds *drafts) sweep() {
	var out []*draft
	ds.mu.Lock()
	for _, d := range ds.byID {
		if ds.now().Sub(d.seen) > lasts {
			ds.remove(d)
			out = append(out, d)
		}
	}
	ds.mu.Unlock()
	ds.forget(out...)
}

// clear ends every draft.
func (ds *drafts) clear() {
	ds.mu.Lock()
	out := make([]*draft, 0, len(ds.byID))
	for _, d := range ds.byID {
		ds.remove(d)
		out = append(out, d)
	}
	ds.mu.Unlock()
	ds.forget(out...)
}

// forget drops what drafts hold; they are on no list any more.
func (ds *drafts) forget(out ...*draft) {
	for _, d := range out {
		d.mu.Lock()
		d.gone = true
		ds.drop(d)
		d.mu.Unlock()
	}
}

// drop empties a draft; its mu is held.
func (ds *drafts) drop(d *draft) {
	ds.dropFiles(d)
	d.answers, d.lost = answers{}, nil
	ds.note(d, 0)
}

// dropFiles discards the files of a draft; its mu is held.
func (ds *drafts) dropFiles(d *draft) {
	for _, x := range d.files {
		ds.bytes(-x.draft.Size())
		x.draft.Discard()
	}
	d.files = nil
}
