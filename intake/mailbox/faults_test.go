package mailbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// Every place at which a body can be cut: nothing is kept, and after the line
// is mended the message is taken whole.
func TestF45CutAtEveryByte(t *testing.T) {
	t.Parallel()
	raw := mail("cut")
	full := fmt.Sprintf("* 1 FETCH (UID 1 RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n", len(raw), len(raw), raw)
	for n := range len(full) {
		s, l := newScript(t, raw), newLedger()
		cut := 0
		s.on["UID FETCH"] = func(c *talk, tag, _ string) bool {
			if cut++; cut > 1 {
				return false
			}
			fmt.Fprint(c, full[:n])
			c.Close()
			return true
		}
		w, _ := s.watcher(l)
		m := newWatch(w.withDefaults())
		if err := m.visit(t.Context()); !errors.Is(err, ErrLine) {
			t.Errorf("cut at %d: visit ends with %v", n, err)
		}
		if l.count() != 0 {
			t.Fatalf("cut at %d: kept %q", n, l.bodies())
		}
		visitUntil(t, m, func() bool { return l.count() == 1 })
		if got := l.bodies()[0]; got != raw {
			t.Errorf("cut at %d: kept %q", n, got)
		}
	}
}

// A line that goes silent in the middle is given up after Stall.
func TestF45SilentInTheMiddle(t *testing.T) {
	t.Parallel()
	raw := mail("silence")
	s, l := newScript(t, raw), newLedger()
	first := true
	s.on["UID FETCH"] = func(c *talk, tag, _ string) bool {
		if !first {
			return false
		}
		first = false
		fmt.Fprintf(c, "* 1 FETCH (UID 1 RFC822.SIZE %d BODY[] {%d}\r\n%s", len(raw), len(raw), raw[:10])
		return true
	}
	w, st := s.watcher(l)
	w.Stall = 100 * time.Millisecond
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 })
	if !st.seen(Broken) {
		t.Error("the silence was not told")
	}
}

// RFC822.SIZE is often a guess. The bytes that came are kept once a second try
// gave the same, and none are ever thrown away.
func TestF46SizeIsALie(t *testing.T) {
	for _, lie := range []int{-5, 5} {
		raw := mail("how long am I")
		s, l := newScript(t, raw), newLedger()
		s.on["UID FETCH"] = func(c *talk, tag, args string) bool {
			if !strings.HasPrefix(args, "1 ") {
				return false
			}
			c.say("* 1 FETCH (UID 1 RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\n%s OK done", len(raw)+lie, len(raw), raw, tag)
			return true
		}
		w, st := s.watcher(l)
		stop := start(t, w)
		until(t, "kept", func() bool { return l.count() == 1 })
		if got := l.bodies()[0]; got != raw {
			t.Errorf("kept %q", got)
		}
		if n := s.said("UID FETCH 1 "); n != 2 {
			t.Errorf("fetched %d times, want a second try", n)
		}
		until(t, "told", func() bool { return st.last().WrongSize == 1 })
		stop()
	}
}

// The size may also come after the body.
func TestF46SizeComesLate(t *testing.T) {
	raw := mail("late")
	s, l := newScript(t, raw), newLedger()
	tries := 0
	s.on["UID FETCH"] = func(c *talk, tag, args string) bool {
		size := len(raw)
		if tries++; tries == 1 {
			size++
		}
		c.say("* 1 FETCH (UID 1 BODY[] {%d}\r\n%s RFC822.SIZE %d)\r\n%s OK done", len(raw), raw, size, tag)
		return true
	}
	w, _ := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 })
	if s.said("UID FETCH 1 ") < 2 {
		t.Error("a late size was not compared")
	}
}

// Nothing where there should be something is never taken for a message: it
// stays, is set aside, and does not hold up the others.
func TestEmptyBodyIsNotTaken(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{"empty": "{0}\r\n", "nil": "NIL", "part": "{3}\r\nabc"} {
		s, l := newScript(t, mail("one"), mail("two")), newLedger()
		s.on["UID FETCH"] = func(c *talk, tag, args string) bool {
			if !strings.HasPrefix(args, "1 ") {
				return false
			}
			item := "BODY[]"
			if name == "part" {
				item = "BODY[]<0>"
			}
			c.say("* 1 FETCH (UID 1 RFC822.SIZE 40 %s %s)\r\n%s OK done", item, body, tag)
			return true
		}
		w, st := s.watcher(l)
		stop := start(t, w)
		until(t, name+" set aside", func() bool { return st.last().Aside == 1 })
		if !l.has("concerns/7/2") || l.has("concerns/7/1") {
			t.Errorf("%s: kept %v", name, l.kept)
		}
		if st := st.last(); st.Vanished != 0 || st.State != Watching {
			t.Errorf("%s: %+v", name, st)
		}
		stop()
	}
}

// NUL, bare LF and 8-bit bytes pass through.
func TestF46BytesPassThrough(t *testing.T) {
	raw := "Subject: \xe9\r\n\r\nnul\x00 lf\n cr\r end\xff"
	s, l := newScript(t, raw), newLedger()
	w, _ := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 })
	if got := l.bodies()[0]; got != raw {
		t.Errorf("kept %q", got)
	}
}

// A message that the server names and does not give is looked for again: gone
// means lost before intake, there means that it failed.
func TestF41NamedButNotGiven(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("gone"), mail("stays"), mail("kept")), newLedger()
	s.on["UID FETCH"] = func(c *talk, tag, args string) bool {
		if strings.HasPrefix(args, "3 ") {
			return false
		}
		if strings.HasPrefix(args, "1 ") {
			delete(s.inbox, 1)
		}
		c.say("%s OK done", tag)
		return true
	}
	w, st := s.watcher(l)
	start(t, w)
	until(t, "one lost, one aside", func() bool { return st.last().Vanished == 1 && st.last().Aside == 1 })
	if !l.has("concerns/7/3") || l.count() != 1 {
		t.Errorf("kept %v", l.kept)
	}
}

// A flag change that another client made takes the place of the answer in
// go-imap: the message must be asked for again.
func TestStrayFlagsDoNotHideABody(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	first := true
	s.on["UID FETCH"] = func(c *talk, tag, args string) bool {
		if first {
			c.say(`* 1 FETCH (UID 1 FLAGS (\Seen))`)
		}
		first = false
		return false
	}
	w, st := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 })
	if st.last().Vanished != 0 {
		t.Error("counted as lost")
	}
}

// A server may answer pipelined commands in any order.
func TestAnswersInAnyOrder(t *testing.T) {
	s, l := newScript(t, mail("one"), mail("two")), newLedger()
	var held string
	s.on["UID FETCH"] = func(c *talk, tag, args string) bool {
		if held == "" {
			held = tag + " " + args
			return true
		}
		for _, one := range []string{tag + " " + args, held} {
			tag, args, _ := strings.Cut(one, " ")
			uid, _, _ := strings.Cut(args, " ")
			s.give(c, uid)
			c.say("%s OK done", tag)
		}
		held = ""
		return true
	}
	w, _ := s.watcher(l)
	start(t, w)
	until(t, "both kept", func() bool { return l.count() == 2 })
}

// Lists that would make go-imap panic or never end.
func TestSenselessLists(t *testing.T) {
	for _, list := range []string{"* SEARCH 0", "* ESEARCH (TAG \"%s\") UID ALL 1:4294967295"} {
		s, l := newScript(t, mail("one")), newLedger()
		tries := 0
		s.on["UID SEARCH"] = func(c *talk, tag, args string) bool {
			if tries++; tries > 1 {
				return false
			}
			c.say(strings.ReplaceAll(list, "%s", tag))
			c.say("%s OK done", tag)
			return true
		}
		w, _ := s.watcher(l)
		err := newWatch(w.withDefaults()).visit(t.Context())
		if !errors.Is(err, ErrServer) {
			t.Errorf("%s: %v", list, err)
		}
	}
}

// The highest UID there can be is a message like any other.
func TestHighestUID(t *testing.T) {
	s, l := newScript(t), newLedger()
	s.inbox[4294967295] = mail("last")
	w, _ := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.has("concerns/7/4294967295") })
}

// visitUntil visits once, until f is true.
func visitUntil(t *testing.T, m *watch, f func() bool) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan error, 1)
	go func() { done <- m.visit(ctx) }()
	until(t, "visited", f)
	cancel()
	<-done
}
