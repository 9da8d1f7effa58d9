package mailbox

import (
	"bytes"
	"errors"
	"net"
	"sync"
	"time"
)

// line is a connection that does not wait for ever. While it owes an answer,
// stall without a byte ends it; how long an answer takes in all does not
// matter, and neither does a reader who is slow to ask for the next byte.
type line struct {
	net.Conn
	stall time.Duration

	mu      sync.Mutex
	resting bool  // nothing is owed: IDLE, or between commands
	cause   error // first trouble on the line
}

// Read reads what has come. Whatever arrives wins stall more; after the first
// trouble it fails at once, for go-imap reads on after a timeout.
func (l *line) Read(b []byte) (int, error) {
	if err := l.why(); err != nil {
		return 0, err
	}
	l.arm()
	n, err := l.Conn.Read(b)
	l.note(err)
	return n, err
}

// Write sends b: from now on an answer is owed.
func (l *line) Write(b []byte) (int, error) {
	l.mu.Lock()
	l.resting = false
	l.mu.Unlock()
	l.arm()
	n, err := l.Conn.Write(b)
	l.note(err)
	return n, err
}

// rest says that no answer is owed until the next Write.
func (l *line) rest() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.resting = true
	return l.Conn.SetReadDeadline(time.Time{})
}

func (l *line) arm() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.resting {
		_ = l.Conn.SetReadDeadline(time.Now().Add(l.stall)) // fails on a closed line only, as the next read will
	}
}

func (l *line) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.cause == nil && err != nil {
		l.cause = err
	}
}

// why is the first trouble seen, or nil when the line itself was well.
func (l *line) why() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.cause
}

// SetReadDeadline does nothing: go-imap allows five minutes for a whole literal
// and for ever between commands; only silence counts here.
func (l *line) SetReadDeadline(time.Time) error { return nil }

// SetDeadline is not used by go-imap or crypto/tls, and would mix both.
func (l *line) SetDeadline(time.Time) error { return errors.ErrUnsupported }

// ear remembers the last words on a line, for go-imap forgets what a BYE said.
type ear struct {
	net.Conn
	mu   sync.Mutex
	last []byte
}

const earful = 256

// Read passes through and remembers the end of what passed.
func (e *ear) Read(b []byte) (int, error) {
	n, err := e.Conn.Read(b)
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = append(e.last, b[max(0, n-earful):n]...)
	e.last = append(e.last[:0], e.last[max(0, len(e.last)-earful):]...)
	return n, err
}

// throttled reports whether the server's last line was a BYE for being busy.
func (e *ear) throttled() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	said := bytes.ToUpper(e.last)
	for _, bye := range [...]string{"* BYE [THROTTLED", "* BYE [LIMIT", "* BYE [UNAVAILABLE", "* BYE [INUSE"} {
		if bytes.Contains(said, []byte(bye)) {
			return true
		}
	}
	return false
}

// traffic finds a server that answers everything but the messages asked for. A
// body that is being read does not count: there the line itself keeps watch.
type traffic struct {
	mu      sync.Mutex
	waiting int       // messages asked for, of which nothing has come
	reading int       // messages of which something has come
	last    time.Time // when one of these changed, or waiting began
}

func (t *traffic) asked(now time.Time) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.waiting++; t.waiting == 1 {
		t.last = now
	}
}

func (t *traffic) answered() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.waiting--
	t.reading++
	t.last = time.Now()
}

func (t *traffic) read() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.reading--
	t.last = time.Now()
}

// stuck reports whether nothing that was asked for has come for stall.
func (t *traffic) stuck(now time.Time, stall time.Duration) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.waiting > 0 && t.reading == 0 && now.Sub(t.last) > stall
}
