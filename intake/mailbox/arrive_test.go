package mailbox

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"dutydesk/intake"
)

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

// What waited with many others is marked as a backlog; what comes new, and the
// few that a quiet night left, are not.
func TestBacklogIsMarked(t *testing.T) {
	for _, n := range []int{backlogMany, backlogMany + 1} {
		var bodies []string
		for i := range n {
			bodies = append(bodies, mail(fmt.Sprint(i)))
		}
		s, l := newScript(t, bodies...), newLedger()
		var mu sync.Mutex
		late := map[bool]int{}
		l.take = func(d intake.Delivery) error {
			mu.Lock()
			defer mu.Unlock()
			late[d.Backlog]++
			return nil
		}
		w, _ := s.watcher(l)
		start(t, w)
		until(t, "kept", func() bool { return l.count() == n })
		s.arrive(mail("new"))
		until(t, "the new one too", func() bool { return l.count() == n+1 })
		mu.Lock()
		want := map[bool]int{false: n + 1}
		if n > backlogMany {
			want = map[bool]int{true: n, false: 1}
		}
		if !maps.Equal(late, want) {
			t.Errorf("%d waited: %v", n, late)
		}
		mu.Unlock()
	}
}
