package mailbox

import (
	"context"
	"fmt"
	"time"

	"dutydesk/intake"

	"github.com/emersion/go-imap/v2"
)

// rememberEvery is how long what is news to the book may stay unwritten. What
// was lost is written at once.
const rememberEvery = 5 * time.Second

// recall compares the folder that was selected with what is remembered of it. A
// UIDNEXT that went back means a server that was restored: the UIDs it gives out
// now have meant other messages, and so the whole folder is taken anew; the desk
// knows the bytes.
func (v *visit) recall(data *imap.SelectData) error {
	if !v.recalled {
		if err := v.begin(data.UIDValidity); err != nil {
			return err
		}
	}
	if data.UIDNext == 0 || data.UIDNext >= v.folder.high {
		return nil
	}
	v.status.Resets++
	v.Log.Warn("folder was set back, taking it anew", "mailbox", v.Name, "uidnext", data.UIDNext, "was", v.folder.high)
	below := max(v.folder.high, v.folder.reused)
	v.folder = newFolder(data.UIDValidity)
	v.folder.reused = below
	return nil
}

// begin asks the book what an earlier life knew of the folder.
func (v *visit) begin(validity uint32) error {
	ctx, cancel := context.WithTimeout(v.keeping, v.Stall)
	defer cancel()
	was, err := v.Book.Recall(ctx, v.Name)
	if err != nil {
		return fmt.Errorf("%w: recall: %w", ErrDesk, err)
	}
	v.recalled = true
	switch was.Validity {
	case 0:
	case validity:
		v.folder.next, v.folder.high = imap.UID(was.Settled), imap.UID(was.Next)
	default:
		v.renumbered(validity)
	}
	return nil
}

// memory is what the book should remember now.
func (v *visit) memory() intake.Memory {
	f := v.folder
	m := v.unsaid
	m.Validity, m.Next, m.Settled = f.validity, uint32(max(f.high, f.reused)), uint32(f.settled(true))
	return m
}

// rememberAt is when the book must be told; false while there is no news.
func (v *visit) rememberAt() (at time.Time, news bool) {
	m := v.memory()
	switch {
	case v.writing || m == v.remembered || m.Settled == 0:
		return at, false
	case m.Vanished+m.Removed > 0:
		return at, true
	}
	return v.told.Add(rememberEvery), true
}

// remember tells the book, beside whatever else goes on.
func (v *visit) remember(now time.Time) {
	m := v.memory()
	v.writing, v.told, v.unsaid = true, now, intake.Memory{}
	go func() {
		err := v.Book.Remember(v.keeping, v.Name, m)
		v.events <- func() error { return v.wrote(m, err) }
	}()
}

func (v *visit) wrote(m intake.Memory, err error) error {
	v.writing = false
	if err != nil {
		v.unsaid.Vanished += m.Vanished
		v.unsaid.Removed += m.Removed
		return fmt.Errorf("%w: remember: %w", ErrDesk, err)
	}
	m.Vanished, m.Removed = 0, 0
	v.remembered = m
	return nil
}

// part tells the book at the end of a visit what it does not know yet. What it
// cannot be told now it is told on the next visit.
func (v *visit) part() {
	if _, news := v.rememberAt(); !news {
		return
	}
	ctx, cancel := context.WithTimeout(v.keeping, keepGrace)
	defer cancel()
	m := v.memory()
	v.unsaid = intake.Memory{}
	_ = v.wrote(m, v.Book.Remember(ctx, v.Name, m))
}
