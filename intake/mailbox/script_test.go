package mailbox

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is an IMAP server that behaves until a line of it is changed: what no
// real server does on purpose is said here word for word.
type script struct {
	t    testing.TB
	addr string
	caps string
	open func()

	mu       sync.Mutex
	validity uint32
	next     uint32
	inbox    map[uint32]string
	dates    map[uint32]string // INTERNALDATE, where it is not the usual one
	kept     []string
	deleted  map[uint32]bool
	commands []string          // as received, without tags
	logins   []time.Time       // when a login was tried
	on       map[string]answer // by command, e.g. "UID FETCH"
	talks    map[*talk]bool
	wg       sync.WaitGroup
}

// answer handles one command; it returns false to let the script behave. It is
// called with mu held.
type answer func(c *talk, tag, args string) bool

// talk is one connection.
type talk struct {
	net.Conn
	idle string // tag of the IDLE it is in
}

func (c *talk) say(format string, args ...any) { fmt.Fprintf(c, format+"\r\n", args...) }

func newScript(t testing.TB, bodies ...string) *script {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &script{
		t: t, addr: ln.Addr().String(), caps: "IMAP4rev1 IDLE MOVE UIDPLUS", validity: 7, next: 1,
		inbox: make(map[uint32]string), deleted: make(map[uint32]bool),
		on: make(map[string]answer), talks: make(map[*talk]bool),
	}
	for _, b := range bodies {
		s.inbox[s.next] = b
		s.next++
	}
	s.open = sync.OnceFunc(func() { s.wg.Go(func() { s.accept(ln) }) })
	t.Cleanup(func() { ln.Close(); s.hangUp(); s.wg.Wait() })
	return s
}

// watcher opens the doors and returns a watcher for them: what the script is to
// say is set before, or under mu.
func (s *script) watcher(l *ledger) (*Watcher, *statuses) {
	s.open()
	return newWatcher(s.t, s.addr, l)
}

func (s *script) accept(ln net.Listener) {
	for {
		conn, err := ln.Accept()
		if err != nil {
			return
		}
		c := &talk{Conn: conn}
		s.locked(func() { s.talks[c] = true })
		s.wg.Go(func() { s.serve(c) })
	}
}

func (s *script) locked(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

// hangUp cuts every line.
func (s *script) hangUp() {
	s.locked(func() {
		for c := range s.talks {
			c.Close()
		}
	})
}

// arrive puts a message into the folder and tells those in IDLE.
func (s *script) arrive(raw string) {
	s.locked(func() {
		s.inbox[s.next] = raw
		s.next++
		for c := range s.talks {
			if c.idle != "" {
				c.say("* %d EXISTS", len(s.inbox))
			}
		}
	})
}

// said counts the commands that began with prefix.
func (s *script) said(prefix string) (n int) {
	s.locked(func() {
		for _, c := range s.commands {
			if strings.HasPrefix(c, prefix) {
				n++
			}
		}
	})
	return n
}

func (s *script) serve(c *talk) {
	defer func() {
		c.Close()
		s.locked(func() { delete(s.talks, c) })
	}()
	s.greet(c)
	r := bufio.NewScanner(c)
	for r.Scan() {
		s.locked(func() { s.hear(c, r.Text()) })
	}
}

func (s *script) greet(c *talk) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f := s.on["greeting"]; f != nil && f(c, "*", "") {
		return
	}
	c.say("* OK ready")
}

func (s *script) hear(c *talk, line string) {
	if line == "DONE" {
		c.say("%s OK idled", c.idle)
		c.idle = ""
		return
	}
	tag, rest, _ := strings.Cut(line, " ")
	verb, args, _ := strings.Cut(rest, " ")
	if verb == "UID" {
		sub, more, _ := strings.Cut(args, " ")
		verb, args = "UID "+sub, more
	}
	s.commands = append(s.commands, strings.TrimSpace(verb+" "+args))
	if verb == "LOGIN" {
		s.logins = append(s.logins, time.Now())
	}
	if f := s.on[verb]; f != nil && f(c, tag, args) {
		return
	}
	s.behave(c, tag, verb, args)
}

func (s *script) behave(c *talk, tag, verb, args string) {
	switch verb {
	case "CAPABILITY":
		c.say("* CAPABILITY %s", s.caps)
	case "SELECT", "EXAMINE":
		c.say("* %d EXISTS\r\n* OK [UIDVALIDITY %d] x\r\n* OK [UIDNEXT %d] x", len(s.inbox), s.validity, s.next)
	case "STATUS":
		c.say("* STATUS INBOX (UIDNEXT %d UIDVALIDITY %d)", s.next, s.validity)
	case "UID SEARCH":
		c.say("* SEARCH%s", s.search(args))
	case "UID FETCH":
		uid, _, _ := strings.Cut(args, " ")
		switch {
		case strings.Contains(args, "HEADER"):
			s.heads(c, args)
			c.say("%s OK done", tag)
			return
		case strings.Contains(args, "BODY"):
			s.give(c, uid)
			c.say("%s OK done", tag)
			return
		}
		for _, uid := range s.among(args) {
			c.say("* 1 FETCH (UID %d RFC822.SIZE %d INTERNALDATE %q)", uid, len(s.inbox[uid]), s.came(uid))
		}
	case "LIST":
		c.say(`* LIST () "/" Kept`)
	case "IDLE":
		c.idle = tag
		c.say("+ idling")
		return
	case "UID COPY", "UID MOVE":
		s.copy(c, tag, args, verb == "UID MOVE")
		return
	case "UID STORE":
		for _, uid := range s.among(args) {
			s.deleted[uid] = true
		}
	case "UID EXPUNGE":
		for _, uid := range s.among(args) {
			if s.deleted[uid] {
				delete(s.inbox, uid)
				c.say("* 1 EXPUNGE")
			}
		}
	}
	c.say("%s OK done", tag)
}

// search answers with the set asked for; like real servers it answers n:* with
// the last message even when its UID is lower.
func (s *script) search(args string) (found string) {
	uids := s.among(strings.TrimPrefix(args, "UID "))
	if set := strings.TrimPrefix(args, "UID "); strings.HasSuffix(set, ":*") && len(uids) == 0 && len(s.inbox) > 0 {
		uids = s.uids()[len(s.inbox)-1:]
	}
	for _, uid := range uids {
		found += fmt.Sprint(" ", uid)
	}
	return found
}

func (s *script) uids() (uids []uint32) {
	for uid := range s.inbox {
		uids = append(uids, uid)
	}
	slices.Sort(uids)
	return uids
}

// among lists the messages that are in the set args begins with.
func (s *script) among(args string) (uids []uint32) {
	set, _, _ := strings.Cut(args, " ")
	if set == "ALL" {
		return s.uids()
	}
	for _, uid := range s.uids() {
		for r := range strings.SplitSeq(set, ",") {
			from, to, isRange := strings.Cut(r, ":")
			if !isRange {
				to = from
			}
			low, _ := strconv.Atoi(from)
			high, err := strconv.Atoi(to)
			if int(uid) >= low && (err != nil || int(uid) <= high) {
				uids = append(uids, uid)
			}
		}
	}
	return uids
}

func (s *script) give(c *talk, uid string) {
	n, _ := strconv.Atoi(uid)
	if raw, ok := s.inbox[uint32(n)]; ok {
		c.say("* 1 FETCH (UID %d RFC822.SIZE %d BODY[] {%d}\r\n%s)", n, len(raw), len(raw), raw)
	}
}

// came is the INTERNALDATE of a message.
func (s *script) came(uid uint32) string {
	if at, ok := s.dates[uid]; ok {
		return at
	}
	return "26-Nov-2026 09:00:00 +0000"
}

// heads gives the fields of the header that were asked for: all there are.
func (s *script) heads(c *talk, args string) {
	for _, uid := range s.among(args) {
		head, _, _ := strings.Cut(s.inbox[uid], "\r\n\r\n")
		head += "\r\n\r\n"
		c.say("* 1 FETCH (UID %d RFC822.SIZE %d BODY[HEADER.FIELDS (Received Date Message-ID From Subject)] {%d}\r\n%s)", uid, len(s.inbox[uid]), len(head), head)
	}
}

func (s *script) copy(c *talk, tag, args string, move bool) {
	uids := s.among(args)
	var set []string
	for _, uid := range uids {
		s.kept = append(s.kept, s.inbox[uid])
		set = append(set, fmt.Sprint(uid))
		if move {
			delete(s.inbox, uid)
			c.say("* 1 EXPUNGE")
		}
	}
	code := ""
	if len(set) > 0 && strings.Contains(s.caps, "UIDPLUS") {
		code = fmt.Sprintf("[COPYUID 9 %s %s] ", strings.Join(set, ","), strings.Join(set, ","))
	}
	c.say("%s OK %sdone", tag, code)
}

// no answers with NO and text.
func no(text string) answer {
	return func(c *talk, tag, _ string) bool {
		c.say("%s NO %s", tag, text)
		return true
	}
}

// silent never answers.
func silent(*talk, string, string) bool { return true }

// holds is how many messages are in the watched folder.
func (s *script) holds() (n int) {
	s.locked(func() { n = len(s.inbox) })
	return n
}
