package webform

import (
	"crypto/rand"
	"crypto/subtle"
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

	taken chan struct{} // full while a request has its turn

	mu      sync.Mutex // guards what follows; held neither for the desk nor for a browser
	sending bool       // the desk reads it: nothing changes but gone
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
	key   string // of the delivery
	ref   string // "" while the case is being opened
	files []heldFile
}

// drafts are all that are being written.
type drafts struct {
	now  func() time.Time
	most int // bytes of text

	mu    sync.Mutex // guards all that follows; never taken while holding a draft's, but in note and bytes
	byID  map[string]*draft
	text  int
	files int64
}

func newDrafts(now func() time.Time) *drafts {
	return &drafts{now: now, most: mostText, byID: map[string]*draft{}}
}

// add begins a draft. If there are too many, one goes for it.
func (ds *drafts) add() *draft {
	d := &draft{id: rand.Text(), token: rand.Text(), key: strings.ToLower(rand.Text()), began: ds.now(), taken: make(chan struct{}, 1), answers: answers{}}
	ds.mu.Lock()
	out := ds.spare(mostDrafts-1, nil)
	d.seen = d.began
	ds.byID[d.id] = d
	ds.mu.Unlock()
	ds.forget(out...)
	return d
}

// spare makes room, until there are at most so many drafts, and what they hold is
// not too much; mu is held. It spares one draft. What it gives back is to be
// forgotten.
func (ds *drafts) spare(most int, spared *draft) (out []*draft) {
	for len(ds.byID) > most || ds.text > ds.most {
		old := ds.oldest(spared, ds.text > ds.most)
		if old == nil {
			break
		}
		ds.remove(old)
		out = append(out, old)
	}
	return out
}

// oldest is the draft that was left alone longest, of those that hold nothing
// if there is one; if they hold too much together, over, of those that hold
// something.
func (ds *drafts) oldest(spared *draft, over bool) (old *draft) {
	for _, d := range ds.byID {
		empty, emptier := d.text == 0, old != nil && (d.text == 0) != (old.text == 0)
		switch {
		case d == spared || over && empty:
		case old == nil || emptier && empty || !emptier && d.seen.Before(old.seen):
			old = d
		}
	}
	return old
}

// trim makes room after d has grown. No draft's mu may be held.
func (ds *drafts) trim(d *draft) {
	ds.mu.Lock()
	out := ds.spare(mostDrafts, d)
	ds.mu.Unlock()
	ds.forget(out...)
}

// remove takes d off the list; mu is held.
func (ds *drafts) remove(d *draft) {
	if ds.byID[d.id] == d {
		delete(ds.byID, d.id)
		ds.text -= d.text
	}
}

// get is the draft with an id, nil if there is none.
func (ds *drafts) get(id string) *draft {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	d := ds.byID[id]
	if d == nil || ds.now().Sub(d.seen) > lasts {
		return nil
	}
	d.seen = ds.now()
	return d
}

// named is the draft with a key, for whoever has its token; nil if it has gone.
func (ds *drafts) named(key, token string) *draft {
	ds.mu.Lock()
	defer ds.mu.Unlock()
	for _, d := range ds.byID {
		if d.key == key && subtle.ConstantTimeCompare([]byte(d.token), []byte(token)) == 1 && ds.now().Sub(d.seen) <= lasts {
			d.seen = ds.now()
			return d
		}
	}
	return nil
}

// note counts what the draft holds now; its mu is held, and trim is to follow.
func (ds *drafts) note(d *draft) {
	size := d.size()
	ds.mu.Lock()
	defer ds.mu.Unlock()
	if ds.byID[d.id] == d {
		ds.text += size - d.text
		d.text = size
	}
}

// size is about how many bytes a draft holds, 0 if nothing was put to it; its mu
// is held.
func (d *draft) size() int {
	n := d.answers.size()
	for _, name := range d.lost {
		n += len(name) + 16
	}
	for _, x := range d.files {
		n += len(x.name) + 256
	}
	if d.receipt != nil {
		n += 64 + 256*len(d.receipt.files)
	}
	return n
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
		if d.gone = true; !d.sending { // or else who sends it drops it
			ds.drop(d)
		}
		d.mu.Unlock()
	}
}

// drop empties a draft; its mu is held.
func (ds *drafts) drop(d *draft) {
	ds.dropFiles(d)
	d.answers, d.lost = answers{}, nil
	ds.note(d)
}

// dropFiles discards the files of a draft; its mu is held.
func (ds *drafts) dropFiles(d *draft) {
	for _, x := range d.files {
		ds.bytes(-x.draft.Size())
		x.draft.Discard()
	}
	d.files = nil
}
