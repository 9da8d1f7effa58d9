package mailer

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dutydesk/notify"
)

// Addresses are held to the plain form that every relay reads alike: a
// dot-atom, "@", a domain (RFC 5321, 4.1.2). Quoted local parts, comments,
// groups and literals have been used to smuggle recipients and parameters
// (GHSA-wpwj-69cm-q9c5) and no colleague has one.
var (
	mailbox = regexp.MustCompile("^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@" + domainPattern + "$")
	domain  = regexp.MustCompile("^" + domainPattern + "$")
	msgID   = regexp.MustCompile(`^<[A-Za-z0-9!#$%&'*+/=?^_{|}~.-]+@[A-Za-z0-9.-]+>$`)
	name    = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]*$`)
	tag     = regexp.MustCompile(`^[A-Za-z0-9-]*$`)
)

const domainPattern = `[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*`

const (
	maxLine  = 998 // octets, RFC 5322, 2.1.1
	maxValue = 400 // of one header field before folding; ours are shorter
)

func isMailbox(a string) bool {
	return len(a) <= 254 && strings.IndexByte(a, '@') <= 64 && mailbox.MatchString(a)
}

// fit refuses, before the network, what no relay should be asked to carry. An
// empty sender is RFC 5321's null reverse-path, for answers that must not be
// answered.
func fit(from, to string, raw []byte) error {
	switch {
	case from != "" && !isMailbox(from):
		return unfit("envelope sender is no plain address")
	case !isMailbox(to):
		return unfit("envelope recipient is no plain address")
	case len(raw) == 0 || !bytes.HasSuffix(raw, []byte("\r\n")):
		return unfit("mail does not end in a line break")
	}
	for line := range bytes.SplitSeq(bytes.TrimSuffix(raw, []byte("\r\n")), []byte("\r\n")) {
		if len(line) > maxLine {
			return unfit("a line is too long")
		}
		for _, b := range line {
			if b == '\r' || b == '\n' || b == 0 || b > 126 {
				return unfit("mail is not seven-bit text in CRLF lines")
			}
		}
	}
	return nil
}

func unfit(why string) *Error {
	return &Error{step: stepCheck, kind: ErrRefused, also: ErrUnfit, why: why}
}

// ours are the fields Render writes itself, or that nobody but a relay may write.
var ours = map[string]bool{
	"from": true, "to": true, "cc": true, "bcc": true, "sender": true, "reply-to": true, "subject": true,
	"date": true, "message-id": true, "in-reply-to": true, "references": true, "mime-version": true,
	"content-language": true, "content-type": true, "content-transfer-encoding": true, "content-disposition": true,
	"user-agent": true, "x-mailer": true, "received": true, "return-path": true, "envelopefrom": true,
	"authentication-results": true, "dkim-signature": true,
}

// check says which field of l cannot be rendered, without its value.
func check(l notify.Letter) error {
	for _, f := range []struct {
		name string
		ok   bool
	}{
		{"From", isMailbox(l.From)},
		{"To", isMailbox(l.To)},
		{"ReplyTo", l.ReplyTo == "" || isMailbox(l.ReplyTo)},
		{"FromName", oneLine(l.FromName)},
		{"ToName", oneLine(l.ToName)},
		{"Subject", oneLine(l.Subject) && l.Subject != ""},
		{"MessageID", isMessageID(l.MessageID)},
		{"InReplyTo", l.InReplyTo == "" || isMessageID(l.InReplyTo)},
		{"Language", len(l.Language) <= 35 && tag.MatchString(l.Language)},
		{"Date", l.Date.Year() > 1999 && l.Date.Year() < 10000},
		{"Text", l.Text != ""},
	} {
		if !f.ok {
			return fmt.Errorf("letter's %s: %w", f.name, ErrUnfit)
		}
	}
	for _, id := range l.References {
		if !isMessageID(id) {
			return fmt.Errorf("letter's References: %w", ErrUnfit)
		}
	}
	return checkHeaders(l.Headers)
}

func checkHeaders(headers []notify.Header) error {
	seen := map[string]bool{}
	for _, h := range headers {
		key := strings.ToLower(h.Name)
		if !name.MatchString(h.Name) || len(h.Name) > 60 || ours[key] || strings.HasPrefix(key, "content-") || seen[key] {
			return fmt.Errorf("letter's header name: %w", ErrUnfit)
		}
		seen[key] = true
		if !oneLine(h.Value) || !ascii(h.Value) || h.Value == "" {
			return fmt.Errorf("letter's header %s: %w", h.Name, ErrUnfit)
		}
	}
	return nil
}

func isMessageID(id string) bool { return len(id) <= 250 && msgID.MatchString(id) }

// oneLine holds for text without anything that ends a line, hides one, or reads
// as an encoded word (RFC 2047).
func oneLine(s string) bool {
	if len(s) > maxValue || strings.Contains(s, "=?") || !utf8.ValidString(s) || s != strings.Join(strings.Fields(s), " ") {
		return false
	}
	return !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError
	})
}

func ascii(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return r > 126 })
}
