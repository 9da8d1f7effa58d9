package message

import "strings"

// Resent reports a mail that somebody sent on as it was (RFC 5322 section 3.6.6):
// whom its From names did not send it here.
func (m *Message) Resent() bool { return m.resent }

// AnswersMail reports what a machine wrote in answer to one mail and says so in
// the standard way: a delivery report with a recipient that can be read (RFC
// 3464), or "Auto-Submitted: auto-replied" from one author (RFC 3834 section
// 5.2). A mail that was sent on is none.
func (m *Message) AnswersMail() bool {
	switch {
	case m.resent:
		return false
	case m.Machine.Class == BounceDSN:
		return m.reported
	}
	return m.Machine.Class == AutoReply && m.replied && m.Author() != ""
}

// resent reports whether a field of h says that the mail was sent on.
func resent(h header) bool {
	for i := range h {
		if len(h[i].name) > 7 && strings.EqualFold(h[i].name[:7], "Resent-") {
			return true
		}
	}
	return false
}
