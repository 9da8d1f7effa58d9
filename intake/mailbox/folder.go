package mailbox

import (
	"fmt"
	"maps"
	"slices"

	"github.com/emersion/go-imap/v2"
)

// folder is what is remembered of the watched folder while it keeps its
// UIDVALIDITY. The ledger is the truth; this only saves asking it again.
type folder struct {
	validity uint32
	reused   imap.UID          // it was set back: UIDs below may have had another meaning
	next     imap.UID          // every UID below was accounted for; 0 if nobody ever looked
	high     imap.UID          // highest UIDNEXT seen
	known    map[imap.UID]bool // taken in
	proven   map[imap.UID]bool // of these, seen by this visit to be what was taken in
	lost     map[imap.UID]bool // counted as gone before they were taken in
	present  map[imap.UID]bool // taken in, and in the folder when last seen
	hand     map[imap.UID]bool // planned, being fetched or being kept
	flying   map[imap.UID]bool // of these, not planned only; those that a broken line ended too
	copied   map[imap.UID]bool // copied to Kept, the original still there
	plan     plan
	backlog  imap.UID // UIDs below were found waiting with many others
}

func newFolder(validity uint32) *folder {
	return &folder{
		validity: validity,
		known:    make(map[imap.UID]bool),
		proven:   make(map[imap.UID]bool),
		lost:     make(map[imap.UID]bool),
		present:  make(map[imap.UID]bool),
		hand:     make(map[imap.UID]bool),
		flying:   make(map[imap.UID]bool),
		copied:   make(map[imap.UID]bool),
		plan:     plan{trials: make(map[imap.UID]*trial)},
	}
}

// begin forgets what was only planned or is true of one visit only: a new line
// looks anew.
func (f *folder) begin() {
	f.next = f.settled(false)
	clear(f.hand)
	clear(f.flying)
	clear(f.proven)
	f.plan.todo = nil
	for _, t := range f.plan.trials {
		t.running = false
	}
}

// listing is what one look found: uids at or above from, ascending, each once.
type listing struct {
	from imap.UID
	uids []imap.UID
	next imap.UID // UIDNEXT, 0 when the server does not tell
}

// strange returns the UIDs of l nobody has dealt with yet.
func (f *folder) strange(l listing) (uids []imap.UID) {
	for _, uid := range l.uids {
		if !f.known[uid] && !f.hand[uid] && f.plan.trials[uid] == nil {
			uids = append(uids, uid)
		}
	}
	return uids
}

// gaps returns UIDs that were given out since the last look and are neither in
// the folder nor taken in, and how many: messages that came and went unseen.
// There are none before the first look, for nobody was watching then.
func (f *folder) gaps(l listing) (set imap.UIDSet, n int) {
	if f.next == 0 {
		return nil, 0
	}
	at := f.next
	for _, uid := range f.accounted(l) {
		if uid > at {
			set = append(set, imap.UIDRange{Start: at, Stop: uid - 1})
			n += int(uid - at)
		}
		at = uid + 1
	}
	if l.next > at {
		set = append(set, imap.UIDRange{Start: at, Stop: l.next - 1})
		n += int(l.next - at)
	}
	return set, n
}

// accounted returns, ascending, the UIDs since the last look that l shows or
// that went through our own hands.
func (f *folder) accounted(l listing) (uids []imap.UID) {
	for _, uid := range l.uids {
		if uid >= f.next {
			uids = append(uids, uid)
		}
	}
	for _, ours := range [...]map[imap.UID]bool{f.known, f.hand, f.lost} {
		for uid := range ours {
			if uid >= f.next {
				uids = append(uids, uid)
			}
		}
	}
	slices.Sort(uids)
	return slices.Compact(uids)
}

// missed compares a listing of the whole folder with what should be there. It
// returns how many taken messages somebody removed and how many failed ones
// went before they could be taken, and forgets both.
func (f *folder) missed(l listing) (removed, vanished int) {
	for uid := range f.present {
		if !has(l.uids, uid) {
			removed++
			delete(f.present, uid)
		}
	}
	for uid, t := range f.plan.trials {
		if !t.running && !has(l.uids, uid) {
			if !f.known[uid] {
				vanished++
			}
			delete(f.plan.trials, uid)
		}
	}
	return removed, vanished
}

// close accounts for everything below what l saw, and forgets what is gone.
func (f *folder) close(l listing) {
	f.next = max(f.next, l.next)
	if n := len(l.uids); n > 0 {
		f.next = max(f.next, l.uids[n-1]+1)
	}
	f.high = max(f.high, f.next)
	if l.from > 1 {
		return
	}
	low := f.settled(false)
	maps.DeleteFunc(f.lost, func(uid imap.UID, _ bool) bool { return uid < low })
	for uid := range f.known {
		if uid < f.next && !has(l.uids, uid) {
			delete(f.known, uid)
			delete(f.copied, uid)
		}
	}
}

// settled is the lowest UID that was seen and is not taken in yet, or next: from
// there on it must be found out again what came and went, should all that is
// planned be forgotten. Trials that a person was told of do not count.
func (f *folder) settled(trials bool) imap.UID {
	low := f.next
	if len(f.plan.todo) > 0 {
		low = min(low, f.plan.todo[0])
	}
	for uid := range f.flying {
		low = min(low, uid)
	}
	for uid, t := range f.plan.trials {
		if trials && t.tries < asideAfter {
			low = min(low, uid)
		}
	}
	return low
}

// drop notes that uid is not in hand any more.
func (f *folder) drop(uid imap.UID) {
	delete(f.hand, uid)
	delete(f.flying, uid)
}

func has(uids []imap.UID, uid imap.UID) bool {
	_, ok := slices.BinarySearch(uids, uid)
	return ok
}

// listMost bounds what a server can make us remember.
const listMost = 2_000_000

// uidsOf lists the set of a SEARCH answer from from on. go-imap's own listing
// panics on UID 0 and never ends at the highest UID.
func uidsOf(found imap.NumSet, from imap.UID) ([]imap.UID, error) {
	set, _ := found.(imap.UIDSet)
	var uids []imap.UID
	for _, r := range set {
		if r.Start == 0 || r.Stop == 0 || int(r.Stop-r.Start)+len(uids) > listMost {
			return nil, fmt.Errorf("%w: senseless list of messages", ErrServer)
		}
		for uid := uint64(max(r.Start, from)); uid <= uint64(r.Stop); uid++ {
			uids = append(uids, imap.UID(uid))
		}
	}
	return uids, nil
}
