package mailbox

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"time"

	"dutydesk/intake"
)

// Desk is where deliveries go.
type Desk interface {
	// Take reads d.Body to its end before it returns, so that the line is free
	// for the next message. A body that ends early ends with an error other
	// than io.EOF; Take must then fail and keep nothing. Take is called from
	// several goroutines at once, but only one body at a time has bytes.
	//
	// keep makes the bytes and the debt durable. Only when it has returned nil
	// is the server's copy touched. It is called at most once, from any
	// goroutine, with a context that outlives the line by a few seconds. It is
	// not called when Take returned an error.
	//
	// A message that was kept may come again, under the same key and with the same
	// bytes, on every further line: the Desk knows it and takes in nothing.
	Take(ctx context.Context, d intake.Delivery) (keep func(context.Context) error, err error)
}

// Book remembers which deliveries were taken in.
type Book interface {
	// Known reports which of keys (as in [intake.Delivery].Key) were taken in
	// before, with the size in bytes of each message taken in under it; a key
	// that is absent was not. At most 500 keys are asked at once.
	Known(ctx context.Context, keys []string) (map[string][]int64, error)
	// Signs returns what was noted with Sign of the messages taken in under keys;
	// a key of which nothing was noted is absent. At most 500 are asked at once.
	Signs(ctx context.Context, keys []string) (map[string][]string, error)
	// Sign makes durable, by key, how the server tells messages that were taken in
	// from others, beside what was noted under the same key.
	Sign(ctx context.Context, signs map[string]string) error
	// Recall returns what was remembered last of the folder that the watch
	// called name watches; zero if nothing was.
	Recall(ctx context.Context, name string) (intake.Memory, error)
	// Remember makes m durable in place of what was remembered. Its counts are
	// of what was lost since the last time.
	Remember(ctx context.Context, name string, m intake.Memory) error
}

// Watcher watches one folder. Its fields are set before Run or Probe and not
// changed afterwards. Only one Watcher at a time may run for a folder.
type Watcher struct {
	Name string // of the mailbox; the first part of every key, so it never changes
	Org  string // organisation the mailbox belongs to, "" for triage

	Addr     string                 // "host:port"
	TLS      *tls.Config            // nil: the system's roots; an empty ServerName is the host of Addr
	StartTLS bool                   // begin in clear and upgrade (port 143); never continues in clear
	Plain    bool                   // no TLS at all: allowed for loopback addresses only
	User     string                 // login name
	Password func() (string, error) // asked at every login, so that it may change

	// Token, if any, is asked in place of Password for a bearer token (XOAUTH2).
	// An error of it that wraps one of this package's keeps that meaning; it must
	// be fit for a log.
	Token func(context.Context) (string, error)
	// TokenRefused, if any, hears of a token that the server refused. true means
	// that Token would now give another one, which is tried once, at once.
	TokenRefused func(token string) bool

	Folder string // watched folder; never created
	Kept   string // where taken messages are moved, created when absent; "" leaves them

	Poll  time.Duration // between looks at the folder, and the longest IDLE; default 30 s, at most 9 min
	Stall time.Duration // silence after which a line is given up while it owes an answer; default 60 s
	Ahead int           // messages asked for or being kept at one time; default 24

	Desk   Desk
	Book   Book
	Now    func() time.Time // default time.Now
	Log    *slog.Logger     // default: none. Never sees an address, a subject or a server's words
	Report func(Status)     // called from one goroutine at every change; must not block
}

// Run watches until ctx ends, and then returns nil when the deliveries in hand
// are kept or given back. Any other trouble is reported, waited out and tried
// again; only a Watcher that cannot work at all is an error.
func (w *Watcher) Run(ctx context.Context) error {
	if err := w.check(); err != nil {
		return fmt.Errorf("watch mailbox %s: %w", w.Name, err)
	}
	m := newWatch(w.withDefaults())
	return m.attend(ctx, m.visit)
}

// check refuses settings under which mail could be lost, doubled or shown.
func (w *Watcher) check() error {
	switch {
	case w.Name == "" || strings.Contains(w.Name, "/"):
		return errors.New("name must not be empty or contain a slash")
	case w.Folder == "":
		return errors.New("no folder to watch")
	case sameFolder(w.Kept, w.Folder):
		return errors.New("the folder for kept messages is the watched folder")
	case w.Desk == nil || w.Book == nil || w.Password == nil && w.Token == nil:
		return errors.New("desk, book and password or token must be set")
	}
	return w.checkAddr()
}

// checkAddr lets a line without TLS lead to this machine only.
func (w *Watcher) checkAddr() error {
	host, _, err := net.SplitHostPort(w.Addr)
	if err != nil {
		return fmt.Errorf("address: %w", err)
	}
	ip := net.ParseIP(host)
	if w.Plain && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
		return errors.New("a line without TLS may only lead to a loopback address")
	}
	return nil
}

// sameFolder compares as RFC 3501 section 5.1 does.
func sameFolder(a, b string) bool { return canonical(a) == canonical(b) }

// canonical spells INBOX, which may be written in any case, as go-imap does.
func canonical(folder string) string {
	if strings.EqualFold(folder, "INBOX") {
		return "INBOX"
	}
	return folder
}

const (
	pollDefault  = 30 * time.Second
	pollLongest  = 9 * time.Minute
	stallDefault = 60 * time.Second
	aheadDefault = 24
)

// withDefaults returns a copy in which every setting is usable.
func (w *Watcher) withDefaults() *Watcher {
	c := *w
	c.Folder, c.Kept = canonical(w.Folder), canonical(w.Kept)
	if c.Poll <= 0 {
		c.Poll = pollDefault
	}
	c.Poll = min(c.Poll, pollLongest)
	if c.Stall <= 0 {
		c.Stall = stallDefault
	}
	if c.Ahead <= 0 {
		c.Ahead = aheadDefault
	}
	return c.withOutlets()
}

func (c Watcher) withOutlets() *Watcher {
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	if c.Report == nil {
		c.Report = func(Status) {}
	}
	return &c
}
