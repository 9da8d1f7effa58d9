package demo

import (
	"bytes"
	"fmt"
	"io"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-smtp"
)

// The answers of the post office to what it does not take.
var (
	errUnknown = &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	errMangled = &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 6, 0}, Message: "This small post office could not keep every byte of it"}
)

// submission is one SMTP conversation.
type submission struct {
	council *Council
	from    string
	to      []recipient
}

type recipient struct {
	*account
	address string // as it was named, with its plus part
}

// Mail implements smtp.Session.
func (s *submission) Mail(from string, _ *smtp.MailOptions) error {
	s.from = from
	return nil
}

// Rcpt implements smtp.Session: who has no mailbox is refused at once.
func (s *submission) Rcpt(to string, _ *smtp.RcptOptions) error {
	a, ok := s.council.addressed(to)
	if !ok {
		return errUnknown
	}
	s.to = append(s.to, recipient{a, to})
	return nil
}

// Data implements smtp.Session.
func (s *submission) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	for _, to := range s.to {
		if err := s.deliver(to, raw); err != nil {
			return err
		}
	}
	return nil
}

// deliver puts the mail into the recipient's inbox, with the trace that a
// server leaves (RFC 5321 section 4.4). The in-memory IMAP server shows a mail
// whose header it cannot read as empty, so such a mail is refused.
func (s *submission) deliver(to recipient, raw []byte) error {
	now := s.council.now()
	trace := fmt.Sprintf("Return-Path: <%s>\r\nDelivered-To: %s\r\nReceived: from localhost by post.council.example with ESMTP;\r\n\t%s\r\n",
		s.from, to.address, now.Format(time.RFC1123Z))
	mail := append([]byte(trace), raw...)
	if !bytes.Equal(imapserver.ExtractBodySection(bytes.NewReader(mail), &imap.FetchItemBodySection{}), mail) {
		return errMangled
	}
	_, err := to.box.Append(Inbox, bytes.NewReader(mail), &imap.AppendOptions{Time: now})
	return err
}

// Reset implements smtp.Session.
func (s *submission) Reset() { s.from, s.to = "", nil }

// Logout implements smtp.Session.
func (*submission) Logout() error { return nil }
