package realtest

import (
	"net"
	"sync"
	"sync/atomic"
	"testing"
)

// A Direction of a [Line].
type Direction int

// The two directions. Client is who dialled the line, Server its target.
const (
	FromClient Direction = iota
	FromServer
)

// Line is a TCP line to a server that can fail in the ways lines do. Its methods
// may be called by any goroutine.
type Line struct {
	t      testing.TB
	port   int
	target string
	pumps  sync.WaitGroup

	mu      sync.Mutex
	state   state
	changed chan struct{} // closed and replaced whenever state changes
	listen  net.Listener  // nil while refusing
	conns   map[*pair]struct{}
	closed  bool
}

// state is what the line does to every byte from now on.
type state struct {
	stalled bool
	limited bool
	dir     Direction
	after   int64 // bytes in dir per connection, counted from its beginning
	stall   bool  // at the limit: fall silent in place of cutting
}

// pair is the two ends of one connection.
type pair struct {
	client, server net.Conn
	silent         atomic.Bool // reached its limit under StallAfter
	dead           atomic.Bool
}

// Proxy starts a line to target ("127.0.0.1:993") that passes everything. The
// target is dialled for each connection, so it may come and go.
func Proxy(t testing.TB, target string) *Line {
	t.Helper()
	l := &Line{t: t, port: Port(t), target: target, changed: make(chan struct{}), conns: map[*pair]struct{}{}}
	l.Pass()
	t.Cleanup(l.close)
	return l
}

// Addr is where to dial instead of the target.
func (l *Line) Addr() string { return address(l.port) }

// Pass ends every fault: connections that were stalled go on where they were.
func (l *Line) Pass() {
	l.t.Helper()
	l.set(state{})
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.listen != nil || l.closed {
		return
	}
	listen, err := net.Listen("tcp", l.Addr())
	if err != nil {
		l.t.Errorf("line: %v", err)
		return
	}
	l.listen = listen
	l.pumps.Go(func() { l.accept(listen) })
}

// Stall makes the line half-open: connections stay, new ones are accepted, and
// nothing passes.
func (l *Line) Stall() { l.set(state{stalled: true}) }

// CutAfter resets every connection, present or new, once n bytes have passed in
// dir since it was made; no more than n reach the other side.
func (l *Line) CutAfter(dir Direction, n int64) { l.set(state{limited: true, dir: dir, after: n}) }

// StallAfter is CutAfter that falls silent, in both directions, instead.
func (l *Line) StallAfter(dir Direction, n int64) {
	l.set(state{limited: true, dir: dir, after: n, stall: true})
}

// Refuse resets every connection and refuses new ones until Pass.
func (l *Line) Refuse() {
	l.mu.Lock()
	if l.listen != nil {
		l.listen.Close()
		l.listen = nil
	}
	l.mu.Unlock()
	l.Cut()
}

// Cut resets every connection. New ones are treated as before.
func (l *Line) Cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for p := range l.conns {
		p.reset()
	}
	l.signal()
}

// Open is the number of connections.
func (l *Line) Open() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return len(l.conns)
}

func (l *Line) set(s state) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.state = s
	l.signal()
}

// signal wakes whoever waits for a change. The caller holds mu.
func (l *Line) signal() {
	close(l.changed)
	l.changed = make(chan struct{})
}

func (l *Line) close() {
	l.mu.Lock()
	l.closed = true
	l.mu.Unlock()
	l.Refuse()
	l.pumps.Wait()
}

func (p *pair) reset() {
	p.dead.Store(true)
	for _, c := range []net.Conn{p.client, p.server} {
		if tcp, ok := c.(*net.TCPConn); ok {
			tcp.SetLinger(0) // RST in place of FIN
		}
		c.Close()
	}
}
