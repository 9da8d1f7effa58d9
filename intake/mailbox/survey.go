package mailbox

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"

	"github.com/emersion/go-imap/v2"
)

// Lying is one message that lies in a folder of the server.
type Lying struct {
	Folder string
	UID    uint32
	Size   int64  // RFC822.SIZE in bytes, which some servers only estimate
	Key    string // as of [intake.Delivery]; "" in the folder for kept messages
}

// surveyStall is the longest silence of a survey: it is no watch, and a person
// may be waiting for it.
const surveyStall = 30 * time.Second

// Survey lists what lies in the folder of w and in the one for kept messages,
// each by UID, and changes nothing. Of those that pick returns it then gives
// the bytes to read, one after another; read must read to the end. Its error
// wraps one of this package's, or is read's.
func Survey(ctx context.Context, w *Watcher, pick func([]Lying) []Lying, read func(Lying, io.Reader) error) error {
	if err := w.checkAddr(); err != nil {
		return fmt.Errorf("survey mailbox %s: %w: %w", w.Name, ErrUnreachable, err)
	}
	w = w.withDefaults()
	w.Stall = min(w.Stall, surveyStall)
	s, err := w.connect(ctx, nil)
	if err != nil {
		return fmt.Errorf("survey mailbox %s: %w", w.Name, err)
	}
	defer s.close()
	if err := s.survey(w, pick, read); err != nil {
		return fmt.Errorf("survey mailbox %s: %w", w.Name, s.explain(err))
	}
	return nil
}

func (s *session) survey(w *Watcher, pick func([]Lying) []Lying, read func(Lying, io.Reader) error) error {
	var all []Lying
	for _, folder := range []string{w.Folder, w.Kept} {
		some, err := s.lying(w, folder)
		if err != nil {
			return err
		}
		all = append(all, some...)
	}
	selected := ""
	for _, l := range pick(all) {
		if l.Folder != selected {
			if _, err := s.open(l.Folder); err != nil {
				return err
			}
			selected = l.Folder
		}
		if err := s.read(l, read); err != nil {
			return err
		}
	}
	return nil
}

// open selects a folder for looking only.
func (s *session) open(folder string) (validity uint32, err error) {
	data, err := s.client.Select(folder, &imap.SelectOptions{ReadOnly: true}).Wait()
	if err != nil {
		return 0, refused("examine", err, ErrFolder)
	}
	return data.UIDValidity, nil
}

// lying lists one folder; nothing for a folder for kept messages that was not
// made yet.
func (s *session) lying(w *Watcher, folder string) (all []Lying, err error) {
	if folder == "" {
		return nil, nil
	}
	if folder == w.Kept {
		if there, err := s.hasFolder(folder); err != nil || !there {
			return nil, err
		}
	}
	validity, err := s.open(folder)
	if err != nil {
		return nil, err
	}
	found, err := s.client.UIDSearch(&imap.SearchCriteria{}, nil).Wait()
	if err != nil {
		return nil, refused("search", err, ErrServer)
	}
	uids, err := uidsOf(found.All, 1)
	if err != nil {
		return nil, err
	}
	for some := range slices.Chunk(uids, askMost) {
		sizes, err := s.askSizes(some)()
		if err != nil {
			return nil, err
		}
		for _, uid := range some {
			l := Lying{Folder: folder, UID: uint32(uid), Size: sizes[uid]}
			if folder == w.Folder {
				l.Key = keyOf(w.Name, validity, uid)
			}
			all = append(all, l)
		}
	}
	return all, nil
}

// askSizes asks how large messages are, with nothing that could end the
// connection. The function it returns waits for the answer.
func (s *session) askSizes(uids []imap.UID) func() (map[imap.UID]int64, error) {
	cmd := s.client.Fetch(imap.UIDSetNum(uids...), &imap.FetchOptions{UID: true, RFC822Size: true})
	return func() (map[imap.UID]int64, error) {
		found := make(map[imap.UID]int64, len(uids))
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			if b, err := msg.Collect(); err == nil && b.UID != 0 {
				found[b.UID] = b.RFC822Size
			}
		}
		if err := cmd.Close(); err != nil {
			return nil, refused("sizes", err, ErrServer)
		}
		return found, nil
	}
}

// read gives one message to f. One that is gone by now is passed over.
func (s *session) read(l Lying, f func(Lying, io.Reader) error) error {
	b := &body{cmd: s.client.Fetch(imap.UIDSetNum(imap.UID(l.UID)), &wanted), believe: true, before: -1}
	switch err := b.open(); {
	case errors.Is(err, errGone), errors.Is(err, errNoBody):
		return nil
	case err != nil:
		return err
	}
	if err := f(l, b); err != nil {
		return err
	}
	return b.drain()
}

// keyOf names one message for ever: "mailbox/uidvalidity/uid".
func keyOf(name string, validity uint32, uid imap.UID) string {
	return name + "/" + strconv.FormatUint(uint64(validity), 10) + "/" + strconv.FormatUint(uint64(uid), 10)
}
