package mailbox

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"dutydesk/intake"

	"github.com/emersion/go-imap/v2"
)

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
			until(t, "all kept", func() bool { return s.holds() == 0 }) // some twice: a new line proves what an old one kept
			until(t, "nobody aside", func() bool { return st.last().Aside == 0 && st.last().State == Watching })
			if l.count() != 20 {
				t.Errorf("kept %d", l.count())
			}
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
