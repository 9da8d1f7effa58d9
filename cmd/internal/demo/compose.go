package demo

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"iter"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net"
	"net/mail"
	"net/textproto"
	"strings"
	"time"

	"github.com/emersion/go-smtp"
)

// Draft is what somebody writes in a mail program before they press Send.
type Draft struct {
	From    string // person id
	To      string // one address
	Subject string
	Text    string
	Files   []File
	Answers *Mail // the mail that is replied to: it is quoted below Text; nil for a new mail
}

// File is an attachment.
type File struct {
	Name, Type string
	Body       []byte
}

// ErrAddress reports a recipient that is no mail address.
var ErrAddress = errors.New("not a mail address")

// Reply is a draft that answers m, as a mail program makes it.
func Reply(from string, m Mail, text string) Draft {
	subject := m.Subject
	if len(subject) < 3 || !strings.EqualFold(subject[:3], "re:") {
		subject = "Re: " + subject
	}
	return Draft{From: from, To: m.AnswerTo(), Subject: subject, Text: text, Answers: &m}
}

// Write composes a draft, submits it by SMTP and files a copy with the sender's
// sent mail.
func (c *Council) Write(ctx context.Context, d Draft) error {
	p, ok := c.Person(d.From)
	if !ok {
		return fmt.Errorf("%s: %w", d.From, ErrNobody)
	}
	to, err := mail.ParseAddress(d.To)
	if err != nil {
		return fmt.Errorf("write mail: %w", ErrAddress)
	}
	now := c.now()
	raw, err := d.compose(p, to.Address, now)
	if err == nil {
		err = c.Send(ctx, p.Address, to.Address, raw)
	}
	if err != nil {
		return fmt.Errorf("write mail: %w", err)
	}
	return c.file(ctx, p.ID, raw, now)
}

// Send submits raw, a whole mail (RFC 5322, CRLF line ends), by SMTP. from and
// to are the envelope; a refusal is a *smtp.SMTPError.
func (c *Council) Send(ctx context.Context, from, to string, raw []byte) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", c.smtpAddr)
	if err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	defer context.AfterFunc(ctx, func() { conn.Close() })()
	l := smtp.NewClient(conn)
	defer l.Close()
	if err := l.SendMail(from, []string{to}, bytes.NewReader(raw)); err != nil {
		return fmt.Errorf("send mail: %w", err)
	}
	return l.Quit()
}

// compose writes the draft as a mail.
func (d Draft) compose(from Person, to string, now time.Time) ([]byte, error) {
	_, host, _ := strings.Cut(from.Address, "@")
	var b bytes.Buffer
	field := func(name, value string) { fmt.Fprintf(&b, "%s: %s\r\n", name, value) }
	field("From", (&mail.Address{Name: from.Name, Address: from.Address}).String())
	field("To", "<"+to+">")
	field("Subject", mime.QEncoding.Encode("utf-8", strings.TrimSpace(d.Subject)))
	field("Date", now.UTC().Format(time.RFC1123Z))
	field("Message-ID", "<"+strings.ToLower(rand.Text())+"@"+host+">")
	if d.Answers != nil && d.Answers.MessageID != "" {
		field("In-Reply-To", d.Answers.MessageID)
		field("References", strings.Join(append(d.Answers.References, d.Answers.MessageID), "\r\n "))
	}
	field("MIME-Version", "1.0")
	err := d.body(&b)
	return b.Bytes(), err
}

// body writes the text, and the attachments if there are any.
func (d Draft) body(b *bytes.Buffer) error {
	const plain = "text/plain; charset=utf-8"
	if len(d.Files) == 0 {
		fmt.Fprintf(b, "Content-Type: %s\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", plain)
		return d.text(b)
	}
	w := multipart.NewWriter(b)
	fmt.Fprintf(b, "Content-Type: multipart/mixed; boundary=%q\r\n\r\n", w.Boundary())
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Type": {plain}, "Content-Transfer-Encoding": {"quoted-printable"}})
	if err == nil {
		err = d.text(part)
	}
	for _, f := range d.Files {
		err = errors.Join(err, f.attach(w))
	}
	return errors.Join(err, w.Close())
}

// text writes what was written, above the quoted mail.
func (d Draft) text(w io.Writer) error {
	text := d.Text
	if d.Answers != nil {
		text = strings.TrimRight(text, "\r\n ") + "\n\n" + quoted(*d.Answers)
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")
	q := quotedprintable.NewWriter(w)
	_, err := q.Write([]byte(text))
	return errors.Join(err, q.Close())
}

// quoted is a mail below the line by which mail programs introduce it.
func quoted(m Mail) string {
	from := m.Sender()
	head := fmt.Sprintf("On %s, %s <%s> wrote:\n", m.At.Format("Mon, 2 Jan 2006 at 15:04"), from.Name, from.Addr)
	return head + "> " + strings.ReplaceAll(strings.TrimRight(m.Text, "\n"), "\n", "\n> ") + "\n"
}

// attach writes the file as a part. Its name is data.
func (f File) attach(w *multipart.Writer) error {
	kind := "application/octet-stream"
	if k, params, err := mime.ParseMediaType(f.Type); err == nil {
		kind = mime.FormatMediaType(k, params)
	}
	p, err := w.CreatePart(textproto.MIMEHeader{
		"Content-Type":              {kind},
		"Content-Disposition":       {mime.FormatMediaType("attachment", map[string]string{"filename": f.Name})},
		"Content-Transfer-Encoding": {"base64"},
	})
	if err != nil {
		return err
	}
	for line := range chunks(base64.StdEncoding.EncodeToString(f.Body), 76) {
		fmt.Fprintf(p, "%s\r\n", line)
	}
	return nil
}

// chunks cuts s into lines of n bytes.
func chunks(s string, n int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for ; s != ""; s = s[min(n, len(s)):] {
			if !yield(s[:min(n, len(s))]) {
				return
			}
		}
	}
}
