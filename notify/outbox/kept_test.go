package outbox_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/notify/mailer"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// die lets the worker die in the middle of sending: whatever it would have
// written down after that is not.
func (d *desk) die(x ledger.Letter) {
	d.t.Helper()
	was := d.post.answer
	d.post.answer = func(posted) error { panic("killed") }
	func() {
		defer func() {
			if recover() == nil {
				d.t.Fatal("the worker lives")
			}
		}()
		d.send(x)
	}()
	d.post.answer = was
}

// Killed between keeping and sending, or between the server's answer and its
// record: the same bytes under the same Message-ID, as soon as the claim is over.
func TestF8SameBytesAgain(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("they wait for me at the gate"))
	x := d.letter("lead", casefile.Opened)
	d.die(x)
	kept := d.exhibit(d.letter("lead", casefile.Opened).SHA256)
	d.at(24 * time.Second)
	if err := d.Send(t.Context(), x.JobID()); !errors.Is(err, ledger.ErrTaken) || len(d.post.to("lead")) != 0 {
		t.Fatalf("while the claim was alive: %v, sent %d times", err, len(d.post.to("lead")))
	}
	d.pass(2 * minute)
	tries := d.post.to("lead")
	if len(tries) != 1 || tries[0].raw != kept {
		t.Errorf("sent %d, kept\n%s", len(tries), kept)
	}
	d.state(x, ledger.Sent)
	if d.counts["twice"] != 1 {
		t.Errorf("counted %v", d.counts)
	}
}

// What is counted as perhaps twice is what perhaps went twice: not a letter
// that was put off on record, however often, and one letter once.
func TestF8CountsOnlyDoubt(t *testing.T) {
	d := newDesk(t)
	d.post.answer = answers(mailer.ErrUnsent, mailer.ErrLater)
	d.concern(mailed("they wait for me at the gate"))
	x := d.letter("lead", casefile.Opened)
	d.send(x)
	d.at(minute)
	d.die(x)
	d.pass(2 * minute)
	d.pass(30 * minute)
	d.state(x, ledger.Sent)
	if d.counts["twice"] != 1 {
		t.Errorf("counted %v after tries at %v", d.counts, times(d.post.to("lead")))
	}
}

// A kept letter that is gone, changed, or somebody else's bytes altogether is
// not sent: the letter is written anew under its old name.
func TestF8KeptCopyIsNoLetter(t *testing.T) {
	for name, spoil := range map[string]func(d *desk, x ledger.Letter){
		"gone": func(d *desk, x ledger.Letter) { d.must(os.Remove(d.path(x.SHA256))) },
		"changed": func(d *desk, x ledger.Letter) {
			raw := d.exhibit(x.SHA256)
			d.must(os.Remove(d.path(x.SHA256)))
			d.must(os.WriteFile(d.path(x.SHA256), []byte(strings.Replace(raw, "ew concern", "canary", 1)), 0o400))
		},
		"another letter": func(d *desk, x ledger.Letter) {
			y := d.letter("deputy", casefile.Opened)
			d.send(y)
			d.must(os.Remove(d.path(x.SHA256)))
			d.must(os.Link(d.path(d.letter("deputy", casefile.Opened).SHA256), d.path(x.SHA256)))
		},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.post.answer = answers(mailer.ErrUnsent)
			d.concern(mailed("they wait for me at the gate"))
			d.send(d.letter("lead", casefile.Opened))
			spoil(d, d.letter("lead", casefile.Opened))
			d.pass(5 * minute)
			tries := d.post.to("lead")
			if len(tries) != 2 || header(t, tries[0].raw, "Message-ID") != header(t, tries[1].raw, "Message-ID") {
				t.Fatalf("%d tries", len(tries))
			}
			if got := plain(t, tries[1].raw); !strings.Contains(got, "ew concern") || strings.Contains(got, "canary") || !strings.Contains(tries[1].raw, "lead@council.example") {
				t.Errorf("sent:\n%s", got)
			}
		})
	}
}

// Whatever the ledger says was kept for a letter, an exhibit is not sent.
func TestT4ExhibitInPlaceOfALetter(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("canary-7d1f"))
	as, err := d.Ledger.Arrivals(t.Context())
	d.must(err)
	x := d.letter("deputy", casefile.Opened)
	c, _, err := d.Ledger.Begin(t.Context(), x, as[0].SHA256, d.now(), time.Millisecond)
	d.must(err)
	d.must(d.Ledger.Release(t.Context(), c, d.now(), "test"))
	d.pass(minute)
	ms := d.post.to("deputy")
	if len(ms) != 1 || strings.Contains(ms[0].raw, "canary-7d1f") || !strings.Contains(plain(t, ms[0].raw), "ew concern") {
		t.Errorf("sent %v", ms)
	}
}

// path is where the evidence folder keeps bytes.
func (d *desk) path(digest string) string { return filepath.Join(d.dir, "exhibits", digest) }

func (d *desk) exhibit(digest string) string {
	d.t.Helper()
	raw, err := os.ReadFile(d.path(digest))
	d.must(err)
	return string(raw)
}

// A letter is kept before it is sent, and what is sent is what is kept.
func TestKeptBeforeSent(t *testing.T) {
	d := newDesk(t)
	var kept []string
	d.post.answer = func(m posted) error {
		found, err := filepath.Glob(d.path("*"))
		d.must(err)
		for _, f := range found {
			if raw, err := os.ReadFile(f); err == nil && string(raw) == m.raw {
				kept = append(kept, filepath.Base(f))
			}
		}
		return nil
	}
	d.concern(mailed("they wait for me at the gate"))
	d.pass(0)
	if want := []string{d.letter("lead", casefile.Opened).SHA256, d.letter("deputy", casefile.Opened).SHA256}; len(kept) != 2 || !slices.Contains(kept, want[0]) || !slices.Contains(kept, want[1]) {
		t.Errorf("kept %v when sent, the ledger says %v", kept, want)
	}
}
