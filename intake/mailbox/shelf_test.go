package mailbox

import (
	"slices"
	"strings"
	"testing"

	"dutydesk/intake"

	"github.com/emersion/go-imap/v2"
)

// Without MOVE the message is copied, the copy confirmed, and exactly that UID
// expunged: what somebody else marked stays.
func TestCopyAwayWithoutMove(t *testing.T) {
	o, l := newOffice(t, func(o *office) { delete(o.caps, imap.CapMove) }), newLedger()
	o.deliver("INBOX", mail("ours"))
	w, s := newWatcher(t, o.addr, l)
	w.Kept = "Kept"
	l.take = func(d intake.Delivery) error { // while ours is being taken, another is marked by a person
		if d.Key == "concerns/1/2" {
			return errUnread
		}
		return nil
	}
	o.deliver("INBOX", mail("theirs"))
	flags := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := o.person("INBOX").Store(nil, imap.UIDSetNum(2), flags, nil); err != nil {
		t.Fatal(err)
	}
	start(t, w)
	until(t, "moved", func() bool { return o.holds("Kept") == 1 && o.holds("INBOX") == 1 })
	until(t, "told", func() bool { return s.last().Moving == MovingWorks })
	if st := s.last(); st.Removed != 0 || st.Vanished != 0 {
		t.Errorf("our own expunge counted as a loss: %+v", st)
	}
}

// With neither MOVE nor UIDPLUS nothing on the server is touched.
func TestLeavesWithoutUIDPlus(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	s.caps = "IMAP4rev1 IDLE"
	w, st := s.watcher(l)
	w.Kept = "Kept"
	start(t, w)
	until(t, "unable", func() bool { return st.last().Moving == MovingUnable })
	for _, c := range []string{"UID COPY", "UID STORE", "UID EXPUNGE", "EXPUNGE", "UID MOVE", "CREATE"} {
		if s.said(c) > 0 {
			t.Errorf("%s was sent", c)
		}
	}
	if s.holds() != 1 || l.count() != 1 {
		t.Errorf("folder holds %d, kept %d", s.holds(), l.count())
	}
}

// F47: a copy that fails leaves the original alone, and is not tried in a loop.
func TestF47CopyRefused(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ caps, verb, say string }{
		"quota at COPY":    {"IMAP4rev1 UIDPLUS", "UID COPY", "[OVERQUOTA] full"},
		"quota at MOVE":    {"IMAP4rev1 UIDPLUS MOVE", "UID MOVE", "[OVERQUOTA] full"},
		"no right to mark": {"IMAP4rev1 UIDPLUS", "UID STORE", "[NOPERM] no"},
	} {
		t.Run(name, func(t *testing.T) {
			s, l := newScript(t, mail("one"), mail("two")), newLedger()
			s.caps = c.caps
			s.on[c.verb] = no(c.say)
			w, st := s.watcher(l)
			w.Kept = "Kept"
			start(t, w)
			until(t, "refused", func() bool { return st.last().Moving == MovingRefused })
			looks := s.said("UID SEARCH")
			until(t, "more looks", func() bool { return s.said("UID SEARCH") > looks+20 })
			if n := s.said(c.verb); n != 1 {
				t.Errorf("%s sent %d times", c.verb, n)
			}
			if s.holds() != 2 || l.count() != 2 || s.said("UID EXPUNGE") > 0 {
				t.Errorf("folder holds %d, kept %d", s.holds(), l.count())
			}
			if st.last().State != Watching {
				t.Errorf("intake stopped: %+v", st.last())
			}
			l.once(t)
		})
	}
}

// A copy the server does not confirm (no COPYUID) is no reason to delete.
func TestUnconfirmedCopyDeletesNothing(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	s.caps = "IMAP4rev1 UIDPLUS"
	s.on["UID COPY"] = func(c *talk, tag, _ string) bool {
		c.say("%s OK done", tag)
		return true
	}
	w, st := s.watcher(l)
	w.Kept = "Kept"
	start(t, w)
	until(t, "refused", func() bool { return st.last().Moving == MovingRefused })
	if s.said("UID STORE") > 0 || s.said("UID EXPUNGE") > 0 || s.holds() != 1 {
		t.Error("the original was touched")
	}
}

// F4: the copy is made, its removal fails; the next try makes no second copy.
func TestF4NoSecondCopy(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	s.caps = "IMAP4rev1 UIDPLUS"
	s.on["UID EXPUNGE"] = no("[NOPERM] no")
	w, _ := s.watcher(l)
	w.Kept = "Kept"
	m := newWatch(w.withDefaults())
	visitUntil(t, m, func() bool { return s.said("UID EXPUNGE") == 1 })
	s.locked(func() { delete(s.on, "UID EXPUNGE") })
	m.unmoved = m.unmoved.Add(-moveSulk)
	visitUntil(t, m, func() bool { return s.holds() == 0 })
	if n := s.said("UID COPY"); n != 1 {
		t.Errorf("copied %d times", n)
	}
}

// F4: the answer to MOVE is lost. The moved message is neither taken again nor
// counted as removed by somebody.
func TestF4AnswerToMoveLost(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one")), newLedger()
	s.on["UID MOVE"] = func(c *talk, tag, args string) bool {
		delete(s.inbox, 1)
		c.Close()
		delete(s.on, "UID MOVE")
		return true
	}
	w, st := s.watcher(l)
	w.Kept = "Kept"
	start(t, w)
	until(t, "back", func() bool { return st.seen(Broken) && st.last().State == Watching })
	if st := st.last(); st.Removed != 0 || st.Vanished != 0 || l.count() != 1 {
		t.Errorf("%+v", st)
	}
	l.once(t)
}

// F3: killed between keep and move. The next start knows the message by its UID,
// makes sure that it is the one it knows, and moves it.
func TestF3KnownIsProvenAndMoved(t *testing.T) {
	s, l := newScript(t, mail("one"), mail("two")), newLedger()
	l.kept["concerns/7/1"] = mail("one")
	w, st := s.watcher(l)
	w.Kept = "Kept"
	start(t, w)
	until(t, "both moved", func() bool { return s.holds() == 0 })
	until(t, "one counted as new", func() bool { return st.last().Taken == 1 })
	if n := s.said("UID FETCH 1 "); n != 1 || l.count() != 2 {
		t.Errorf("looked at %d times, %d kept", n, l.count())
	}
}

// What is not yet durable is not touched.
func TestNoMoveBeforeKeep(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	hold, reached := make(chan struct{}), make(chan struct{})
	l.keep = func(string) error { close(reached); <-hold; return nil }
	w, _ := s.watcher(l)
	w.Kept = "Kept"
	start(t, w)
	<-reached
	looks := s.said("UID SEARCH")
	until(t, "looks go on", func() bool { return s.said("UID SEARCH") > looks+3 })
	if s.said("UID MOVE") > 0 {
		t.Error("moved before it was kept")
	}
	close(hold)
	until(t, "moved", func() bool { return s.holds() == 0 })
}

// The folder for kept messages is made under its exact name, once; the watched
// one never.
func TestCreatesOnlyKept(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	s.on["LIST"] = func(c *talk, tag, _ string) bool {
		c.say("* LIST () \"/\" \"Archive/Kept concerns\"\r\n%s OK done", tag)
		return true
	}
	w, _ := s.watcher(l)
	w.Kept = "Kept concerns"
	start(t, w)
	until(t, "moved", func() bool { return s.holds() == 0 })
	s.locked(func() {
		creates := slices.DeleteFunc(slices.Clone(s.commands), func(c string) bool { return !strings.HasPrefix(c, "CREATE") })
		if !slices.Equal(creates, []string{`CREATE "Kept concerns"`}) {
			t.Errorf("created %q", creates)
		}
	})
}

// Without a folder for kept messages the watched one is only examined and read
// with PEEK: nothing on the server changes.
func TestLeavesNoTrace(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	w, _ := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 })
	if s.said("EXAMINE") != 1 || s.said("SELECT") > 0 || s.said("UID STORE") > 0 || s.said("CREATE") > 0 {
		t.Errorf("commands: %q", s.commands)
	}
	if s.said("UID FETCH 1 (UID RFC822.SIZE BODY.PEEK[])") != 1 {
		t.Errorf("commands: %q", s.commands)
	}
}
