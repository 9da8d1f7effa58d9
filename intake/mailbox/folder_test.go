package mailbox

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"dutydesk/intake"

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
	l.once(t)
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

// The desk is shut: nothing is lost, nobody is set aside for it, and when it
// opens all come in.
func TestDeskShut(t *testing.T) {
	t.Parallel()
	var bodies []string
	for i := range 20 {
		bodies = append(bodies, mail(fmt.Sprint(i)))
	}
	for name, shut := range map[string]func(*ledger, error){
		"take": func(l *ledger, err error) { l.take = func(intake.Delivery) error { return err } },
		"keep": func(l *ledger, err error) { l.keep = func(string) error { return err } },
		"book": func(l *ledger, err error) { l.book = err },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, l := newScript(t, bodies...), newLedger()
			shut(l, errors.New("disk full"))
			w, st := s.watcher(l)
			w.Kept = "Kept"
			start(t, w)
			until(t, "told", func() bool { return st.last().State == DeskShut })
			success := st.last().LastSuccess
			if s.holds() != 20 || s.said("UID MOVE") > 0 {
				t.Error("touched the server")
			}
			looks := s.said("EXAMINE") + s.said("SELECT")
			until(t, "tried again", func() bool { return s.said("SELECT") > looks+1 })
			if st := st.last(); st.State != DeskShut || st.LastSuccess != success {
				t.Errorf("%+v while the desk is shut", st)
			}
			l.set(func() { shut(l, nil) })
			until(t, "all kept", func() bool { return l.count() == 20 && s.holds() == 0 })
			until(t, "nobody aside", func() bool { return st.last().Aside == 0 && st.last().State == Watching })
			l.once(t)
		})
	}
}

// When the desk opens again, what it refused need not wait out its turn.
func TestAmnesty(t *testing.T) {
	w, _ := newWatcher(t, "127.0.0.1:1", newLedger())
	v := &visit{watch: newWatch(w.withDefaults())}
	for range 5 {
		for uid := range imap.UID(3) {
			_ = v.refusedBy(uid+1, errors.New("disk full"))
		}
	}
	if at, _ := v.folder.plan.soonest(); time.Until(at) < time.Second {
		t.Fatalf("no wait to begin with: %v", at)
	}
	v.accepted(9)
	if at, _ := v.folder.plan.soonest(); !at.IsZero() {
		t.Errorf("still waits until %v", at)
	}
}

// One message that the desk never takes does not hold up the others.
func TestPoisonIsSetAside(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one"), mail("poison"), mail("three")), newLedger()
	l.take = func(d intake.Delivery) error {
		if d.Key == "concerns/7/2" {
			return errors.New("cannot")
		}
		return nil
	}
	w, st := s.watcher(l)
	start(t, w)
	until(t, "aside", func() bool { return st.last().Aside == 1 })
	s.arrive(mail("four"))
	until(t, "others kept", func() bool { return l.count() == 3 })
	if st.last().State != Watching {
		t.Errorf("%+v", st.last())
	}
	l.set(func() { l.take = nil })
	until(t, "kept after all", func() bool { return l.count() == 4 && st.last().Aside == 0 })
}

// A message that breaks the line whenever it is fetched is set aside; the
// others get through.
func TestKillerIsSetAside(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one"), mail("killer"), mail("three"), mail("four")), newLedger()
	s.on["UID FETCH"] = func(c *talk, _, args string) bool {
		if !strings.HasPrefix(args, "2 ") {
			return false
		}
		c.Close()
		return true
	}
	w, st := s.watcher(l)
	start(t, w)
	until(t, "aside", func() bool { return st.last().Aside == 1 })
	until(t, "others kept", func() bool { return l.count() == 3 })
	s.arrive(mail("five"))
	until(t, "new one kept", func() bool { return l.count() == 4 })
}

// A desk that stops reading or ignores how a body ended is not believed.
func TestCarelessDesk(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one"), mail("two")), newLedger()
	w, st := s.watcher(l)
	w.Desk = carelessDesk{}
	start(t, w)
	until(t, "aside", func() bool { return st.last().Aside > 0 || st.last().State == DeskShut })
	if st.last().Taken != 0 {
		t.Errorf("%+v", st.last())
	}
}

// A stop finishes what was begun and leaves the rest where it is.
func TestStopFinishesKeeps(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	reached, hold := make(chan struct{}), make(chan struct{})
	l.keep = func(string) error { close(reached); <-hold; return nil }
	w, st := s.watcher(l)
	stop := start(t, w)
	<-reached
	time.AfterFunc(50*time.Millisecond, func() { close(hold) })
	stop()
	if l.count() != 1 || st.last().Taken != 1 {
		t.Errorf("kept %d, told %d", l.count(), st.last().Taken)
	}
}

// New mail is fetched at once: without a second look, and without a second EXAMINE.
func TestNewMailIsFetchedAtOnce(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	w, _ := s.watcher(l)
	w.Poll = time.Minute
	start(t, w)
	until(t, "idle", func() bool { return s.said("IDLE") >= 1 })
	for i := range 5 {
		idles := s.said("IDLE")
		s.arrive(mail(fmt.Sprint("new", i)))
		until(t, "kept", func() bool { return l.count() == i+2 })
		until(t, "idle", func() bool { return s.said("IDLE") > idles })
	}
	if n := s.said("EXAMINE"); n != 1 {
		t.Errorf("selected %d times", n)
	}
	s.locked(func() {
		at := slices.IndexFunc(s.commands, func(c string) bool { return strings.HasPrefix(c, "UID FETCH 2 ") })
		if before := s.commands[at-1]; before != "IDLE" {
			t.Errorf("before the fetch came %q", before)
		}
	})
	l.once(t)
}

// A new message is not hidden by thousands that wait.
func TestNewMailPassesABacklog(t *testing.T) {
	bodies := make([]string, 2000)
	for i := range bodies {
		bodies[i] = mail(fmt.Sprint(i))
	}
	s, l := newScript(t, bodies...), newLedger()
	fetched := 0
	s.on["UID FETCH"] = func(c *talk, _, _ string) bool {
		if fetched++; fetched == 500 {
			s.inbox[s.next] = mail("new")
			s.next++
			c.say("* %d EXISTS", len(s.inbox))
		}
		return false
	}
	keptBefore := make(chan int, 1)
	l.keep = func(key string) error {
		if key == "concerns/7/2001" {
			keptBefore <- l.count()
		}
		return nil
	}
	w, _ := s.watcher(l)
	start(t, w)
	if n := <-keptBefore; n > 500+4*aheadDefault {
		t.Errorf("came after %d others, announced after 500", n)
	}
	until(t, "all kept", func() bool { return l.count() == 2001 })
	l.once(t)
}

// Without IDLE, and where IDLE is refused, the folder is polled.
func TestPollsWithoutIdle(t *testing.T) {
	for _, refuse := range []bool{false, true} {
		s, l := newScript(t), newLedger()
		s.caps = "IMAP4rev1"
		if refuse {
			s.caps, s.on["IDLE"] = "IMAP4rev1 IDLE", no("not now")
		}
		w, _ := s.watcher(l)
		stop := start(t, w)
		until(t, "looked", func() bool { return s.said("UID SEARCH") > 0 })
		s.arrive(mail("one"))
		until(t, "kept", func() bool { return l.count() == 1 })
		if n := s.said("IDLE"); n > 1 {
			t.Errorf("IDLE sent %d times", n)
		}
		stop()
	}
}

// A quiet folder costs a look per Poll and nothing more.
func TestNoBusyLoop(t *testing.T) {
	s, l := newScript(t, mail("one")), newLedger()
	w, st := s.watcher(l)
	w.Poll = 200 * time.Millisecond
	began := time.Now()
	start(t, w)
	until(t, "five looks", func() bool { return s.said("UID SEARCH") >= 5 })
	looks := time.Since(began)/w.Poll + 2
	if n := s.said("UID SEARCH"); n > int(looks) {
		t.Errorf("%d looks in %v", n, time.Since(began))
	}
	if st.last().LastSuccess.IsZero() {
		t.Error("no success told")
	}
}

// No more than Ahead messages are in hand, and the desk works on several at once.
func TestBoundedAndAtOnce(t *testing.T) {
	var bodies []string
	for i := range 100 {
		bodies = append(bodies, mail(fmt.Sprint(i)))
	}
	s, l := newScript(t, bodies...), newLedger()
	var now, most atomic.Int32
	full := make(chan struct{})
	l.keep = func(string) error {
		if n := now.Add(1); n > most.Load() {
			if most.Store(n); n == 8 {
				close(full)
			}
		}
		<-full
		now.Add(-1)
		return nil
	}
	w, _ := s.watcher(l)
	w.Ahead = 8
	start(t, w)
	until(t, "all kept", func() bool { return l.count() == 100 })
	if most.Load() != 8 {
		t.Errorf("%d at once", most.Load())
	}
}

// Probe looks and changes nothing.
func TestProbe(t *testing.T) {
	s := newScript(t, mail("one"), mail("two"))
	s.caps = "IMAP4rev1 IDLE UIDPLUS ACL"
	s.on["MYRIGHTS"] = func(c *talk, tag, args string) bool {
		c.say("* MYRIGHTS %s lrs\r\n%s OK done", args, tag)
		return true
	}
	w, _ := s.watcher(newLedger())
	w.Kept = "Kept"
	f, err := Probe(t.Context(), w)
	want := Findings{Messages: 2, Idle: true, UIDPlus: true, KeptThere: true, FolderLacks: "te", KeptLacks: "i"}
	if err != nil || f != want {
		t.Errorf("%+v, %v", f, err)
	}
	if s.said("SELECT")+s.said("CREATE")+s.said("UID") > 0 {
		t.Errorf("commands: %q", s.commands)
	}
	s.locked(func() { s.on["EXAMINE"] = no("[NONEXISTENT] x") })
	if _, err := Probe(t.Context(), w); !errors.Is(err, ErrFolder) {
		t.Errorf("missing folder: %v", err)
	}
	s.locked(func() { s.on["LOGIN"] = no("x") })
	if _, err := Probe(t.Context(), w); !errors.Is(err, ErrRefused) {
		t.Errorf("wrong password: %v", err)
	}
}
