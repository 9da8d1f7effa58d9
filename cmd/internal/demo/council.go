package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
	"github.com/emersion/go-smtp"
)

// Council is a post office in memory: an SMTP server that delivers to the
// mailboxes of an IMAP server, both on loopback and in clear. Anybody may submit
// mail under any name, as in the world. Its methods may be called by any
// goroutine.
type Council struct {
	now      func() time.Time
	password string // of every mailbox
	imap     *imapserver.Server
	smtp     *smtp.Server
	imapAddr string
	smtpAddr string
	serving  sync.WaitGroup

	mu        sync.Mutex
	byID      map[string]*account // guarded by mu
	byAddress map[string]*account // guarded by mu; lower case
}

// account is one mailbox and whose it is.
type account struct {
	Person
	box *imapmemserver.User
}

// The folders of every mailbox. Kept is where the desk moves what it has taken.
const (
	Inbox = "INBOX"
	Sent  = "Sent"
	Kept  = "Kept"
)

// ErrNobody reports a person or a folder that does not exist.
var ErrNobody = errors.New("no such mailbox")

// Open starts a post office with the desk's mailbox and those of [People]. Mail
// is stamped by now. The caller closes it.
func Open(now func() time.Time) (*Council, error) {
	c := &Council{now: now, password: rand.Text(), byID: map[string]*account{}, byAddress: map[string]*account{}}
	for _, p := range append(People(), Person{ID: deskID, Name: "Safeguarding desk", Address: DeskAddress}) {
		if err := c.AddUser(p); err != nil {
			return nil, err
		}
	}
	if err := c.listen(); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// AddUser gives p a mailbox. Mail to a plus-address of theirs (RFC 5233) comes
// to it too.
func (c *Council) AddUser(p Person) error {
	a := &account{Person: p, box: imapmemserver.NewUser(p.Address, c.password)}
	for _, folder := range []string{Inbox, Sent} {
		if err := a.box.Create(folder, nil); err != nil {
			return fmt.Errorf("mailbox of %s: %w", p.ID, err)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byID[p.ID], c.byAddress[strings.ToLower(p.Address)] = a, a
	return nil
}

func (c *Council) listen() error {
	c.imap = imapserver.New(&imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return &session{council: c}, nil, nil
		},
		Caps:         imap.CapSet{imap.CapIMAP4rev1: {}, imap.CapIdle: {}, imap.CapMove: {}, imap.CapUIDPlus: {}},
		InsecureAuth: true, Logger: log.New(io.Discard, "", 0),
	})
	c.smtp = smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return &submission{council: c}, nil }))
	c.smtp.Domain, c.smtp.MaxMessageBytes, c.smtp.ErrorLog = "post.council.example", 32<<20, log.New(io.Discard, "", 0)
	var err error
	if c.imapAddr, err = c.serve(c.imap.Serve); err != nil {
		return err
	}
	c.smtpAddr, err = c.serve(c.smtp.Serve)
	return err
}

// serve runs a server on a free loopback port until its listener is closed.
func (c *Council) serve(serve func(net.Listener) error) (string, error) {
	l, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("open post office: %w", err)
	}
	c.serving.Go(func() { _ = serve(l) }) // ends when Close closes l
	return l.Addr().String(), nil
}

// IMAPAddr is host:port of the IMAP server.
func (c *Council) IMAPAddr() string { return c.imapAddr }

// SMTPAddr is host:port of the SMTP server.
func (c *Council) SMTPAddr() string { return c.smtpAddr }

// Password opens every mailbox; the login name is the person's address.
func (c *Council) Password() string { return c.password }

// Close ends both servers and every connection. What was delivered is gone.
func (c *Council) Close() error {
	var err error
	if c.smtp != nil {
		err = c.smtp.Close()
	}
	if c.imap != nil {
		err = errors.Join(err, c.imap.Close())
	}
	c.serving.Wait()
	return err
}

// Person finds somebody by id.
func (c *Council) Person(id string) (Person, bool) {
	a, ok := c.account(id)
	if !ok {
		return Person{}, false
	}
	return a.Person, true
}

func (c *Council) account(id string) (*account, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.byID[id]
	return a, ok
}

// addressed finds whose mailbox takes mail for address.
func (c *Council) addressed(address string) (*account, bool) {
	local, domain, _ := strings.Cut(strings.ToLower(address), "@")
	local, _, _ = strings.Cut(local, "+")
	c.mu.Lock()
	defer c.mu.Unlock()
	a, ok := c.byAddress[local+"@"+domain]
	return a, ok
}
