package mailer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	netmail "net/mail"
	"strings"

	"github.com/wneessen/go-mail"

	"dutydesk/notify"
)

// Render writes l as a whole mail (RFC 5322, RFC 2046): CRLF lines of seven-bit
// text, text/plain before text/html. The same letter gives the same bytes. It
// names neither this machine nor this program. The error is [ErrUnfit] and
// names the field, never its value.
func Render(l notify.Letter) ([]byte, error) {
	if err := check(l); err != nil {
		return nil, err
	}
	m := mail.NewMsg(mail.WithEncoding(mail.EncodingQP), mail.WithBoundary(boundary(l.MessageID)), mail.WithNoDefaultUserAgent())
	m.FromMailAddress(&netmail.Address{Name: l.FromName, Address: l.From})
	m.AddToMailAddress(&netmail.Address{Name: l.ToName, Address: l.To})
	if l.ReplyTo != "" {
		m.ReplyToMailAddress(&netmail.Address{Address: l.ReplyTo})
	}
	fields(m, l)
	m.SetBodyString(mail.TypeTextPlain, lines(l.Text))
	if l.HTML != "" {
		m.AddAlternativeString(mail.TypeTextHTML, lines(l.HTML))
	}
	var raw bytes.Buffer
	if _, err := m.WriteTo(&raw); err != nil {
		return nil, &Error{step: stepCheck, kind: ErrRefused, also: ErrUnfit, why: "it cannot be written"}
	}
	if !bytes.HasSuffix(raw.Bytes(), []byte("\r\n")) {
		raw.WriteString("\r\n")
	}
	if err := fit(l.From, l.To, raw.Bytes()); err != nil {
		return nil, err
	}
	return raw.Bytes(), nil
}

func fields(m *mail.Msg, l notify.Letter) {
	m.SetGenHeader(mail.HeaderSubject, l.Subject)
	m.SetGenHeader(mail.HeaderMessageID, l.MessageID)
	m.SetDateWithValue(l.Date.UTC())
	if l.InReplyTo != "" {
		m.SetGenHeader(mail.HeaderInReplyTo, l.InReplyTo)
	}
	if len(l.References) > 0 {
		m.SetGenHeader(mail.HeaderReferences, strings.Join(l.References, " "))
	}
	if l.Language != "" {
		m.SetGenHeader(mail.HeaderContentLang, l.Language)
	}
	for _, h := range l.Headers {
		m.SetGenHeader(mail.Header(h.Name), h.Value)
	}
}

// boundary follows from the Message-ID, which holds what nobody can guess: no
// reporter can write it into the text.
func boundary(messageID string) string {
	sum := sha256.Sum256([]byte("boundary " + messageID))
	return "dd-" + hex.EncodeToString(sum[:15])
}

// lines makes every line break one LF, and what is not UTF-8 visible as such.
func lines(s string) string {
	s = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(s)
	return strings.ToValidUTF8(s, "\uFFFD")
}
