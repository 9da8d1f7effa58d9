package mailbox

import (
	"errors"

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
// fetched.
func (v *visit) verify(set imap.UIDSet, n int) {
	v.search(set, func(there []imap.UID) error {
		v.count(0, uint64(n-len(there)))
		fresh, err := v.unknown(v.folder.strange(listing{uids: there}))
		v.plan(fresh)
		return err
	})
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
			delete(v.folder.hand, uid)
			delete(v.folder.plan.trials, uid)
			v.count(0, 1)
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
	v.Log.Warn("messages disappeared", "mailbox", v.Name, "before_intake", vanished, "after_intake", removed)
	v.tell()
}
