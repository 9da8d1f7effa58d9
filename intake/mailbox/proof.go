package mailbox

import (
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
)

// A UID that the book knows is no proof: a server that was restored gives UIDs
// out again, also when nobody saw its UIDNEXT go back. Within one visit a UID
// keeps its meaning (RFC 9051 section 2.3.1.1), so what this visit took in is
// proven. Before anything else is moved it is fetched once more and handed to
// the desk, which knows its bytes or takes it in; and what only lies there must
// at least bear the sign, its size and the moment it came, that the server gave
// when its bytes were taken in under its UID. So the desk may be handed the same
// bytes under the same key more than once.

// proofFirst is how many messages are fetched once more before a first move has
// shown that it is worth while.
const proofFirst = 24

// stays reports whether taken messages stay in the folder for good.
func (v *visit) stays() bool { return v.Kept == "" || v.status.Moving == MovingUnable }

// unproven is the next message that must be seen again, once nothing is new.
func (v *visit) unproven() (imap.UID, bool) {
	most := proofFirst
	if v.moved {
		most = moveBatch
	}
	moves := v.moves()
	if len(v.moot) == 0 || !moves && !v.stays() || moves && len(v.taken)+v.inHand >= most {
		return 0, false
	}
	uid := v.moot[0]
	v.moot = v.moot[1:]
	v.folder.hand[uid] = true
	return uid, true
}

// prove will fetch uid once more.
func (v *visit) prove(uid imap.UID) {
	if v.folder.hand[uid] || v.folder.plan.trials[uid] != nil {
		return
	}
	if at, there := slices.BinarySearch(v.moot, uid); !there {
		v.moot = slices.Insert(v.moot, at, uid)
	}
}

// suspect notes what lay in the folder before this visit began, for [visit.measure].
func (v *visit) suspect(l listing) {
	if v.suspected || l.from > 1 || !v.stays() {
		return
	}
	v.suspected = true
	for _, uid := range l.uids {
		if v.folder.known[uid] && !v.folder.proven[uid] {
			v.unmeasured = append(v.unmeasured, uid)
		}
	}
	v.weighing = time.Now()
}

// sign will note how the server tells uid, which is proven, from others.
func (v *visit) sign(uid imap.UID) {
	if len(v.unmeasured) == 0 {
		v.weighing = time.Now().Add(min(moveDelay, v.Poll))
	}
	v.unmeasured = append(v.unmeasured, uid)
}

// measures reports whether signs are to be asked for now.
func (v *visit) measures(now time.Time) bool {
	return len(v.unmeasured) > 0 && !v.measuring && !v.looking && !now.Before(v.weighing)
}

// measure asks for the signs of some messages. Those that are proven are noted;
// those known by their UID only that bear another are fetched once more.
func (v *visit) measure() error {
	some := v.unmeasured[:min(askMost, len(v.unmeasured))]
	v.unmeasured = v.unmeasured[len(some):]
	noted, err := v.noted(some)
	if err != nil {
		return err
	}
	m := &measuring{uids: some, noted: noted, proven: make(map[imap.UID]bool)}
	for _, uid := range some {
		m.proven[uid] = v.folder.proven[uid]
	}
	heads := v.dateless || m.byHead()
	v.measuring, v.dating = true, !heads
	v.onLine++
	answer := v.askSigns(some, heads)
	go func() {
		found, err := answer()
		if err == nil {
			err = v.note(m, found)
		}
		v.events <- func() error { return v.measured(m, found, err) }
	}()
	return nil
}

// measuring is one question for signs.
type measuring struct {
	uids   []imap.UID
	noted  map[imap.UID][]string
	proven map[imap.UID]bool // when it was asked
}

// byHead reports whether a date among these could not be read before.
func (m *measuring) byHead() bool {
	for _, signs := range m.noted {
		if slices.ContainsFunc(signs, func(s string) bool { return strings.Contains(s, byHead) }) {
			return true
		}
	}
	return false
}

func (v *visit) measured(m *measuring, found map[imap.UID]string, err error) error {
	v.onLine--
	if err != nil {
		return err
	}
	v.measuring, v.dating = false, false
	other := 0
	for _, uid := range m.uids {
		sign, there := found[uid]
		switch {
		case !there || v.folder.hand[uid] || v.folder.plan.trials[uid] != nil || v.folder.proven[uid]:
		case slices.Contains(m.noted[uid], sign):
			v.folder.proven[uid] = v.Kept == "" // for a move only its bytes are proof
		default:
			v.prove(uid)
			other++
		}
	}
	if other > 0 {
		v.Log.Info("known messages may be others, fetching them again", "mailbox", v.Name, "n", other)
	}
	return nil
}
