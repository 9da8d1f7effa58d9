package mailbox

import (
	"slices"

	"github.com/emersion/go-imap/v2"
)

// A UID that the book knows is no proof: a server that was restored gives UIDs
// out again, also when nobody saw its UIDNEXT go back. Within one visit a UID
// keeps its meaning (RFC 9051 section 2.3.1.1), so what this visit took in is
// proven. Before anything else is moved it is fetched once more and handed to
// the desk, which knows its bytes or takes it in; and what only lies there must
// at least have the size of what was taken in under its UID.

// proofFirst is how many messages are fetched once more before a first move has
// shown that it is worth while.
const proofFirst = 24

// unproven is the next message that must be seen again before it is moved.
func (v *visit) unproven() (imap.UID, bool) {
	most := proofFirst
	if v.moved {
		most = moveBatch
	}
	if len(v.moot) == 0 || !v.moves() || len(v.taken)+v.inHand >= most {
		return 0, false
	}
	uid := v.moot[0]
	v.moot = v.moot[1:]
	v.folder.hand[uid] = true
	return uid, true
}

// prove will fetch uid once more before it is moved.
func (v *visit) prove(uid imap.UID) {
	if v.folder.hand[uid] || v.folder.plan.trials[uid] != nil {
		return
	}
	if at, there := slices.BinarySearch(v.moot, uid); !there {
		v.moot = slices.Insert(v.moot, at, uid)
	}
}

// suspect notes what lay in the folder before this visit began, for [measure].
func (v *visit) suspect(uids []imap.UID) {
	if v.suspected || v.Kept != "" {
		return
	}
	v.suspected = true
	for _, uid := range uids {
		if v.folder.known[uid] && !v.folder.proven[uid] {
			v.unmeasured = append(v.unmeasured, uid)
		}
	}
}

// measure asks how large some of the messages are that are known by their UID
// only. Those of another size than what was taken in are fetched once more.
func (v *visit) measure() {
	some := v.unmeasured[:min(askMost, len(v.unmeasured))]
	v.unmeasured = v.unmeasured[len(some):]
	v.measuring = true
	v.onLine++
	answer := v.askSizes(some)
	go func() {
		found, err := answer()
		v.events <- func() error { return v.measured(some, found, err) }
	}()
}

func (v *visit) measured(uids []imap.UID, found map[imap.UID]int64, err error) error {
	v.onLine--
	v.measuring = false
	if err != nil {
		return err
	}
	known, err := v.ask(uids)
	if err != nil {
		return err
	}
	var other []imap.UID
	for _, uid := range uids {
		size, there := found[uid]
		switch {
		case !there || v.folder.hand[uid]:
		case slices.Contains(known[v.key(uid)], size) || v.folder.named[uid] == size:
			v.folder.proven[uid] = true
		default:
			other = append(other, uid)
		}
	}
	if len(other) > 0 {
		v.Log.Info("known messages have another size, fetching them again", "mailbox", v.Name, "n", len(other))
	}
	v.plan(other)
	return nil
}
