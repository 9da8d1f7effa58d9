package mailbox

import (
	"fmt"
	"strings"
	"testing"

	"dutydesk/intake"
)

// A server that was restored gives UIDs out again, and nobody saw its UIDNEXT go
// back. A new mail under a known UID is never moved before its own bytes are
// kept, even if it has the size of the old one.
func TestF40ReusedUIDIsNotMovedUnread(t *testing.T) {
	for _, text := range []string{"new", "and of another length"} {
		s, l := newScript(t, mail(text)), newLedger()
		l.kept["concerns/7/1"] = mail("old")
		s.on["UID MOVE"] = func(*talk, string, string) bool {
			if l.count() != 2 {
				t.Errorf("%q moved before it was kept", text)
			}
			return false
		}
		w, _ := s.watcher(l)
		w.Kept = "Kept"
		start(t, w)
		until(t, "moved", func() bool { return s.holds() == 0 })
		if !l.has("concerns/7/1/other") {
			t.Errorf("%q is lost", text)
		}
	}
}

// The same where nothing is ever moved: what has another size or came at another
// moment than what was taken in is fetched, and nothing else is.
func TestF40ReusedUIDIsTakenIn(t *testing.T) {
	s, l, signs := newScript(t), newLedger(), map[string]string{}
	for i := range 1100 { // more than are asked about at once
		raw := mail(fmt.Sprint("story ", i))
		s.inbox[s.next] = raw
		l.kept[fmt.Sprintf("concerns/7/%d", s.next)] = raw
		signs[fmt.Sprintf("concerns/7/%d", s.next)] = fmt.Sprintf("%d 1795683600", len(raw))
		s.next++
	}
	if err := l.Sign(t.Context(), signs); err != nil {
		t.Fatal(err)
	}
	s.inbox[1], s.inbox[1050] = mail("a new one"), mail("STORY 1049") // of the same size
	s.dates = map[uint32]string{1050: "26-Nov-2026 09:00:01 +0000"}
	w, st := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.has("concerns/7/1/other") && l.has("concerns/7/1050/other") })
	if n := s.said("UID FETCH 2 "); n > 0 {
		t.Error("an unchanged one was fetched")
	}
	s.arrive(mail("life goes on"))
	until(t, "kept", func() bool { return l.has("concerns/7/1101") })
	if st := st.last(); st.Vanished+st.Removed > 0 {
		t.Errorf("%+v", st)
	}
	l.once(t)
}

// A server that is always wrong about sizes does not make us fetch everything
// again with every new line.
func TestWrongSizesAreFetchedOnce(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one"), mail("two")), newLedger()
	s.on["UID FETCH"] = func(c *talk, tag, args string) bool {
		for _, uid := range s.among(args) {
			raw := s.inbox[uid]
			if !strings.Contains(args, "BODY") {
				c.say("* 1 FETCH (UID %d RFC822.SIZE %d INTERNALDATE %q)", uid, len(raw)+5, s.came(uid))
			} else {
				c.say("* 1 FETCH (UID %d RFC822.SIZE %d BODY[] {%d}\r\n%s)", uid, len(raw)+5, len(raw), raw)
			}
		}
		c.say("%s OK done", tag)
		return true
	}
	w, st := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.signed() == 2 && st.last().WrongSize == 2 })
	fetches, lines, asked := s.said("UID FETCH 1 "), s.said("EXAMINE"), s.said("UID FETCH 1:2 ")
	s.hangUp()
	until(t, "measured on a new line", func() bool { return s.said("EXAMINE") > lines && s.said("UID FETCH 1:2 ") > asked })
	looks := s.said("UID SEARCH")
	until(t, "more looks", func() bool { return s.said("UID SEARCH") > looks+3 })
	if n := s.said("UID FETCH 1 "); n != fetches {
		t.Errorf("fetched %d times before, %d now", fetches, n)
	}
	l.once(t)
}

// What was taken in by a program that noted no signs is fetched once more, once.
func TestF40UnsignedIsFetchedOnce(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("new"), mail("old")), newLedger()
	l.kept["concerns/7/1"], l.kept["concerns/7/2"] = mail("was"), mail("old")
	w, _ := s.watcher(l)
	stop := start(t, w)
	until(t, "noted", func() bool { return l.has("concerns/7/1/other") && l.signed() == 2 })
	stop()
	fetches, asked := s.said("UID FETCH 1 ")+s.said("UID FETCH 2 "), s.said("UID FETCH 1:2 ")
	w, _ = s.watcher(l)
	start(t, w)
	until(t, "asked", func() bool { return s.said("UID FETCH 1:2 ") > asked })
	looks := s.said("UID SEARCH")
	until(t, "more looks", func() bool { return s.said("UID SEARCH") > looks+3 })
	if n := s.said("UID FETCH 1 ") + s.said("UID FETCH 2 "); n != fetches || l.has("concerns/7/2/other") {
		t.Errorf("fetched %d times before, %d now", fetches, n)
	}
}

// go-imap ends the line over a date it cannot read: messages are then told by
// their headers, also by the next worker, and no line breaks over it again.
func TestOddDatesEndOneLineOnly(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one"), mail("two")), newLedger()
	s.dates = map[uint32]string{2: "31-Foo-0000 99:99"}
	w, st := s.watcher(l)
	stop := start(t, w)
	until(t, "noted", func() bool { return l.signed() == 2 })
	stop()
	lines := s.said("EXAMINE")
	s.locked(func() { s.inbox[2] = strings.Replace(s.inbox[2], "two", "new", 1) })
	s.locked(func() { s.inbox[2] = strings.Replace(s.inbox[2], "help", "hell", 1) })
	w, st = s.watcher(l)
	start(t, w)
	until(t, "taken in", func() bool { return l.has("concerns/7/2/other") })
	until(t, "watching", func() bool { return st.last().State == Watching })
	if n := s.said("EXAMINE"); n != lines+1 || l.has("concerns/7/1/other") {
		t.Errorf("%d lines more", n-lines)
	}
}

// UIDNEXT went back: the server was restored, and whatever lies in the folder or
// comes under a UID that was given out before is taken in, whatever the book
// says and whatever its size. Above that the book is believed.
func TestF40SetBackIsTakenAnew(t *testing.T) {
	t.Parallel()
	for _, kept := range []string{"", "Kept"} {
		s, l := newScript(t, mail("new1"), mail("old2")), newLedger()
		for uid := 1; uid <= 6; uid++ {
			l.kept[fmt.Sprintf("concerns/7/%d", uid)] = mail(fmt.Sprint("old", uid))
		}
		l.memories = map[string]intake.Memory{"concerns": {Validity: 7, Next: 5, Settled: 5}}
		w, st := s.watcher(l)
		w.Kept = kept
		stop := start(t, w)
		until(t, "taken anew", func() bool { return l.has("concerns/7/1/other") && st.last().Resets == 1 && st.last().Waiting == 0 })
		s.arrive(mail("new3"))
		until(t, "the next too", func() bool { return l.has("concerns/7/3/other") })
		stop()
		w, st = s.watcher(l) // and again after a restart
		w.Kept = kept
		start(t, w)
		until(t, "set back still", func() bool { return st.last().Resets == 1 })
		s.arrive(mail("new4"))
		until(t, "after a restart too", func() bool { return l.has("concerns/7/4/other") })
		s.arrive(mail("old5")) // above all that was given out before: the book knows it
		until(t, "remembered", func() bool {
			m, _ := l.Recall(t.Context(), "concerns")
			return m.Next == 6 && m.Settled == 6
		})
		if l.has("concerns/7/2/other") || l.has("concerns/7/5/other") {
			t.Errorf("kept = %q: the same bytes were kept as others", kept)
		}
	}
}

// What is known by its UID only is fetched before it is moved: but not all of a
// full folder when no move works (F47).
func TestF47ProofIsBounded(t *testing.T) {
	s, l := newScript(t), newLedger()
	for i := range 200 {
		raw := mail(fmt.Sprint("story ", i))
		s.inbox[s.next] = raw
		l.kept[fmt.Sprintf("concerns/7/%d", s.next)] = raw
		s.next++
	}
	full := true
	s.on["UID MOVE"] = func(c *talk, tag, _ string) bool {
		if full {
			c.say("%s NO [OVERQUOTA] full", tag)
		}
		return full
	}
	w, st := s.watcher(l)
	w.Kept = "Kept"
	stop := start(t, w)
	until(t, "refused", func() bool { return st.last().Moving == MovingRefused })
	looks := s.said("UID SEARCH")
	until(t, "more looks", func() bool { return s.said("UID SEARCH") > looks+20 })
	if n := s.said("UID FETCH"); n > proofFirst {
		t.Errorf("%d fetched again", n)
	}
	stop()
	s.locked(func() { full = false })
	w, _ = s.watcher(l)
	w.Kept = "Kept"
	start(t, w)
	until(t, "all moved", func() bool { return s.holds() == 0 })
	if l.count() != 200 {
		t.Errorf("%d kept", l.count())
	}
}

// T22: what came and went while no worker ran is counted at the next start, but
// neither what an earlier life took in and moved, nor what lies there.
func TestT22GoneWhileNobodyRan(t *testing.T) {
	s, l := newScript(t), newLedger()
	s.next = 9
	s.inbox[6] = mail("six")
	l.kept["concerns/7/4"], l.kept["concerns/7/5"] = mail("four"), mail("five")
	l.memories = map[string]intake.Memory{"concerns": {Validity: 7, Next: 5, Settled: 3}}
	w, st := s.watcher(l)
	stop := start(t, w)
	until(t, "counted", func() bool { return st.last().Vanished == 3 }) // 3, 7 and 8
	until(t, "kept", func() bool { return l.has("concerns/7/6") })
	until(t, "remembered", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		return l.memories["concerns"] == intake.Memory{Validity: 7, Next: 9, Settled: 9, Vanished: 3}
	})
	stop()
	w, st = s.watcher(l)
	start(t, w)
	until(t, "watched", func() bool { return st.last().State == Watching })
	looks := s.said("UID SEARCH")
	until(t, "more looks", func() bool { return s.said("UID SEARCH") > looks+3 })
	if n := st.last().Vanished; n != 0 {
		t.Errorf("%d counted again", n)
	}
}

// What was seen and could not be taken in is remembered as not settled, so that
// its loss is noticed by the next life.
func TestT22UnsettledIsRemembered(t *testing.T) {
	s, l := newScript(t, mail("one"), mail("two")), newLedger()
	hold := make(chan struct{})
	l.keep = func(key string) error {
		if key == "concerns/7/1" {
			<-hold
		}
		return nil
	}
	w, _ := s.watcher(l)
	w.Poll = pollDefault
	start(t, w)
	until(t, "second kept", func() bool { return l.has("concerns/7/2") })
	s.locked(func() { s.next++ }) // a loss is remembered at once
	s.arrive(mail("four"))
	until(t, "remembered", func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		m := l.memories["concerns"]
		return m.Vanished == 1 && m.Settled == 1 && m.Next == 5
	})
	close(hold)
}
