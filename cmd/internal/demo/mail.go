package demo

import (
	"bytes"
	"context"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"slices"
	"strings"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"dutydesk/intake/message"
)

// Mail is one mail as a mail program shows it. Everything in it may be hostile.
type Mail struct {
	Folder string
	UID    uint32
	Seen   bool
	At     time.Time // when it was delivered, on the desk's clock
	Raw    []byte    // every byte, as IMAP gave it

	message.Message
	HTML string // the HTML part, "" if there is none
}

// readMail reads a fetched mail.
func readMail(ctx context.Context, folder string, m *imapclient.FetchMessageBuffer) Mail {
	raw := bodyOf(m)
	return Mail{Folder: folder, UID: uint32(m.UID), Seen: slices.Contains(m.Flags, imap.FlagSeen), At: m.InternalDate.UTC(), Raw: raw,
		Message: message.Read(ctx, bytes.NewReader(raw), int64(len(raw))), HTML: htmlIn(raw)}
}

// Sender is the first address in From, as it was written.
func (m Mail) Sender() message.Address {
	if len(m.From) == 0 {
		return message.Address{}
	}
	return m.From[0]
}

// AnswerTo is where a reply goes.
func (m Mail) AnswerTo() string {
	for _, a := range slices.Concat(m.ReplyTo, m.From) {
		if a.Addr != "" {
			return a.Addr
		}
	}
	return ""
}

// htmlIn finds the first HTML part of a mail, "" if there is none in a
// character set that needs no decoding.
func htmlIn(raw []byte) string {
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		return ""
	}
	return htmlPart(m.Header.Get("Content-Type"), m.Header.Get("Content-Transfer-Encoding"), m.Body, 5)
}

func htmlPart(declared, encoding string, body io.Reader, depth int) string {
	kind, params, err := mime.ParseMediaType(declared)
	if err != nil || depth == 0 {
		return ""
	}
	charset := strings.ToLower(params["charset"])
	if kind == "text/html" && (charset == "" || charset == "utf-8" || charset == "us-ascii") {
		return decoded(encoding, body)
	}
	if !strings.HasPrefix(kind, "multipart/") {
		return ""
	}
	for r := multipart.NewReader(body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err != nil {
			return ""
		}
		if h := htmlPart(p.Header.Get("Content-Type"), p.Header.Get("Content-Transfer-Encoding"), p, depth-1); h != "" {
			return h
		}
	}
}

// decoded is what could be decoded of a part.
func decoded(encoding string, r io.Reader) string {
	switch strings.ToLower(strings.TrimSpace(encoding)) {
	case "quoted-printable":
		r = quotedprintable.NewReader(r)
	case "base64":
		r = base64.NewDecoder(base64.StdEncoding, r)
	}
	b, _ := io.ReadAll(r)
	return strings.ToValidUTF8(string(b), "\uFFFD")
}
