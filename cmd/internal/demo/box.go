package demo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

// Box reads a person's inbox by IMAP, oldest first. Reading marks nothing as
// read.
func (c *Council) Box(ctx context.Context, person string) ([]Mail, error) {
	return c.Folder(ctx, person, Inbox)
}

// Folder reads any folder of a person by IMAP, oldest first.
func (c *Council) Folder(ctx context.Context, person, folder string) (mails []Mail, err error) {
	err = c.visit(ctx, person, folder, func(l *imapclient.Client, n uint32) error {
		if n == 0 {
			return nil
		}
		got, err := l.Fetch(imap.SeqSet{{Start: 1}}, wanted).Collect()
		for _, m := range got {
			mails = append(mails, readMail(ctx, folder, m))
		}
		return err
	})
	return mails, err
}

// wanted is all that is ever asked of a mail.
var wanted = &imap.FetchOptions{UID: true, Flags: true, InternalDate: true, BodySection: []*imap.FetchItemBodySection{{Peek: true}}}

// Letter reads one mail by its UID. It answers ErrNobody if there is none.
func (c *Council) Letter(ctx context.Context, person, folder string, uid uint32) (m Mail, err error) {
	err = c.visit(ctx, person, folder, func(l *imapclient.Client, _ uint32) error {
		got, err := l.Fetch(imap.UIDSetNum(imap.UID(uid)), wanted).Collect()
		if err == nil && len(got) == 0 {
			err = fmt.Errorf("mail %d: %w", uid, ErrNobody)
		}
		if err == nil {
			m = readMail(ctx, folder, got[0])
		}
		return err
	})
	return m, err
}

// MarkRead marks a mail as read.
func (c *Council) MarkRead(ctx context.Context, person, folder string, uid uint32) error {
	return c.visit(ctx, person, folder, func(l *imapclient.Client, _ uint32) error {
		seen := &imap.StoreFlags{Op: imap.StoreFlagsAdd, Silent: true, Flags: []imap.Flag{imap.FlagSeen}}
		return l.Store(imap.UIDSetNum(imap.UID(uid)), seen, nil).Close()
	})
}

// Unread counts the mails in a person's inbox that nobody opened, and all.
func (c *Council) Unread(ctx context.Context, person string) (unread, all int, err error) {
	err = c.login(ctx, person, func(l *imapclient.Client) error {
		s, err := l.Status(Inbox, &imap.StatusOptions{NumMessages: true, NumUnseen: true}).Wait()
		if err == nil {
			unread, all = int(*s.NumUnseen), int(*s.NumMessages)
		}
		return err
	})
	return unread, all, err
}

// file puts a copy of what a person wrote into their folder of sent mail.
func (c *Council) file(ctx context.Context, person string, raw []byte, at time.Time) error {
	return c.login(ctx, person, func(l *imapclient.Client) error {
		a := l.Append(Sent, int64(len(raw)), &imap.AppendOptions{Time: at, Flags: []imap.Flag{imap.FlagSeen}})
		_, err := a.Write(raw)
		if err = errors.Join(err, a.Close()); err != nil {
			return err
		}
		_, err = a.Wait()
		return err
	})
}

// visit does f on a person's folder, which holds n mails.
func (c *Council) visit(ctx context.Context, person, folder string, f func(l *imapclient.Client, n uint32) error) error {
	return c.login(ctx, person, func(l *imapclient.Client) error {
		data, err := l.Select(folder, nil).Wait()
		var no *imap.Error
		if errors.As(err, &no) {
			return fmt.Errorf("folder %q: %w", folder, ErrNobody)
		}
		if err != nil {
			return err
		}
		return f(l, data.NumMessages)
	})
}

// login does f on a line that is logged in as the person.
func (c *Council) login(ctx context.Context, person string, f func(*imapclient.Client) error) error {
	a, ok := c.account(person)
	if !ok {
		return fmt.Errorf("%s: %w", person, ErrNobody)
	}
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", c.imapAddr)
	if err != nil {
		return fmt.Errorf("mailbox of %s: %w", person, err)
	}
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	l := imapclient.New(conn, nil)
	defer l.Close()
	if err = l.Login(a.Address, c.password).Wait(); err == nil {
		err = f(l)
	}
	if err != nil {
		return fmt.Errorf("mailbox of %s: %w", person, err)
	}
	return nil
}

// bodyOf is the whole mail of a fetched message.
func bodyOf(m *imapclient.FetchMessageBuffer) []byte {
	for _, s := range m.BodySection {
		return bytes.Clone(s.Bytes)
	}
	return nil
}
