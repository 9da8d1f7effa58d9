package mailbox

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"io"
	"log"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"
)

// F39: at each step the server stops talking without closing the line.
func TestF39Silence(t *testing.T) {
	t.Parallel()
	for _, verb := range []string{"greeting", "LOGIN", "CAPABILITY", "EXAMINE", "STATUS", "NOOP", "UID SEARCH", "UID FETCH", "IDLE"} {
		t.Run(verb, func(t *testing.T) {
			s, l := newScript(t, mail("one")), newLedger()
			s.on[verb] = silent
			w, _ := s.watcher(l)
			w.Stall = 50 * time.Millisecond
			began := time.Now()
			err := newWatch(w.withDefaults()).visit(t.Context())
			if !errors.Is(err, ErrLine) {
				t.Errorf("visit: %v", err)
			}
			if took := time.Since(began); took > 30*time.Second {
				t.Errorf("took %v", took)
			}
		})
	}
}

// F39: a server that answers every look and never gives the message.
func TestF39AnswersAllButTheMessage(t *testing.T) {
	t.Parallel()
	s, l := newScript(t, mail("one")), newLedger()
	s.on["UID FETCH"] = silent
	w, _ := s.watcher(l)
	w.Poll, w.Stall = 10*time.Millisecond, 200*time.Millisecond
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := newWatch(w.withDefaults()).visit(ctx); !errors.Is(err, ErrLine) || ctx.Err() != nil {
		t.Errorf("visit: %v", err)
	}
	if s.said("UID SEARCH") < 5 {
		t.Error("the looks stopped too")
	}
}

// A line that was silent once stays given up: go-imap would read on and wait
// again, and again.
func TestF39SilenceIsFinal(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	l := &line{Conn: ours, stall: 10 * time.Millisecond}
	defer l.Close()
	if _, err := l.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("first read: %v", err)
	}
	go func() { _, _ = theirs.Write([]byte("late")) }()
	if n, err := l.Read(make([]byte, 4)); n != 0 || !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("second read: %d, %v", n, err)
	}
}

// The deadlines of go-imap, five minutes for a whole body, are not ours.
func TestOnlySilenceCounts(t *testing.T) {
	ours, theirs := net.Pipe()
	defer theirs.Close()
	l := &line{Conn: ours, stall: 5 * time.Second}
	defer l.Close()
	if err := errors.Join(l.rest(), l.SetReadDeadline(time.Now().Add(-time.Minute))); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = theirs.Write([]byte("late")) }()
	if n, err := l.Read(make([]byte, 4)); n != 4 || err != nil {
		t.Errorf("read: %d, %v", n, err)
	}
}

// go-imap completes commands from the goroutine whose write failed. It must not
// hear of that before its reader, which completes them too, has ended.
func TestFailedWriteWaitsForTheReader(t *testing.T) {
	ours, theirs := net.Pipe()
	theirs.Close()
	reader := make(chan struct{})
	e := &ear{Conn: ours, line: &line{Conn: ours, stall: time.Second}}
	e.attach(reader)
	wrote := make(chan error, 1)
	go func() {
		_, err := e.Write([]byte("x"))
		wrote <- err
	}()
	if _, err := ours.Read(make([]byte, 1)); err == nil {
		t.Error("the line is still open")
	}
	select {
	case err := <-wrote:
		t.Fatalf("write returned %v before the reader ended", err)
	case <-time.After(20 * time.Millisecond):
	}
	close(reader)
	if err := <-wrote; err == nil {
		t.Error("the failure was swallowed")
	}
}

// F39: the line dies in IDLE without a word; the next DONE finds out.
func TestF39DiesInIdle(t *testing.T) {
	s, l := newScript(t), newLedger()
	s.on["IDLE"] = func(c *talk, tag, _ string) bool {
		c.say("+ idling")
		s.talks[c] = false
		s.on["STATUS"], s.on["NOOP"], s.on["UID SEARCH"] = silent, silent, silent
		return true // c.idle stays empty: DONE is not answered with its tag
	}
	w, _ := s.watcher(l)
	w.Stall = 50 * time.Millisecond
	if err := newWatch(w.withDefaults()).visit(t.Context()); !errors.Is(err, ErrLine) {
		t.Errorf("visit: %v", err)
	}
}

// A quiet IDLE longer than the stall is no dead line. The stall is longer than a
// busy machine keeps a server waiting.
func TestQuietIdleIsNoStall(t *testing.T) {
	t.Parallel()
	s, l := newScript(t), newLedger()
	s.on["IDLE"] = func(c *talk, tag, _ string) bool {
		time.AfterFunc(20*time.Millisecond, func() { c.say("* OK still here") })
		return false
	}
	w, st := s.watcher(l)
	w.Stall, w.Poll = 2*time.Second, 3*time.Second
	start(t, w)
	until(t, "three looks", func() bool { return s.said("UID SEARCH") >= 3 })
	if st.seen(Broken) {
		t.Error("a quiet line was given up")
	}
}

// A slow desk is not the server's silence.
func TestSlowDeskIsNoStall(t *testing.T) {
	t.Parallel()
	raw := mail(strings.Repeat("long ", 1<<20))
	s, l := newScript(t, raw, mail("waits behind it")), newLedger()
	slow := make(chan struct{})
	time.AfterFunc(5*time.Second, func() { close(slow) })
	w, st := s.watcher(l)
	w.Stall = 3 * time.Second
	w.Desk = slowDesk{l, slow}
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 2 })
	if st.seen(Broken) {
		t.Error("the line was given up")
	}
}

// F38: the server restarts; nothing is lost.
func TestF38Restart(t *testing.T) {
	t.Parallel()
	o, l := newOffice(t), newLedger()
	o.deliver("INBOX", mail("before"))
	w, st := newWatcher(t, o.addr, l)
	start(t, w)
	until(t, "kept", func() bool { return l.count() == 1 })
	o.stop()
	until(t, "told", func() bool { return st.last().State == Unreachable || st.last().State == Broken })
	o.deliver("INBOX", mail("meanwhile"))
	o.restart()
	until(t, "both kept", func() bool { return l.count() == 2 })
}

// A line that breaks in a backlog: all the rest is taken on the next.
func TestBreaksInABacklog(t *testing.T) {
	t.Parallel()
	var bodies []string
	for i := range 200 {
		bodies = append(bodies, mail(strings.Repeat("x", i)))
	}
	s, l := newScript(t, bodies...), newLedger()
	n := 0
	s.on["UID FETCH"] = func(c *talk, _, _ string) bool {
		if n++; n == 40 || n == 90 {
			c.Close()
			return true
		}
		return false
	}
	w, _ := s.watcher(l)
	start(t, w)
	until(t, "all kept", func() bool { return l.count() == 200 })
}

// T20: the certificate must be for this host, in date and from a trusted hand.
func TestT20Certificates(t *testing.T) {
	good, pool := authority(t, time.Now().Add(time.Hour), "127.0.0.1")
	expired, expiredPool := authority(t, time.Now().Add(-time.Minute), "127.0.0.1")
	other, otherPool := authority(t, time.Now().Add(time.Hour), "elsewhere.example")
	for name, c := range map[string]struct {
		serve tls.Certificate
		trust *tls.Config
		want  error
	}{
		"trusted":    {good, &tls.Config{RootCAs: pool}, nil},
		"untrusted":  {good, nil, ErrCertificate},
		"expired":    {expired, &tls.Config{RootCAs: expiredPool}, ErrCertificate},
		"wrong host": {other, &tls.Config{RootCAs: otherPool}, ErrCertificate},
	} {
		for _, startTLS := range []bool{false, true} {
			addr := serveTLS(t, c.serve, startTLS)
			w, _ := newWatcher(t, addr, newLedger())
			w.Plain, w.StartTLS, w.TLS = false, startTLS, c.trust
			f, err := Probe(t.Context(), w)
			if !errors.Is(err, c.want) || c.want == nil && err != nil {
				t.Errorf("%s, STARTTLS %v: %v, want %v", name, startTLS, err, c.want)
			}
			if err == nil && time.Until(f.Expires).Round(time.Hour) != time.Hour {
				t.Errorf("%s: expires %v", name, f.Expires)
			}
		}
	}
}

// T20: a server that offers no STARTTLS, or says we are logged in already, gets
// no password.
func TestT20NoTLSNoPassword(t *testing.T) {
	for name, greeting := range map[string]string{"refuses": "* OK hello", "preauth": "* PREAUTH hello", "busy": "* BYE [THROTTLED] x"} {
		s := newScript(t)
		s.on["greeting"] = func(c *talk, _, _ string) bool { c.say("%s", greeting); return true }
		s.on["STARTTLS"] = no("not here")
		w, _ := s.watcher(newLedger())
		w.Plain, w.StartTLS = false, true
		want := ErrServer
		if name == "busy" {
			want = ErrThrottled
		}
		if _, err := Probe(t.Context(), w); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
		if s.said("LOGIN") > 0 {
			t.Errorf("%s: the password was sent in clear", name)
		}
		if name != "refuses" && s.said("STARTTLS") > 0 {
			t.Errorf("%s: went on after the greeting", name)
		}
	}
}

// What is said in clear after the server agreed to TLS belongs to TLS, where it
// is no handshake: nobody can slip an answer in.
func TestT20NothingSlipsInBeforeTLS(t *testing.T) {
	s := newScript(t)
	s.on["STARTTLS"] = func(c *talk, tag, _ string) bool {
		c.say("%s OK begin\r\n* PREAUTH you are in", tag)
		return true
	}
	w, _ := s.watcher(newLedger())
	w.Plain, w.StartTLS = false, true
	if _, err := Probe(t.Context(), w); !errors.Is(err, ErrCertificate) {
		t.Errorf("probe: %v", err)
	}
}

// A line without TLS leads nowhere but to this machine.
func TestPlainOnlyOnLoopback(t *testing.T) {
	for addr, ok := range map[string]bool{
		"127.0.0.1:143": true, "[::1]:143": true, "localhost:143": true,
		"192.0.2.1:143": false, "mail.example:143": false, "localhost.example:143": false,
	} {
		w, _ := newWatcher(t, addr, newLedger())
		if err := w.check(); (err == nil) != ok {
			t.Errorf("%s: %v", addr, err)
		}
	}
}

// Moving a message into the folder it is in would give it a new UID for ever.
func TestKeptIsNotTheWatchedFolder(t *testing.T) {
	w, _ := newWatcher(t, "127.0.0.1:1", newLedger())
	for kept, ok := range map[string]bool{"INBOX": false, "inbox": false, "Kept": true, "": true} {
		if w.Kept = kept; (w.check() == nil) != ok {
			t.Errorf("Kept %q: %v", kept, w.check())
		}
	}
}

// C: neither the log nor an error repeats what a server, a mail or a secret says.
func TestNothingPersonalIsSaid(t *testing.T) {
	t.Parallel()
	const canary = "CANARY"
	for _, verb := range []string{"greeting", "LOGIN", "SELECT", "STATUS", "UID SEARCH", "UID FETCH", "UID MOVE", "IDLE", "CAPABILITY"} {
		for _, say := range []string{"%s NO [ALERT] " + canary, "%s BAD " + canary, "* BYE " + canary, "* " + canary + " " + canary, "* 1 FETCH (" + canary + " \"" + canary + "\")"} {
			s, l := newScript(t, mail(canary)), newLedger()
			s.on[verb] = func(c *talk, tag, _ string) bool {
				c.say("%s", strings.Replace(say, "%s", tag, 1))
				c.Close()
				return true
			}
			w, _ := s.watcher(l)
			var out bytes.Buffer
			w.Log = slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
			w.Kept, w.User = "Kept", canary
			w.Password = func() (string, error) { return canary, nil }
			m := newWatch(w.withDefaults())
			err := m.visit(t.Context())
			m.troubled(err, 0)
			if err == nil || strings.Contains(err.Error()+out.String(), canary) {
				t.Errorf("%s, %s: %v\n%s", verb, say, err, out.String())
			}
		}
	}
}

// serveTLS is a mail server with a certificate.
func serveTLS(t *testing.T, cert tls.Certificate, startTLS bool) string {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	mem, user := imapmemserver.New(), imapmemserver.NewUser(testUser, testPassword)
	if err := user.Create("INBOX", nil); err != nil {
		t.Fatal(err)
	}
	mem.AddUser(user)
	config := &tls.Config{Certificates: []tls.Certificate{cert}}
	options := &imapserver.Options{
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return mem.NewSession(), nil, nil
		},
		Caps: imap.CapSet{imap.CapIMAP4rev1: {}}, Logger: log.New(io.Discard, "", 0),
	}
	listen := net.Listener(tls.NewListener(ln, config))
	if startTLS {
		options.TLSConfig, listen = config, ln
	}
	srv := imapserver.New(options)
	done := make(chan struct{})
	go func() { defer close(done); _ = srv.Serve(listen) }()
	t.Cleanup(func() { srv.Close(); <-done })
	return ln.Addr().String()
}
