package message

import (
	"regexp"
	"strings"
)

// Forwarding says how much of another mail this one brings. It grades evidence:
// a mail sent on as an attachment still has its headers, one sent on inline has
// lost them.
type Forwarding string

// The ways to send a mail on.
const (
	NotForwarded Forwarding = ""
	AsAttachment Forwarding = "attachment"
	Inline       Forwarding = "inline"
)

// forwardMarks are the words mail programs put between dashes above a mail sent
// on inline.
var forwardMarks = []string{
	"forwarded message", "forwarded mail", "weitergeleitete nachricht", "message transféré", "mensaje reenviado", "messaggio inoltrato",
}

// isForwardMark reports whether line stands above a mail sent on inline.
func isForwardMark(line string) bool {
	line = strings.TrimLeft(line, "> \t")
	words := strings.TrimLeft(line, "- ")
	if words == line {
		return hasPrefixFold(line, "begin forwarded message:")
	}
	for _, mark := range forwardMarks {
		if hasPrefixFold(words, mark) {
			return true
		}
	}
	return false
}

// hasPrefixFold reports whether s begins with prefix in any case.
func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// forwardSubjects is how subjects of mails sent on begin.
var forwardSubjects = regexp.MustCompile(`(?i)^\s*(?:fwd?|wg|tr|rv|i)\s*:`)

// quotedHeaders is the head of another mail as Outlook writes it into a text,
// in answers too; only with such a subject does it mean sending on.
var quotedHeaders = regexp.MustCompile(`(?mi)^[> \t*]*(?:from|von|de|da)[ \t]*:.+\n(?:.*\n){0,3}?[> \t*]*(?:sent|date|gesendet|datum|envoyé|enviado|inviato)[ \t]*:`)

// forwarding judges how the mail sends another on.
func (g *reading) forwarding() Forwarding {
	for _, p := range g.parts {
		if p.kind == embedded || p.opens() == "mail" || p.opens() == "msg" {
			return AsAttachment
		}
	}
	text := cut(g.m.Text, 64<<10)
	for line := range strings.Lines(text) {
		if isForwardMark(line) {
			return Inline
		}
	}
	if forwardSubjects.MatchString(g.m.Subject) && strings.Contains(text, ":") && quotedHeaders.MatchString(text) {
		return Inline
	}
	return NotForwarded
}
