package realtest

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"fmt"
	"mime"
	"strings"
	"time"
)

// Attachment is a file to attach to a test mail.
type Attachment struct {
	Name  string
	Type  string // "" is application/octet-stream
	Bytes []byte
}

// Mail builds a plain RFC 5322 message with CRLF lines, a Message-ID that no
// other has, and the present time as its Date. Body lines may end in "\n".
func Mail(from, to, subject, body string, attachments ...Attachment) []byte {
	return build(header{from: from, to: to, subject: subject, id: rand.Text() + "@realtest.example", at: time.Now()}, body, attachments)
}

type header struct {
	from, to, subject, id string
	at                    time.Time
}

func build(h header, body string, attachments []Attachment) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "From: %s\r\nTo: %s\r\nSubject: %s\r\nDate: %s\r\nMessage-ID: <%s>\r\nMIME-Version: 1.0\r\n",
		h.from, h.to, mime.QEncoding.Encode("utf-8", h.subject), h.at.Format(time.RFC1123Z), h.id)
	if len(attachments) == 0 {
		text(&b, body)
		return b.Bytes()
	}
	boundary := "=_" + label(h.id) // no base64 or quoted word holds "=_"
	fmt.Fprintf(&b, "Content-Type: multipart/mixed; boundary=%q\r\n\r\n--%s\r\n", boundary, boundary)
	text(&b, body)
	for _, a := range attachments {
		fmt.Fprintf(&b, "\r\n--%s\r\n", boundary)
		attach(&b, a)
	}
	fmt.Fprintf(&b, "\r\n--%s--\r\n", boundary)
	return b.Bytes()
}

func text(b *bytes.Buffer, body string) {
	b.WriteString("Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n")
	b.WriteString(strings.ReplaceAll(strings.ReplaceAll(body, "\r\n", "\n"), "\n", "\r\n"))
	b.WriteString("\r\n")
}

func attach(b *bytes.Buffer, a Attachment) {
	if a.Type == "" {
		a.Type = "application/octet-stream"
	}
	fmt.Fprintf(b, "Content-Type: %s\r\nContent-Disposition: %s\r\nContent-Transfer-Encoding: base64\r\n\r\n",
		a.Type, mime.FormatMediaType("attachment", map[string]string{"filename": a.Name}))
	const line = 57 // bytes that make 76 characters of base64, RFC 2045 section 6.8
	b.Grow(len(a.Bytes)/line*78 + 78)
	for chunk := a.Bytes; len(chunk) > 0; {
		n := min(line, len(chunk))
		b.Write(base64.StdEncoding.AppendEncode(b.AvailableBuffer(), chunk[:n]))
		b.WriteString("\r\n")
		chunk = chunk[n:]
	}
}
