package realtest

import (
	"io"
	"net"
)

func (l *Line) accept(listen net.Listener) {
	for {
		client, err := listen.Accept()
		if err != nil {
			return
		}
		l.pumps.Go(func() { l.connect(client) })
	}
}

// connect carries one connection until both directions have ended.
func (l *Line) connect(client net.Conn) {
	server, err := net.Dial("tcp", l.target)
	if err != nil {
		(&pair{client: client, server: client}).reset()
		return
	}
	p := &pair{client: client, server: server}
	l.mu.Lock()
	if l.listen == nil { // refused while we dialled
		p.reset()
	}
	l.conns[p] = struct{}{}
	l.mu.Unlock()
	back := make(chan struct{})
	go func() { defer close(back); l.pump(p, FromServer) }()
	l.pump(p, FromClient)
	<-back
	client.Close()
	server.Close()
	l.mu.Lock()
	delete(l.conns, p)
	l.mu.Unlock()
}

// pump carries one direction until its end, which it passes on.
func (l *Line) pump(p *pair, dir Direction) {
	from, to := p.client, p.server
	if dir == FromServer {
		from, to = to, from
	}
	var passed int64
	buf := make([]byte, 32<<10)
	for {
		n, err := from.Read(buf)
		for rest := buf[:n]; len(rest) > 0; {
			pass, ok := l.pass(p, dir, passed, len(rest))
			if !ok {
				return
			}
			if _, err := to.Write(rest[:pass]); err != nil {
				return
			}
			passed, rest = passed+int64(pass), rest[pass:]
			l.limit(p, dir, passed)
		}
		if err != nil {
			l.end(p, to, err)
			return
		}
	}
}

// end passes the end of a direction on: a close as a close, a reset as a reset,
// and neither while the line is stalled.
func (l *Line) end(p *pair, to net.Conn, err error) {
	if _, ok := l.pass(p, FromClient, -1, 1); !ok {
		return
	}
	if tcp, ok := to.(*net.TCPConn); ok && err == io.EOF {
		tcp.CloseWrite()
		return
	}
	p.reset()
}

// pass says how many of n bytes may go on after passed have gone, waiting out a
// stall; ok is false when the connection is no more.
func (l *Line) pass(p *pair, dir Direction, passed int64, n int) (may int, ok bool) {
	for {
		l.mu.Lock()
		s, changed, gone := l.state, l.changed, l.listen == nil || p.dead.Load()
		l.mu.Unlock()
		switch {
		case gone:
			return 0, false
		case s.stalled || s.stall && p.silent.Load():
			<-changed
		case s.limited && s.dir == dir && passed >= s.after:
			l.limit(p, dir, passed)
			if !s.stall {
				return 0, false
			}
		case s.limited && s.dir == dir:
			return int(min(int64(n), s.after-passed)), true
		default:
			return n, true
		}
	}
}

// limit does what the state says about a connection that has reached its limit.
func (l *Line) limit(p *pair, dir Direction, passed int64) {
	l.mu.Lock()
	s := l.state
	l.mu.Unlock()
	if !s.limited || s.dir != dir || passed < s.after {
		return
	}
	if s.stall {
		p.silent.Store(true)
		return
	}
	p.reset()
}
