package webform

import (
	"strings"
	"testing"
	"time"
)

// What drafts hold together is bounded, also as they grow, and those that hold
// nothing go first: nobody drives out a report by beginning others.
func TestRoom(t *testing.T) {
	at := time.Unix(0, 0)
	ds := newDrafts(func() time.Time { at = at.Add(time.Second); return at })
	ds.most = 4000
	mine, idle := ds.add(), ds.add()
	grow := func(d *draft, n int) {
		d.mu.Lock()
		d.answers["what"] = []string{strings.Repeat("x", n)}
		ds.note(d)
		d.mu.Unlock()
		ds.trim(d)
	}
	grow(mine, 1000)
	late := ds.add()
	grow(late, 2900)
	if ds.text > ds.most || idle.gone || !mine.gone {
		t.Errorf("%d bytes, idle gone: %v, the older gone: %v", ds.text, idle.gone, mine.gone)
	}
	if out := ds.spare(len(ds.byID)-1, nil); len(out) != 1 || out[0] != idle {
		t.Errorf("%d drafts went, not the one that holds nothing", len(out))
	}
	grow(ds.add(), 5000)
	if len(ds.byID) != 1 {
		t.Errorf("%d drafts stay", len(ds.byID))
	}
}

// Names of files that a page carries count, and are cut as any name of a file.
func TestRoomOfLost(t *testing.T) {
	f, err := New(Options{Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	d, ok := f.revive(map[string][]string{"k": {strings.Repeat("a", 26)}, "lost": {"dir/" + strings.Repeat("x", 50000)}})
	if !ok || len(d.lost) != 1 || len(d.lost[0]) > 200 || f.drafts.text < len(d.lost[0]) {
		t.Errorf("%v, %d names, %d bytes counted", ok, len(d.lost), f.drafts.text)
	}
}
