package realtest

import (
	"bytes"
	"crypto/tls"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
)

func TestDovecotKeepsMailThroughAKill(t *testing.T) {
	var d *DovecotServer
	atMost(t, 500*time.Millisecond, "start", func() { d = Dovecot(t, DovecotOptions{}) })
	raw := Mail("learner@college.example", "desk@council.example", "help", "please read this")
	name := d.Deliver("desk", raw)
	d.CreateFolder("desk", "2026/Kept")
	c := d.Client("desk")
	for _, cap := range []imap.Cap{imap.CapIdle, imap.CapMove, imap.CapUIDPlus} {
		if !c.Caps().Has(cap) {
			t.Errorf("no %s", cap)
		}
	}
	if n := selected(t, c, "INBOX").NumMessages; n != 1 {
		t.Fatalf("%d messages, want 1", n)
	}
	atMost(t, 500*time.Millisecond, "kill and restart", func() { d.Kill(); d.Start() })
	c = d.Client("desk")
	selected(t, c, "INBOX")
	if _, err := c.Move(imap.SeqSetNum(1), "2026/Kept").Wait(); err != nil {
		t.Fatal(err)
	}
	got := d.Messages("desk", "2026/Kept")
	if len(got) != 1 || !bytes.Equal(got[0].Raw, raw) || len(d.Messages("desk", "INBOX")) != 0 {
		t.Errorf("moved: %+v, delivered as %s", got, name)
	}
	if a := d.Append("desk", "INBOX", raw); a.UID == 0 {
		t.Error("no APPENDUID")
	}
	d.Stop()
}

func selected(t *testing.T, c *imapclient.Client, folder string) *imap.SelectData {
	t.Helper()
	data, err := c.Select(folder, nil).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestDovecotIdleSeesADelivery(t *testing.T) {
	d := Dovecot(t, DovecotOptions{})
	exists := make(chan uint32, 8)
	c, err := imapclient.DialStartTLS(d.Addr(), &imapclient.Options{
		TLSConfig: &tls.Config{RootCAs: d.CA.Pool(), ServerName: "localhost"},
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{Mailbox: func(m *imapclient.UnilateralDataMailbox) {
			if m.NumMessages != nil {
				exists <- *m.NumMessages
			}
		}},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login("desk", "secret").Wait(); err != nil {
		t.Fatal(err)
	}
	selected(t, c, "INBOX")
	idle, err := c.Idle()
	if err != nil {
		t.Fatal(err)
	}
	atMost(t, time.Second, "delivered to EXISTS", func() {
		d.Deliver("desk", Mail("a@b.example", "desk@council.example", "x", "y"))
		select {
		case <-exists:
		case <-time.After(patience):
			t.Fatal("IDLE says nothing")
		}
	})
	if err := errors.Join(idle.Close(), idle.Wait()); err != nil {
		t.Error(err)
	}
}

func TestDovecotRefusesWrongPasswords(t *testing.T) {
	d := Dovecot(t, DovecotOptions{Users: map[string]string{"desk": "one", "lead@provider.example": "two"}})
	d.Client("lead@provider.example")
	d.SetPassword("desk", "")
	c, err := imapclient.DialTLS(d.TLSAddr(), &imapclient.Options{TLSConfig: d.CA.Client()})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if err := c.Login("desk", "one").Wait(); err == nil {
		t.Error("the old password still opens the mailbox")
	}
	if _, err := imapclient.DialTLS(d.TLSAddr(), &imapclient.Options{TLSConfig: CA(t).Client()}); err == nil {
		t.Error("another authority is believed")
	}
}

func TestDovecotWithAnotherUIDValidity(t *testing.T) {
	d := Dovecot(t, DovecotOptions{})
	d.Deliver("desk", Mail("a@b.example", "desk@council.example", "one", ""))
	gone := d.Deliver("desk", Mail("a@b.example", "desk@council.example", "two", ""))
	before := selected(t, d.Client("desk"), "INBOX")
	d.Stop()
	d.SetUIDValidity("desk", "INBOX", before.UIDValidity+5)
	d.Remove("desk", "INBOX", gone)
	d.Start()
	now := selected(t, d.Client("desk"), "INBOX")
	if now.UIDValidity != before.UIDValidity+5 || now.NumMessages != 1 {
		t.Errorf("UIDVALIDITY %d with %d messages, want %d with 1", now.UIDValidity, now.NumMessages, before.UIDValidity+5)
	}
}

func TestDovecotWithQuota(t *testing.T) {
	d := Dovecot(t, DovecotOptions{Extra: `mail_plugins = quota
protocol imap {
  mail_plugins = quota imap_quota
}
plugin {
  quota = maildir:User quota
  quota_rule = *:storage=10K
}`})
	c := d.Client("desk")
	raw := Mail("a@b.example", "desk@council.example", "large", strings.Repeat("word ", 4000))
	cmd := c.Append("INBOX", int64(len(raw)), nil)
	cmd.Write(raw)
	cmd.Close()
	var no *imap.Error
	if _, err := cmd.Wait(); !errors.As(err, &no) || no.Code != imap.ResponseCode("OVERQUOTA") {
		t.Errorf("err = %v, want OVERQUOTA", err)
	}
}

func TestDovecotHasManySessions(t *testing.T) {
	d := Dovecot(t, DovecotOptions{})
	for i := range 20 {
		if n := selected(t, d.Client("desk"), "INBOX").NumMessages; n != 0 {
			t.Fatal(fmt.Sprint("session ", i, ": ", n, " messages"))
		}
	}
}
