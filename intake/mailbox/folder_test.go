package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
)

// F40: the server renumbers the folder. Every message is handed over again
// under its new key, for the desk to compare; once, and without a word of alarm.
func TestF40Renumbered(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one"), mail("two")), newLedger()
	w, st := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 2 })
	s.locked(func() { s.validity = 8 })
	until(t, "taken anew", func() bool { return l.has("concerns/8/1") && l.has("concerns/8/2") })
	until(t, "told", func() bool { return st.last().Resets == 1 && st.last().State == Watching })
	if st := st.last(); st.Removed != 0 || st.Vanished != 0 {
		t.Errorf("%+v", st)
	}
	l.once(t)
}

// A folder without UIDVALIDITY has no keys that last: nothing is taken, and
// somebody hears of it.
func TestNoUIDValidity(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	s.on["EXAMINE"] = func(c *talk, tag, _ string) bool {
		c.say("* 1 EXISTS\r\n%s OK done", tag)
		return true
	}
	w, _ := s.watcher(l)
	if err := newWatch(w.withDefaults()).visit(t.Context()); !errors.Is(err, ErrServer) || l.count() > 0 {
		t.Errorf("visit: %v, kept %d", err, l.count())
	}
}

// F43, F44: messages are told apart by where they lie, never by what they say
// of themselves.
func TestF43F44TellsApartByUID(t *testing.T) {
	id := "Message-ID: <same@college.example>\r\n"
	bodies := []string{
		id + mail("first"), id + mail("other bytes"), id + mail("first"), // twice the very same
		mail("no id"), id + id + mail("two ids"),
		"Message-ID: <" + strings.Repeat("x", 64<<10) + ">\r\n" + mail("long id"),
		"Message-ID: \x00\xff<>\r\n" + mail("senseless id"), "", "\r\n", "no header at all",
	}
	s, l := newScript(t, bodies...), newLedger()
	w, _ := s.watcher(l)
	start(t, w)
	until(t, "all kept", func() bool { return l.count() == len(bodies) })
	want := slices.Sorted(slices.Values(bodies))
	if got := l.bodies(); !slices.Equal(got, want) {
		t.Error("bytes differ")
	}
}

// T22: a message that comes and is deleted before anybody could fetch it.
func TestT22DeletedBeforeIntake(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	w, st := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 && st.last().State == Watching })
	s.locked(func() { s.next++ }) // came and went
	until(t, "counted", func() bool { return st.last().Vanished == 1 })
	looks := s.said("UID SEARCH")
	until(t, "more looks", func() bool { return s.said("UID SEARCH") > looks+10 })
	if n := st.last().Vanished; n != 1 {
		t.Errorf("counted %d times", n)
	}
}

// T22: the server announces a message that is gone before it can be fetched.
func TestT22AnnouncedAndGone(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	w, st := s.watcher(l)
	start(t, w)
	for n := range uint64(10) {
		idles := s.said("IDLE")
		until(t, "idle", func() bool { return s.said("IDLE") > idles })
		s.locked(func() {
			s.next++
			for c := range s.talks {
				c.say("* 2 EXISTS\r\n* 2 EXPUNGE")
			}
		})
		until(t, "counted", func() bool { return st.last().Vanished >= n+1 })
	}
	if n := st.last().Vanished; n != 10 {
		t.Errorf("%d counted, want 10", n)
	}
	l.once(t)
}

// T22: nothing is counted that only seemed to be gone: an EXISTS without a
// message, or one that the server shows a moment late.
func TestT22FalseAlarms(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	hide := 0
	s.on["UID SEARCH"] = func(c *talk, tag, args string) bool {
		if hide == 0 || len(s.inbox) < 2 {
			return false
		}
		hide--
		c.say("* SEARCH\r\n%s OK done", tag)
		return true
	}
	s.on["UID FETCH"] = func(c *talk, tag, args string) bool {
		if hide > 0 {
			c.say("%s OK done", tag)
		}
		return hide > 0
	}
	w, st := s.watcher(l)
	start(t, w)
	until(t, "idle", func() bool { return s.said("IDLE") > 0 })
	s.locked(func() {
		for c := range s.talks {
			c.say("* 1 EXISTS")
		}
	})
	looks := s.said("UID SEARCH")
	until(t, "more looks", func() bool { return s.said("UID SEARCH") > looks+3 })
	s.locked(func() { hide = 1 })
	s.arrive(mail("shown late"))
	until(t, "kept", func() bool { return l.count() == 2 })
	if n := st.last().Vanished; n != 0 {
		t.Errorf("%d counted as lost", n)
	}
}

// T22: the same while the line was down.
func TestT22DeletedWhileAway(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one")), newLedger()
	w, st := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 && st.last().State == Watching })
	s.locked(func() { s.next += 2 })
	s.hangUp()
	until(t, "counted", func() bool { return st.last().Vanished == 2 })
}

// T21: a hundred kept messages are deleted behind our back.
func TestT21RemovedBehindOurBack(t *testing.T) {
	o, l := newOffice(t), newLedger()
	var uids []imap.UID
	for i := range 120 {
		o.deliver("INBOX", mail(fmt.Sprint(i)))
		uids = append(uids, imap.UID(i+1))
	}
	w, st := newWatcher(t, o.addr, l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 120 && st.last().Waiting == 0 })
	o.remove("INBOX", uids[:100]...)
	until(t, "counted", func() bool { return st.last().Removed == 100 })
	if st := st.last(); st.Vanished != 0 || st.State != Watching {
		t.Errorf("%+v", st)
	}
	o.deliver("INBOX", mail("life goes on"))
	until(t, "kept", func() bool { return l.count() == 121 })
	l.once(t)
}

// F50: the folder is renamed or its rights are gone: an alarm, no new folder,
// and work goes on when it is back.
func TestF50FolderGone(t *testing.T) {
	t.Parallel()
	o, l := newOffice(t), newLedger()
	o.create("Concerns")
	o.deliver("Concerns", mail("one"))
	w, st := newWatcher(t, o.addr, l)
	w.Folder = "Concerns"
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 })
	if err := o.user.Rename("Concerns", "Elsewhere", nil); err != nil {
		t.Fatal(err)
	}
	until(t, "told", func() bool { return st.last().State == FolderGone })
	if o.holds("Concerns") != -1 {
		t.Error("the folder was created")
	}
	if err := o.user.Rename("Elsewhere", "Concerns", nil); err != nil {
		t.Fatal(err)
	}
	o.deliver("Concerns", mail("two"))
	until(t, "both kept", func() bool { return l.count() == 2 })
}

// F50: a server that gives no reason. STATUS worked and then does not: the line
// may be open on a folder that has another name now.
func TestF50NoReasonGiven(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	looks := 0
	s.on["STATUS"] = func(c *talk, tag, _ string) bool {
		if looks++; looks > 2 {
			c.say("%s NO no", tag)
		}
		return looks > 2
	}
	w, _ := s.watcher(l)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := newWatch(w.withDefaults()).visit(ctx); !errors.Is(err, ErrFolder) {
		t.Errorf("visit: %v", err)
	}
}

// A server that never could say STATUS of the selected folder is lived with.
func TestNoStatus(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	s.on["STATUS"] = no("not of the selected folder")
	w, st := s.watcher(l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 })
	s.arrive(mail("two"))
	until(t, "both kept", func() bool { return l.count() == 2 && st.last().State == Watching })
}

// A wrong password and a busy server are told apart, and no second try follows
// on the same line.
func TestLoginRefused(t *testing.T) {
	for say, want := range map[string]error{
		"[AUTHENTICATIONFAILED] no": ErrRefused, "no": ErrRefused,
		"[THROTTLED] slow": ErrThrottled, "[UNAVAILABLE] later": ErrThrottled, "[LIMIT] many": ErrThrottled,
	} {
		s := newScript(t)
		s.on["LOGIN"] = no(say)
		w, _ := s.watcher(newLedger())
		if err := newWatch(w.withDefaults()).visit(t.Context()); !errors.Is(err, want) {
			t.Errorf("%s: %v", say, err)
		}
		if len(s.logins) != 1 || s.said("EXAMINE") > 0 {
			t.Errorf("%s: went on after it", say)
		}
	}
}

// F49: in each place where a server throttles, patience follows and nobody is
// blamed.
func TestF49Throttled(t *testing.T) {
	bye := func(c *talk, _, _ string) bool {
		c.say("* BYE [THROTTLED] suspended")
		c.Close()
		return true
	}
	for _, verb := range []string{"greeting", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "IDLE"} {
		for name, f := range map[string]answer{"NO": no("[THROTTLED] x"), "BYE": bye} {
			if verb == "greeting" && name == "NO" {
				continue
			}
			s, l := newScript(t, mail("one")), newLedger()
			s.on[verb] = f
			w, _ := s.watcher(l)
			m := newWatch(w.withDefaults())
			if err := m.visit(t.Context()); !errors.Is(err, ErrThrottled) {
				t.Errorf("%s %s: %v", name, verb, err)
			}
			if n := len(m.folder.plan.trials); n > 0 {
				t.Errorf("%s %s: %d messages blamed", name, verb, n)
			}
		}
	}
}
