package mailbox

import (
	"fmt"
	"testing"
)

func TestTakesWhatLiesThereAndWhatComes(t *testing.T) {
	o, l := newOffice(t), newLedger()
	o.deliver("INBOX", mail("one"))
	o.deliver("INBOX", mail("two"))
	w, s := newWatcher(t, o.addr, l)
	start(t, w)
	until(t, "two kept", func() bool { return l.count() == 2 })
	o.deliver("INBOX", mail("three"))
	until(t, "three kept", func() bool { return l.count() == 3 })
	if !l.has("concerns/1/3") {
		t.Errorf("keys: %v", l.kept)
	}
	if got := l.bodies()[0]; got != mail("one") {
		t.Errorf("body %q", got)
	}
	until(t, "told", func() bool { return s.last().Taken == 3 && s.last().State == Watching })
	l.once(t)
	if n := o.holds("INBOX"); n != 3 {
		t.Errorf("INBOX holds %d", n)
	}
}

func TestMovesWhatIsKept(t *testing.T) {
	o, l := newOffice(t), newLedger()
	for i := range 30 {
		o.deliver("INBOX", mail(fmt.Sprint(i)))
	}
	w, s := newWatcher(t, o.addr, l)
	w.Kept = "Kept"
	start(t, w)
	until(t, "all moved", func() bool { return o.holds("INBOX") == 0 && o.holds("Kept") == 30 })
	l.once(t)
	until(t, "moving works", func() bool { return s.last().Moving == MovingWorks && s.last().Waiting == 0 })
	if st := s.last(); st.Vanished != 0 || st.Removed != 0 {
		t.Errorf("our own moves are counted as losses: %+v", st)
	}
}
