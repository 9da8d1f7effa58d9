package mailbox

import (
	"errors"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// refusedOr is [refused], but keeps an error of our own.
func refusedOr(act string, err, kind error) error {
	if errors.Is(err, kind) {
		return err
	}
	return refused(act, err, kind)
}

// verify looks a second time for n messages that should be in set before they
// are counted as lost: an alarm follows. Those that are there after all are
// fetched, and those that an earlier life took in and moved are not lost.
func (v *visit) verify(set imap.UIDSet, n int) {
	v.search(set, func(there []imap.UID) error {
		lost, err := v.lost(set, n, there)
		if err != nil {
			return err
		}
		v.count(0, uint64(lost))
		fresh, err := v.unknown(v.folder.strange(listing{uids: there}))
		v.plan(fresh)
		return err
	})
}

// lostMost is how many lost messages the book is asked about one by one.
const lostMost = 20_000

// lost counts those of the n messages of set that are not there and were never
// taken in.
func (v *visit) lost(set imap.UIDSet, n int, there []imap.UID) (int, error) {
	if n > lostMost {
		return n - len(there), nil
	}
	uids, err := uidsOf(set, 1)
	if err != nil {
		return 0, err
	}
	uids = slices.DeleteFunc(uids, func(uid imap.UID) bool { return has(there, uid) })
	lost := 0
	for some := range slices.Chunk(uids, askMost) {
		known, err := v.ask(some)
		if err != nil {
			return 0, err
		}
		for _, uid := range some {
			if known[v.key(uid)] == nil || uid < v.folder.reused {
				lost++
				v.folder.lost[uid] = true
			}
		}
	}
	return lost, nil
}

// doubt finds out why messages were asked for and not given: gone, or there and
// not given, which is a failure of that message.
func (v *visit) doubt() {
	uids := v.doubted
	v.doubted = nil
	v.search(imap.UIDSetNum(uids...), func(there []imap.UID) error {
		for _, uid := range uids {
			if has(there, uid) {
				v.failed(uid, errNoBody)
				continue
			}
			v.folder.drop(uid)
			delete(v.folder.plan.trials, uid)
			if !v.folder.known[uid] { // or the next listing finds it removed
				v.count(0, 1)
				v.folder.lost[uid] = true
			}
		}
		return nil
	})
}

// search finds which UIDs of set are in the folder now and hands them to then,
// ascending.
func (v *visit) search(set imap.UIDSet, then func([]imap.UID) error) {
	noop := v.client.Noop()
	search := v.client.UIDSearch(&imap.SearchCriteria{UID: []imap.UIDSet{set}}, nil)
	v.onLine++
	go func() {
		_ = noop.Wait() // a broken line shows in search
		data, err := search.Wait()
		var there []imap.UID
		if err == nil {
			there, err = uidsOf(data.All, 1)
		}
		v.events <- func() error {
			if v.onLine--; err != nil {
				return refusedOr("search", err, ErrServer)
			}
			return then(there)
		}
	}()
}

// count notes messages that went away and says so at once.
func (v *visit) count(removed, vanished uint64) {
	if removed+vanished == 0 {
		return
	}
	v.status.Removed += removed
	v.status.Vanished += vanished
	v.unsaid.Removed += removed
	v.unsaid.Vanished += vanished
	v.Log.Warn("messages disappeared", "mailbox", v.Name, "before_intake", vanished, "after_intake", removed)
	v.tell()
}
