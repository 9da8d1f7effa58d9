package app

import (
	"context"
	"net"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"dutydesk/config"
	"dutydesk/intake/message"
)

// nameServer answers every question for a TXT record on this machine with one
// text, or not at all if that is "".
type nameServer struct {
	conn net.PacketConn
	text string

	mu    sync.Mutex
	asked []string
}

func newNameServer(t *testing.T, text string) *nameServer {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &nameServer{conn: conn, text: text}
	ended := make(chan struct{})
	go func() { defer close(ended); s.serve() }()
	t.Cleanup(func() { conn.Close(); <-ended })
	return s
}

func (s *nameServer) serve() {
	buf := make([]byte, 2048)
	for {
		n, from, err := s.conn.ReadFrom(buf)
		if err != nil {
			return
		}
		var q dnsmessage.Message
		if q.Unpack(buf[:n]) != nil || len(q.Questions) != 1 {
			continue
		}
		s.mu.Lock()
		s.asked = append(s.asked, q.Questions[0].Name.String())
		s.mu.Unlock()
		if s.text == "" {
			continue
		}
		q.Header.Response = true
		q.Additionals = nil
		q.Answers = []dnsmessage.Resource{{Header: dnsmessage.ResourceHeader{Name: q.Questions[0].Name, Class: dnsmessage.ClassINET, TTL: 60},
			Body: &dnsmessage.TXTResource{TXT: []string{s.text}}}}
		if b, err := q.Pack(); err == nil {
			s.conn.WriteTo(b, from)
		}
	}
}

// The keys of signatures are asked of the configured name server alone, by the
// name they have and no other; without one nobody is asked.
func TestKeysAreAskedOfTheResolver(t *testing.T) {
	var cfg config.Config
	if keys(&cfg) != nil {
		t.Error("asked without a resolver")
	}
	s := newNameServer(t, "v=DKIM1; p=abc")
	cfg.DKIM.Resolver = s.conn.LocalAddr().String()
	txts, err := keys(&cfg)(t.Context(), "s1._domainkey.college")
	if err != nil || len(txts) != 1 || txts[0] != "v=DKIM1; p=abc" {
		t.Errorf("%q, %v", txts, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, name := range s.asked {
		if name != "s1._domainkey.college." {
			t.Errorf("asked for %q", name)
		}
	}
}

// A name server that is silent costs no more than the time that is given.
func TestSilentResolver(t *testing.T) {
	cfg := config.Config{DKIM: config.DKIM{Resolver: newNameServer(t, "").conn.LocalAddr().String()}}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	began := time.Now()
	if txts, err := keys(&cfg)(ctx, "s1._domainkey.college.example"); err == nil || time.Since(began) > 5*time.Second {
		t.Errorf("%q, %v after %v", txts, err, time.Since(began))
	}
}

// Only a mailbox whose operator confirmed its server is trusted.
func TestTrustFailsClosed(t *testing.T) {
	cfg := config.Config{Mailboxes: []config.Mailbox{
		{Name: "a", Profile: "microsoft", StripsForeign: true}, {Name: "b", Profile: "google"}, {Name: "c", Profile: "none", StripsForeign: true},
		{Name: "d", StripsForeign: true}, {Name: "e", Profile: "generic", AuthservID: "mx.council.example", StripsForeign: true}}}
	got := trust(&cfg)
	if len(got) != 2 || got["a"] != (message.Trust{Profile: message.Microsoft}) || got["e"] != (message.Trust{Profile: message.Generic, AuthservID: "mx.council.example"}) {
		t.Errorf("%+v", got)
	}
}
