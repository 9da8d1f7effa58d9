package mailbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// A sign is "size date" or "size head:hash": RFC822.SIZE in bytes, and
// INTERNALDATE in seconds since 1970 or, where go-imap ended a line over a date,
// the SHA-256 of some fields of the header as the server gives them.

const byHead = " head:"

var (
	dated  = imap.FetchOptions{UID: true, RFC822Size: true, InternalDate: true}
	headed = imap.FetchOptions{UID: true, RFC822Size: true, BodySection: []*imap.FetchItemBodySection{{
		Specifier: imap.PartSpecifierHeader, HeaderFields: []string{"Received", "Date", "Message-ID", "From", "Subject"}, Peek: true,
	}}}
)

// askSigns asks for the signs of messages; the function it returns waits for the
// answer.
func (s *session) askSigns(uids []imap.UID, heads bool) func() (map[imap.UID]string, error) {
	options := &dated
	if heads {
		options = &headed
	}
	cmd := s.client.Fetch(imap.UIDSetNum(uids...), options)
	return func() (map[imap.UID]string, error) {
		found := make(map[imap.UID]string, len(uids))
		for msg := cmd.Next(); msg != nil; msg = cmd.Next() {
			if uid, sign := signOf(msg); sign != "" {
				found[uid] = sign
			}
		}
		if err := cmd.Close(); err != nil {
			return nil, refused("signs", err, ErrServer)
		}
		return found, nil
	}
}

// signOf reads one answer; the sign is "" for one that tells too little.
func signOf(msg *imapclient.FetchMessageData) (uid imap.UID, sign string) {
	size, second := "", ""
	for item := msg.Next(); item != nil; item = msg.Next() {
		switch item := item.(type) {
		case imapclient.FetchItemDataUID:
			uid = item.UID
		case imapclient.FetchItemDataRFC822Size:
			size = strconv.FormatInt(item.Size, 10)
		case imapclient.FetchItemDataInternalDate:
			second = " " + strconv.FormatInt(item.Time.Unix(), 10)
		case imapclient.FetchItemDataBodySection:
			second = byHead + digest(item.Literal)
		}
	}
	if uid == 0 || size == "" || second == "" {
		return 0, ""
	}
	return uid, size + second
}

func digest(head io.Reader) string {
	sum := sha256.New()
	if head != nil {
		_, _ = io.Copy(sum, head) // a cut one shows when the command ends
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// noted asks the book for the signs of messages.
func (v *visit) noted(uids []imap.UID) (map[imap.UID][]string, error) {
	keys := make([]string, len(uids))
	for i, uid := range uids {
		keys[i] = v.key(uid)
	}
	ctx, cancel := context.WithTimeout(v.keeping, v.Stall)
	defer cancel()
	signs, err := v.Book.Signs(ctx, keys)
	if err != nil {
		return nil, fmt.Errorf("%w: ask for signs: %w", ErrDesk, err)
	}
	noted := make(map[imap.UID][]string, len(signs))
	for i, uid := range uids {
		noted[uid] = signs[keys[i]]
	}
	return noted, nil
}

// note tells the book the signs of those messages that were proven.
func (v *visit) note(m *measuring, found map[imap.UID]string) error {
	signs := make(map[string]string)
	for uid, sign := range found {
		if m.proven[uid] {
			signs[v.key(uid)] = sign
		}
	}
	if len(signs) == 0 {
		return nil
	}
	if err := v.Book.Sign(v.keeping, signs); err != nil {
		return fmt.Errorf("%w: note signs: %w", ErrDesk, err)
	}
	return nil
}

// misread notes that the line ended over a date that was asked for, as go-imap
// ends it over one that it cannot read.
func (v *visit) misread() {
	cause := v.line.why()
	if v.dating && (cause == nil || errors.Is(cause, net.ErrClosed)) {
		v.dateless = true
		v.Log.Warn("a date was not understood, known messages are told by their headers", "mailbox", v.Name)
	}
}
