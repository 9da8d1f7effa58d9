package realtest

import (
	"bytes"
	"errors"
	"io"
	"net"
	"testing"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// submit sends one mail over STARTTLS as user, if any.
func submit(t *testing.T, addr string, s *SinkServer, user, password, to string, raw []byte) error {
	t.Helper()
	c, err := smtp.DialStartTLS(addr, s.CA.Client())
	if err != nil {
		return err
	}
	defer c.Close()
	if user != "" {
		if err := c.Auth(sasl.NewPlainClient("", user, password)); err != nil {
			return err
		}
	}
	return c.SendMail("desk@council.example", []string{to}, bytes.NewReader(raw))
}

func TestSinkKeepsWhatItAccepts(t *testing.T) {
	s := Sink(t, SinkOptions{Users: map[string]string{"desk": "secret"}})
	raw := Mail("desk@council.example", "lead@provider.example", "SG-7K2QM", "A line.\n.\n.dots", Attachment{Name: "a b.txt", Bytes: []byte("x")})
	if err := submit(t, s.Addr(), s, "", "", "lead@provider.example", raw); err == nil {
		t.Error("a stranger may submit")
	}
	if err := submit(t, s.Addr(), s, "desk", "wrong", "lead@provider.example", raw); err == nil {
		t.Error("any password will do")
	}
	if err := submit(t, s.Addr(), s, "desk", "secret", "lead@provider.example", raw); err != nil {
		t.Fatal(err)
	}
	got := s.Expect(time.Second, To("lead@provider.example"))
	if !bytes.Equal(got.Raw, raw) || got.From != "desk@council.example" || got.User != "desk" || !got.TLS || got.Header("Subject") != "SG-7K2QM" {
		t.Errorf("kept %+v", got)
	}
	if len(s.All()) != 1 || len(s.Unexpected()) != 0 {
		t.Errorf("%d kept, %d unexpected", len(s.All()), len(s.Unexpected()))
	}
	s.Stop()
	if err := submit(t, s.Addr(), s, "desk", "secret", "lead@provider.example", raw); err == nil {
		t.Error("a stopped sink answers")
	}
	s.Start()
	if err := submit(t, s.Addr(), s, "desk", "secret", "deputy@provider.example", raw); err != nil {
		t.Fatal(err)
	}
	s.Expect(time.Second, To("deputy@provider.example"))
}

func TestSinkFollowsItsScript(t *testing.T) {
	busy := &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "later"}
	for _, tt := range []struct {
		at     Verb
		answer error
		kept   int
	}{
		{AtHello, busy, 0}, {AtMail, busy, 0}, {AtRcpt, busy, 0}, {AtData, busy, 0}, {AtDot, busy, 0}, {AtKept, busy, 1},
		{AtHello, ErrDrop, 0}, {AtMail, ErrDrop, 0}, {AtRcpt, ErrDrop, 0}, {AtData, ErrDrop, 0}, {AtDot, ErrDrop, 0}, {AtKept, ErrDrop, 1},
	} {
		t.Run(string(tt.at)+"/"+tt.answer.Error(), func(t *testing.T) {
			s := Sink(t, SinkOptions{Script: func(step Step) error {
				if step.Verb == tt.at && (step.Nth == 1 || tt.at == AtHello) {
					return tt.answer
				}
				return nil
			}})
			err := submit(t, s.Addr(), s, "", "", "lead@provider.example", Mail("a@b.example", "c@d.example", "x", "y"))
			var answer *smtp.SMTPError
			if errors.As(err, &answer) != (tt.answer == error(busy)) || err == nil || answer != nil && answer.Code != 451 {
				t.Errorf("err = %v", err)
			}
			if n := len(s.All()); n != tt.kept {
				t.Errorf("%d kept, want %d", n, tt.kept)
			}
		})
	}
}

// echo is a server that sends back what it gets.
func echo(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { defer c.Close(); io.Copy(c, c) }()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

// talk sends text over the line and returns what came back until the end or
// until nothing came for a moment.
func talk(t *testing.T, l *Line, text string) (net.Conn, string, error) {
	t.Helper()
	c, err := net.Dial("tcp", l.Addr())
	if err != nil {
		return nil, "", err
	}
	t.Cleanup(func() { c.Close() })
	if _, err := io.WriteString(c, text); err != nil {
		return c, "", err
	}
	got, err := hear(c, len(text))
	return c, got, err
}

func hear(c net.Conn, n int) (string, error) {
	c.SetReadDeadline(time.Now().Add(150 * time.Millisecond))
	buf := make([]byte, n)
	got, err := io.ReadFull(c, buf)
	return string(buf[:got]), err
}

func silent(err error) bool {
	var n net.Error
	return errors.As(err, &n) && n.Timeout()
}

func TestLineFails(t *testing.T) {
	l := Proxy(t, echo(t))
	c, got, err := talk(t, l, "hello")
	if got != "hello" || err != nil {
		t.Fatalf("pass: %q, %v", got, err)
	}
	l.Stall()
	io.WriteString(c, "again")
	if got, err := hear(c, 5); got != "" || !silent(err) {
		t.Errorf("stall: %q, %v", got, err)
	}
	l.Pass()
	if got, err := hear(c, 5); got != "again" || err != nil {
		t.Errorf("pass again: %q, %v", got, err)
	}
	l.CutAfter(FromServer, 3)
	if _, got, err := talk(t, l, "hello"); len(got) > 3 || err == nil || silent(err) {
		t.Errorf("cut after 3: %q, %v", got, err)
	}
	l.StallAfter(FromClient, 2)
	if _, got, err := talk(t, l, "hello"); len(got) > 2 || !silent(err) {
		t.Errorf("stall after 2: %q, %v", got, err)
	}
	l.Refuse()
	if _, _, err := talk(t, l, "hello"); err == nil {
		t.Error("refuse: accepted")
	}
	Poll(t, time.Second, "connections gone", func() error {
		if n := l.Open(); n > 0 {
			return errors.New("still open")
		}
		return nil
	})
	l.Pass()
	if _, got, err := talk(t, l, "hello"); got != "hello" || err != nil {
		t.Errorf("pass at last: %q, %v", got, err)
	}
}

func TestLinePassesMailAndItsEnd(t *testing.T) {
	s := Sink(t, SinkOptions{})
	l := Proxy(t, s.Addr())
	raw := Mail("a@b.example", "c@d.example", "large", prose(1, 300_000))
	if err := submit(t, l.Addr(), s, "", "", "lead@provider.example", raw); err != nil {
		t.Fatal(err)
	}
	if got := s.Expect(time.Second, To("lead@provider.example")); !bytes.Equal(got.Raw, raw) {
		t.Error("the line changed the mail")
	}
	l.CutAfter(FromClient, 100_000)
	if err := submit(t, l.Addr(), s, "", "", "lead@provider.example", raw); err == nil {
		t.Error("a cut line delivers")
	}
	s.Stop()
	if _, _, err := talk(t, l, "EHLO x\r\n"); err == nil || silent(err) {
		t.Errorf("a line to nowhere: %v", err)
	}
}
