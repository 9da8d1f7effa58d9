package mailbox

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/emersion/go-imap/v2"
)

// errUnable means that the server cannot move safely.
var errUnable = errors.New("server has neither MOVE nor UIDPLUS")

// moves reports whether taken messages are to be moved now.
func (v *visit) moves() bool {
	return v.Kept != "" && !time.Now().Before(v.unmoved)
}

// shelveLater moves uid with the next batch.
func (v *visit) shelveLater(uid imap.UID) {
	if len(v.taken) == 0 {
		v.move = time.Now().Add(min(moveDelay, v.Poll))
	}
	at, there := slices.BinarySearch(v.taken, uid)
	if !there {
		v.taken = slices.Insert(v.taken, at, uid)
	}
}

// shelve moves a batch of taken messages out of the way. A refusal is no
// trouble for intake: they are known, stay where they are, and are tried again
// later.
func (v *visit) shelve() error {
	uids := slices.Clone(v.taken[:min(moveBatch, len(v.taken))])
	v.taken = slices.Delete(v.taken, 0, len(uids))
	err := v.moveAway(uids)
	switch {
	case err == nil:
		v.status.Moving, v.moved = MovingWorks, true
	case errors.Is(err, errCut), errors.Is(err, ErrThrottled):
		return err
	default:
		v.sulk(err)
	}
	v.tell()
	return nil
}

// sulk gives up moving for a while.
func (v *visit) sulk(err error) {
	moving := MovingRefused
	if errors.Is(err, errUnable) {
		moving = MovingUnable
	}
	if v.status.Moving != moving {
		v.Log.Error("kept messages stay in the watched folder", "mailbox", v.Name, "err", err)
	}
	v.status.Moving = moving
	v.unmoved, v.taken, v.suspected = time.Now().Add(moveSulk), nil, false
}

// moveAway moves uids in the safest way the server has.
func (v *visit) moveAway(uids []imap.UID) error {
	move := v.caps.Has(imap.CapMove) && v.client.Caps().Has(imap.CapMove)
	if !move && !v.caps.Has(imap.CapUIDPlus) {
		return errUnable
	}
	if err := v.makeKept(); err != nil {
		return err
	}
	for _, uid := range uids {
		delete(v.folder.present, uid) // even if the answer is lost: we did it
	}
	if !move {
		return v.copyAway(uids)
	}
	// go-imap must see MOVE too, or it would copy, delete and expunge unchecked.
	if _, err := v.client.Move(imap.UIDSetNum(uids...), v.Kept).Wait(); err != nil {
		return refused("move", err, errDenied)
	}
	return nil
}

// copyAway is MOVE by hand: nothing is deleted that the server has not said it
// copied, and nothing expunged but that (UID EXPUNGE, RFC 4315).
func (v *visit) copyAway(uids []imap.UID) error {
	if err := v.copy(uids); err != nil {
		return err
	}
	var done imap.UIDSet
	for _, uid := range uids {
		if v.folder.copied[uid] {
			done.AddNum(uid)
		}
	}
	if len(done) == 0 {
		return fmt.Errorf("%w: the server does not say what it copied", errDenied)
	}
	flag := imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagDeleted}}
	if err := v.client.Store(done, &flag, nil).Close(); err != nil {
		return refused("mark copied", err, errDenied)
	}
	if err := v.client.UIDExpunge(done).Close(); err != nil {
		return refused("expunge copied", err, errDenied)
	}
	return nil
}

// copy copies those of uids that were not copied before, and notes those that
// the server says it did (COPYUID).
func (v *visit) copy(uids []imap.UID) error {
	var set imap.UIDSet
	for _, uid := range uids {
		if !v.folder.copied[uid] {
			set.AddNum(uid)
		}
	}
	if len(set) == 0 {
		return nil
	}
	data, err := v.client.Copy(set, v.Kept).Wait()
	if err != nil {
		return refused("copy", err, errDenied)
	}
	for _, uid := range uids {
		if data.UIDValidity != 0 && data.SourceUIDs.Contains(uid) && set.Contains(uid) {
			v.folder.copied[uid] = true
		}
	}
	return nil
}

// makeKept creates the folder for kept messages under its exact name when the
// server has none of that name.
func (v *visit) makeKept() error {
	if v.keptThere {
		return nil
	}
	there, err := v.hasFolder(v.Kept)
	if err != nil {
		return err
	}
	if !there {
		if err := v.client.Create(v.Kept, nil).Wait(); err != nil {
			return refused("create the folder for kept messages", err, errDenied)
		}
		v.Log.Info("created the folder for kept messages", "mailbox", v.Name, "folder", v.Kept)
	}
	v.keptThere = true
	return nil
}

// hasFolder asks for a folder by its exact name.
func (s *session) hasFolder(name string) (bool, error) {
	list, err := s.client.List("", name, nil).Collect()
	if err != nil {
		return false, refused("list", err, errDenied)
	}
	for _, l := range list {
		if sameFolder(l.Mailbox, name) && !slices.Contains(l.Attrs, imap.MailboxAttrNonExistent) {
			return true, nil
		}
	}
	return false, nil
}
