package demo

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/emersion/go-smtp"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

func newCouncil(t *testing.T) *Council {
	t.Helper()
	c, err := Open(func() time.Time { return noon })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return c
}

const plainMail = "From: robin.ellis@mail.example\r\nSubject: help\r\n\r\nplease read this\r\n"

func TestMailIsDelivered(t *testing.T) {
	c := newCouncil(t)
	for to, person := range map[string]string{
		"amira.khan@northgate.example":              "lead",
		"Joe.Brennan@Northgate.Example":             "deputy",
		"safeguarding+dd1.abc@council.example":      deskID,
		"helen.marsh+anything+else@council.example": "la-lead",
	} {
		if err := c.Send(t.Context(), "robin.ellis@mail.example", to, []byte(plainMail)); err != nil {
			t.Fatalf("to %s: %v", to, err)
		}
		box, err := c.Box(t.Context(), person)
		if err != nil || len(box) != 1 {
			t.Fatalf("%s has %d mails, %v", person, len(box), err)
		}
		m := box[0]
		if !bytes.HasSuffix(m.Raw, []byte(plainMail)) {
			t.Errorf("%s got other bytes: %q", person, m.Raw)
		}
		if !strings.Contains(string(m.Raw), "Delivered-To: "+to+"\r\n") {
			t.Errorf("the address that %s was named by is gone: %q", person, m.Raw)
		}
		if m.Text != "please read this\n" || m.Subject != "help" || !m.At.Equal(noon) {
			t.Errorf("%s reads %q, %q at %v", person, m.Subject, m.Text, m.At)
		}
	}
}

func TestUnknownRecipientIsRefused(t *testing.T) {
	c := newCouncil(t)
	for _, to := range []string{"nobody@council.example", "amira.khan@council.example", "+x@council.example", "safeguarding@mail.example"} {
		err := c.Send(t.Context(), "robin.ellis@mail.example", to, []byte(plainMail))
		var said *smtp.SMTPError
		if !errors.As(err, &said) || said.Code != 550 {
			t.Errorf("to %s: %v, want 550", to, err)
		}
	}
}

// The in-memory IMAP server shows nothing of a mail with such a header, so
// taking it would lose it.
func TestMailThatCannotBeShownIsRefused(t *testing.T) {
	c := newCouncil(t)
	err := c.Send(t.Context(), "robin.ellis@mail.example", DeskAddress, []byte("no header at all\r\n\r\nplease read this\r\n"))
	var said *smtp.SMTPError
	if !errors.As(err, &said) || said.Code != 554 {
		t.Errorf("%v, want 554", err)
	}
	if box, _ := c.Box(t.Context(), deskID); len(box) != 0 {
		t.Errorf("%d mails were delivered", len(box))
	}
}

func TestReadingMarksNothing(t *testing.T) {
	c := newCouncil(t)
	if err := c.Send(t.Context(), "", "amira.khan@northgate.example", []byte(plainMail)); err != nil {
		t.Fatal(err)
	}
	box, err := c.Box(t.Context(), "lead")
	if err != nil || len(box) != 1 {
		t.Fatal(err)
	}
	if unread, all, err := c.Unread(t.Context(), "lead"); unread != 1 || all != 1 || err != nil {
		t.Errorf("%d unread of %d, %v", unread, all, err)
	}
	if err := c.MarkRead(t.Context(), "lead", Inbox, box[0].UID); err != nil {
		t.Fatal(err)
	}
	if unread, all, err := c.Unread(t.Context(), "lead"); unread != 0 || all != 1 || err != nil {
		t.Errorf("%d unread of %d after reading, %v", unread, all, err)
	}
	if m, err := c.Letter(t.Context(), "lead", Inbox, box[0].UID); err != nil || !m.Seen {
		t.Errorf("seen %v, %v", m.Seen, err)
	}
}

func TestNobodysMailbox(t *testing.T) {
	c := newCouncil(t)
	_, nobody := c.Box(t.Context(), "executive")
	_, folder := c.Folder(t.Context(), "lead", "Attic")
	_, letter := c.Letter(t.Context(), "lead", Inbox, 7)
	writer := c.Write(t.Context(), Draft{From: "executive", To: DeskAddress})
	for what, err := range map[string]error{"person": nobody, "folder": folder, "letter": letter, "writer": writer} {
		if !errors.Is(err, ErrNobody) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// The library's IDLE says nothing of mail that came just before it began.
func TestMailBeforeIdleIsAnnounced(t *testing.T) {
	c := newCouncil(t)
	told := make(chan uint32, 8)
	handler := &imapclient.UnilateralDataHandler{Mailbox: func(d *imapclient.UnilateralDataMailbox) {
		if d.NumMessages != nil {
			told <- *d.NumMessages
		}
	}}
	l, err := imapclient.DialInsecure(c.IMAPAddr(), &imapclient.Options{UnilateralDataHandler: handler})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, selecting := error(nil), l.Login(DeskAddress, c.Password()).Wait()
	if _, err := l.Select(Inbox, nil).Wait(); errors.Join(err, selecting) != nil {
		t.Fatal(err, selecting)
	}
	if err := c.Send(t.Context(), "", DeskAddress, []byte(plainMail)); err != nil {
		t.Fatal(err)
	}
	idle, err := l.Idle()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	select {
	case n := <-told:
		if n != 1 {
			t.Errorf("told of %d mails", n)
		}
	case <-ctx.Done():
		t.Error("never told")
	}
	if err := errors.Join(idle.Close(), idle.Wait()); err != nil {
		t.Error(err)
	}
}
