package e2e

import (
	"bytes"
	"fmt"
	"testing"
	"time"

	"dutydesk/cmd/internal/realtest"
)

// The mail server is killed and comes back: the watch goes on, nothing is lost
// or taken twice.
func TestF38MailServerRestarts(t *testing.T) {
	w := newWorld(t, options{kept: "Kept"})
	w.start()
	w.concern("first")
	w.letter("lead", "ew concern")
	w.imap.Kill()
	w.imap.Deliver("desk", realtest.Mail("a@college.example", "safeguarding@council.example", "s", "second"))
	w.imap.Start()
	w.letter("lead", "ew concern")
	w.imap.Stop()
	w.imap.Start()
	w.concern("third")
	w.letter("lead", "ew concern")
	w.sound(3)
	realtest.Poll(t, 20*time.Second, "taken mails in Kept", func() error {
		if in, kept := len(w.imap.Messages("desk", "INBOX")), len(w.imap.Messages("desk", "Kept")); in != 0 || kept != 3 {
			return fmt.Errorf("%d in INBOX, %d in Kept", in, kept)
		}
		return nil
	})
}

// Somebody who knows a Message-ID cannot suppress a report with it: other
// content under the same id is a case of its own. The same mail by another way
// is not.
func TestF43SameIDOtherBytes(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	first := realtest.Mail("learner@college.example", "safeguarding@council.example", "help", "they threaten me")
	w.imap.Deliver("desk", first)
	w.letter("lead", "ew concern")
	w.imap.Deliver("desk", bytes.Replace(first, []byte("they threaten me"), []byte("never mind, all good"), 1))
	w.letter("lead", "ew concern")
	w.imap.Deliver("desk", append([]byte("Received: from elsewhere by council.example; Thu, 26 Nov 2026 10:00:00 +0000\r\n"), first...))
	w.arrived(3)
	w.sound(2)
}

// No Message-ID, two of them, 64 KB of it, or nonsense: each mail is a case.
func TestF44OddMessageIDs(t *testing.T) {
	w := newWorld(t, options{})
	w.start()
	odd := []string{"", "Message-ID: <a@x>\r\nMessage-ID: <b@x>\r\n", "Message-ID: <" + string(bytes.Repeat([]byte("a"), 64<<10)) + "@x>\r\n", "Message-ID: \x80\x00<<>>@\r\n"}
	for i, id := range odd {
		w.imap.Deliver("desk", fmt.Appendf(nil, "From: learner%d@college.example\r\nTo: safeguarding@council.example\r\n%sSubject: help\r\n\r\nstory %d\r\n", i, id, i))
	}
	for range odd {
		w.letter("lead", "ew concern")
	}
	w.sound(len(odd))
}

// arrived waits until n arrivals are disposed of.
func (w *world) arrived(n int) {
	w.t.Helper()
	realtest.Poll(w.t, 30*time.Second, "arrivals", func() error {
		done := 0
		b := w.books()
		for _, a := range b.Arrivals {
			if a.State != "waiting" {
				done++
			}
		}
		if done != n {
			return fmt.Errorf("%d of %d disposed of", done, n)
		}
		return nil
	})
}
