package mailbox

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// looked is everything one look at the folder brought back.
type looked struct {
	listing
	validity uint32
	status   error
	search   error
}

// from is where the next look starts: at the news, or, from time to time and
// when the server said that something went, at the very beginning.
func (v *visit) from(now time.Time) imap.UID {
	if v.gone.Load() || !now.Before(v.whole) {
		return 1
	}
	return v.folder.next
}

// look asks which messages there are from the UID from on. STATUS comes first
// and NOOP between, so that no message can be counted that is not yet shown.
func (v *visit) look(from imap.UID) {
	if v.again = v.looking; v.again {
		return
	}
	v.looking, v.beat = true, time.Now().Add(v.Poll)
	if from <= 1 {
		from, v.whole = 1, time.Now().Add(wholeBeat*v.Poll)
		v.gone.Store(false)
	}
	status := v.client.Status(v.Folder, &imap.StatusOptions{UIDNext: true, UIDValidity: true})
	noop := v.client.Noop()
	search := v.client.UIDSearch(everyFrom(from), nil)
	v.onLine++
	go func() {
		l := looked{listing: listing{from: from}}
		if data, err := status.Wait(); err == nil {
			l.next, l.validity = data.UIDNext, data.UIDValidity
		} else {
			l.status = err
		}
		_ = noop.Wait() // its NO means nothing, and a broken line shows in search
		data, err := search.Wait()
		if l.search = err; err == nil {
			l.uids, l.search = uidsOf(data.All, from)
		}
		v.events <- func() error { return v.saw(l) }
	}()
}

// everyFrom matches every message from the UID from on. Servers answer n:* with
// the last message even when its UID is lower; [uidsOf] drops that.
func everyFrom(from imap.UID) *imap.SearchCriteria {
	if from <= 1 {
		return &imap.SearchCriteria{}
	}
	return &imap.SearchCriteria{UID: []imap.UIDSet{{{Start: from}}}}
}

// saw takes in what a look brought.
func (v *visit) saw(l looked) error {
	v.onLine--
	v.looking = false
	if err := v.judge(l); err != nil {
		return err
	}
	if err := v.weigh(l.listing); err != nil {
		return err
	}
	v.listed()
	if v.again {
		v.look(v.folder.next)
	}
	return nil
}

// judge decides whether the look can be believed. A STATUS that worked and then
// is refused means that the folder is no longer the one selected.
func (v *visit) judge(l looked) error {
	if l.search != nil {
		return refusedOr("search", l.search, ErrServer)
	}
	if l.status != nil {
		said, no := refusal(l.status)
		if !no {
			return errCut
		}
		if said.Code == imap.ResponseCodeNonExistent || v.statusUse == statusWorks {
			return fmt.Errorf("status: %w", ErrFolder)
		}
		v.statusUse = statusUseless
		return nil
	}
	if l.validity != 0 && l.validity != v.folder.validity {
		return fmt.Errorf("%w: folder renumbered", ErrLine)
	}
	v.statusUse = statusWorks
	return nil
}

// weigh plans what is new and counts what is missing.
func (v *visit) weigh(l listing) error {
	f := v.folder
	fresh, err := v.unknown(f.strange(l))
	if err != nil {
		return err
	}
	lost, n := f.gaps(l)
	if l.from == 1 {
		removed, vanished := f.missed(l)
		v.count(uint64(removed), uint64(vanished))
	}
	f.close(l)
	if n := len(fresh); n > backlogMany {
		f.backlog = max(f.backlog, fresh[n-1]+1)
	}
	v.plan(fresh)
	v.claim(l.uids)
	v.suspect(l)
	if n > 0 {
		v.verify(lost, n)
	}
	return nil
}

// backlogMany is how many messages found at once are a backlog, which what comes
// later may overtake at the desk as it does on the line.
const backlogMany = 50

// plan will fetch uids.
func (v *visit) plan(uids []imap.UID) {
	for _, uid := range uids {
		v.folder.hand[uid] = true
	}
	v.folder.plan.add(uids)
}

// claim notes which taken messages lie in the folder, and will move those that
// are what was taken in.
func (v *visit) claim(uids []imap.UID) {
	moves := v.moves()
	for _, uid := range uids {
		if !v.folder.known[uid] {
			continue
		}
		v.folder.present[uid] = true
		switch {
		case !moves:
		case v.folder.proven[uid]:
			v.shelveLater(uid)
		default:
			v.prove(uid)
		}
	}
}

// askMost is how many keys the book is asked for at once.
const askMost = 500

// unknown returns those of uids that the book does not know, and notes the
// others. In a folder that was set back the book's word is not taken.
func (v *visit) unknown(uids []imap.UID) (fresh []imap.UID, err error) {
	if reused := v.folder.reused; reused > 0 {
		n, _ := slices.BinarySearch(uids, reused)
		fresh, uids = slices.Clone(uids[:n]), uids[n:]
	}
	for len(uids) > 0 {
		some := uids[:min(askMost, len(uids))]
		uids = uids[len(some):]
		known, err := v.ask(some)
		if err != nil {
			return nil, err
		}
		for _, uid := range some {
			if known[v.key(uid)] != nil {
				v.folder.known[uid] = true
			} else {
				fresh = append(fresh, uid)
			}
		}
	}
	return fresh, nil
}

func (v *visit) ask(uids []imap.UID) (map[string][]int64, error) {
	keys := make([]string, len(uids))
	for i, uid := range uids {
		keys[i] = v.key(uid)
	}
	ctx, cancel := context.WithTimeout(v.keeping, v.Stall)
	defer cancel()
	known, err := v.Book.Known(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("%w: ask the book: %w", ErrDesk, err)
	}
	return known, nil
}

func (v *visit) key(uid imap.UID) string { return keyOf(v.Name, v.folder.validity, uid) }
