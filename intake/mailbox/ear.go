package mailbox

import (
	"bytes"
	"net"
	"strings"
	"sync"
)

// ear is what go-imap talks through, inside TLS. It remembers the last words on
// the line, for go-imap forgets what a BYE said. And it keeps a failed write
// from go-imap until its reader has ended: otherwise both would complete the
// same commands at once, one closing what the other sends on.
type ear struct {
	net.Conn
	line *line

	mu       sync.Mutex
	greeting []byte // said to go-imap first, when we heard the server's ourselves
	last     []byte
	empty    bool            // the next "=" is to be an empty line
	reader   <-chan struct{} // closed when go-imap's reader has ended
}

const earful = 256

// Read passes through and remembers the end of what passed.
func (e *ear) Read(b []byte) (int, error) {
	if n := e.greet(b); n > 0 {
		return n, nil
	}
	n, err := e.Conn.Read(b)
	e.line.note(err) // TLS may end before the line does
	e.mu.Lock()
	defer e.mu.Unlock()
	e.last = append(e.last, b[max(0, n-earful):n]...)
	e.last = append(e.last[:0], e.last[max(0, len(e.last)-earful):]...)
	return n, err
}

func (e *ear) greet(b []byte) int {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := copy(b, e.greeting)
	e.greeting = e.greeting[n:]
	return n
}

// Write passes through; when it fails, the line is closed for the reader too.
func (e *ear) Write(b []byte) (int, error) {
	n, err := e.write(b)
	if err == nil {
		return n, nil
	}
	_ = e.Close() // the first error tells why
	e.mu.Lock()
	reader := e.reader
	e.mu.Unlock()
	if reader != nil {
		<-reader
	}
	return n, err
}

// emptyNext makes an empty line of the "=" with which go-imap answers nothing to
// a challenge: RFC 4959 has that for a first answer only.
func (e *ear) emptyNext() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.empty = true
}

func (e *ear) write(b []byte) (int, error) {
	e.mu.Lock()
	empty := e.empty && string(b) == "=\r\n"
	e.empty = e.empty && !empty
	e.mu.Unlock()
	if !empty {
		return e.Conn.Write(b)
	}
	_, err := e.Conn.Write(b[1:])
	return len(b), err
}

// Close ends the line without a word of TLS: nothing may wait here.
func (e *ear) Close() error { return e.line.Conn.Close() }

func (e *ear) attach(reader <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.reader = reader
}

// throttled reports whether the server's last line was a BYE for being busy.
func (e *ear) throttled() bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	return busy(string(bytes.ToUpper(e.last)))
}

// busy finds a BYE for being busy in what was said, in capitals.
func busy(said string) bool {
	for _, bye := range [...]string{"* BYE [THROTTLED", "* BYE [LIMIT", "* BYE [UNAVAILABLE", "* BYE [INUSE"} {
		if strings.Contains(said, bye) {
			return true
		}
	}
	return false
}
