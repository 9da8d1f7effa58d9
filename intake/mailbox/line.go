package mailbox

import (
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
