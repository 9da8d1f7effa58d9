package mailbox

import (
	"cmp"
	"errors"
	"fmt"
	"io"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Why one message was not taken. All but errCut concern that message alone.
var (
	errGone   = errors.New("the server gave nothing")
	errNoBody = errors.New("the server gave no body")
	errEmpty  = errors.New("the server gave an empty body for a message with a size")
	errSize   = errors.New("the body has not the size the server named")
	errDenied = errors.New("the server refused the message")
	errUnread = errors.New("the desk did not read to the end")
)

// wanted asks for the least that a message can be taken in by: odd envelopes and
// dates of other items end the connection in go-imap.
var wanted = imap.FetchOptions{
	UID:         true,
	RFC822Size:  true,
	BodySection: []*imap.FetchItemBodySection{{Peek: true}},
}

// body is one message on the line. It ends with io.EOF only when every byte
// announced has been read and the server has completed the command with OK.
type body struct {
	cmd  *imapclient.FetchCommand
	msg  *imapclient.FetchMessageData
	lit  imap.LiteralReader
	size int64 // RFC822.SIZE, -1 when not told
	read int64
	err  error // how it ended

	believe bool  // accept a size other than RFC822.SIZE at once
	before  int64 // bytes of an earlier try that had another size, or -1
	lied    bool  // it was accepted with another size
}

// open waits for the server's answer up to the first byte of the body.
func (b *body) open() error {
	b.size = -1
	if b.msg = b.cmd.Next(); b.msg == nil {
		return cmp.Or(b.closed(), errGone)
	}
	for item := b.msg.Next(); item != nil; item = b.msg.Next() {
		if lit := b.take(item); lit != nil {
			b.lit = lit
			return nil
		}
	}
	return cmp.Or(b.closed(), errNoBody)
}

// take notes the size, or returns the body when item is the whole of it.
func (b *body) take(item imapclient.FetchItemData) imap.LiteralReader {
	switch item := item.(type) {
	case imapclient.FetchItemDataRFC822Size:
		b.size = item.Size
	case imapclient.FetchItemDataBodySection:
		if item.MatchCommand(wanted.BodySection[0]) {
			return item.Literal // nil for NIL
		}
	}
	return nil
}

// Read gives the bytes as the server gives them.
func (b *body) Read(p []byte) (int, error) {
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.lit.Read(p)
	b.read += int64(n)
	if err == nil {
		return n, nil
	}
	if b.err = b.end(err); n > 0 {
		return n, nil
	}
	return 0, b.err
}

// end decides how the body ended. go-imap ends a cut literal with io.EOF too,
// and then nothing of the command may be touched any more: the reader of the
// line already goes on beside us.
func (b *body) end(err error) error {
	if err != io.EOF || b.read != b.lit.Size() {
		return errCut
	}
	for item := b.msg.Next(); item != nil; item = b.msg.Next() {
		b.take(item)
	}
	if err := b.closed(); err != nil {
		return err
	}
	return b.measured()
}

// measured compares with RFC822.SIZE. Some servers estimate it, so a second try
// that gives the same bytes is believed; nothing for something never is.
func (b *body) measured() error {
	switch {
	case b.size < 0 || b.size == b.read:
		return io.EOF
	case b.read == 0:
		return errEmpty
	case !b.believe && b.before != b.read:
		return errSize
	}
	b.lied = true
	return io.EOF
}

// closed waits for the command's completion.
func (b *body) closed() error {
	err := b.cmd.Close()
	if err == nil {
		return nil
	}
	return refused("fetch", err, errDenied)
}

// drain reads what is left, so that the line is free again.
func (b *body) drain() error {
	if _, err := io.Copy(io.Discard, b); errors.Is(err, errCut) {
		return fmt.Errorf("skip the rest: %w", err)
	}
	return nil
}
