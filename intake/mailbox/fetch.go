package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"dutydesk/intake"

	"github.com/emersion/go-imap/v2"
)

// fetching is one message on its way from the server to the desk.
type fetching struct {
	body
	uid   imap.UID
	key   string
	order uint64 // of asking
	late  bool   // out of a backlog
	guess bool   // asked for before the server named it
	began bool   // its body came
}

// refusal by the desk: it is the desk's trouble, not the line's.
type deskError struct{ err error }

func (e deskError) Error() string { return "desk: " + e.err.Error() }
func (e deskError) Unwrap() error { return e.err }

// send asks for as many messages as may be in hand.
func (v *visit) send(now time.Time) {
	for v.inHand < v.ahead && len(v.taken) < moveBatch {
		uid, ok := v.folder.plan.next(now)
		if !ok {
			uid, ok = v.unproven()
		}
		if !ok {
			return
		}
		v.fetch(uid, false)
	}
}

// guess asks for the message that EXISTS most likely announced, before a look
// has told its UID: that saves a round trip, and asking for nothing costs none.
func (v *visit) guess() {
	uid := v.folder.next
	if uid > 0 && !v.folder.known[uid] && !v.folder.hand[uid] && v.inHand < v.ahead {
		v.folder.hand[uid] = true
		v.fetch(uid, true)
	}
}

// fetch asks for one message, one UID to a command, and carries it to the desk
// beside whatever else is on the way.
func (v *visit) fetch(uid imap.UID, guess bool) {
	v.order++
	f := &fetching{uid: uid, key: v.key(uid), guess: guess, order: v.order, late: uid < v.folder.backlog}
	f.believe, f.before = v.liar >= liarAfter, -1
	if t := v.folder.plan.trials[uid]; t != nil {
		f.before = t.size
	}
	v.folder.flying[uid] = true
	v.onLine++
	v.inHand++
	v.traffic.asked(time.Now())
	f.cmd = v.client.Fetch(imap.UIDSetNum(uid), &wanted)
	go v.carry(f)
}

// liarAfter is how often RFC822.SIZE may be wrong before it is not asked about.
const liarAfter = 3

// carry runs beside the visit, one per message, and changes nothing of it.
func (v *visit) carry(f *fetching) {
	keep, lost := v.take(f)
	v.events <- func() error { return v.fetched(f, lost) }
	if lost != nil {
		return
	}
	err := keep(v.keeping)
	v.events <- func() error { return v.kept(f, err) }
}

// take brings the body to the desk. keep is nil unless every byte arrived and
// the desk has read them all.
func (v *visit) take(f *fetching) (keep func(context.Context) error, err error) {
	err = f.open()
	v.traffic.answered()
	defer v.traffic.read()
	if err != nil {
		return nil, err
	}
	f.began = true
	keep, err = v.Desk.Take(v.keeping, intake.Delivery{
		Door: intake.Mail, Mailbox: v.Name, Org: v.Org, Key: f.key, At: v.Now().UTC(), Backlog: f.late, Body: &f.body,
	})
	switch {
	case f.err == nil:
		return nil, f.unread(err)
	case f.err != io.EOF:
		return nil, f.err
	case err != nil:
		return nil, deskError{err}
	}
	return keep, nil
}

// unread frees the line of a body the desk did not read to its end.
func (f *fetching) unread(err error) error {
	if cut := f.drain(); cut != nil {
		return cut
	}
	if err == nil {
		err = errUnread
	}
	return deskError{err}
}

// fetched notes that the line is free of f.
func (v *visit) fetched(f *fetching, err error) error {
	v.onLine--
	if err == nil {
		return nil
	}
	v.inHand--
	var desk deskError
	switch {
	case errors.As(err, &desk):
		return v.refusedBy(f.uid, desk.err)
	case errors.Is(err, errCut), errors.Is(err, ErrThrottled):
		v.cut = append(v.cut, f)
		delete(v.folder.hand, f.uid)
		return err
	case errors.Is(err, errSize), errors.Is(err, errEmpty):
		v.failed(f.uid, err).size = f.read
		return nil
	case f.guess && f.uid >= v.folder.next:
		v.folder.drop(f.uid) // guessed wrong, or the next look finds it
		return nil
	}
	v.doubted = append(v.doubted, f.uid)
	return nil
}

// kept notes what became of f at the desk.
func (v *visit) kept(f *fetching, err error) error {
	v.inHand--
	if err != nil {
		return v.refusedBy(f.uid, err)
	}
	if f.lied {
		v.liar++
		v.status.WrongSize++
	}
	v.accepted(f.uid)
	if v.inHand == 0 {
		v.tell()
	}
	return nil
}

// accepted notes that uid is durable: from now on the server's copy is free.
func (v *visit) accepted(uid imap.UID) {
	f := v.folder
	f.drop(uid)
	delete(f.plan.trials, uid)
	if !f.known[uid] {
		v.status.Taken++
	}
	f.known[uid], f.present[uid], f.proven[uid] = true, true, true
	clear(v.refusing)
	if v.shut {
		v.shut = false
		f.plan.amnesty()
		v.listed()
	}
	if v.moves() {
		v.shelveLater(uid)
	}
	if v.stays() {
		v.sign(uid)
	}
}

// failed notes one failure of uid, which then waits its turn; the third is told
// to a person.
func (m *watch) failed(uid imap.UID, err error) *trial {
	m.folder.drop(uid)
	t := m.folder.plan.failed(uid, time.Now())
	if t.tries == asideAfter {
		m.Log.Error("message set aside", "mailbox", m.Name, "uidvalidity", m.folder.validity, "uid", uid, "err", err)
		m.tell()
	}
	return t
}

// refusedMost is how many messages the desk may refuse in a row, taking none,
// before it is the desk that is out of order and not the messages.
const refusedMost = 3

// refusedBy notes that the desk could not take uid.
func (m *watch) refusedBy(uid imap.UID, err error) error {
	m.failed(uid, err)
	m.refusing[uid] = true
	if len(m.refusing) < refusedMost {
		return nil
	}
	m.shut = true
	return fmt.Errorf("%w: %w", ErrDesk, err)
}
