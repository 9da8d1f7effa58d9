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

// forwardMarks are the lines mail programs put above a mail sent on inline.
var forwardMarks = regexp.MustCompile(`(?mi)^[> \t]*(?:-{3,}[ \t]*forwarded (?:message|mail)|begin forwarded message:|-{2,}[ \t]*weitergeleitete nachricht|-{3,}[ \t]*message transféré|-{3,}[ \t]*mensaje reenviado)`)

// forwardSubjects is how subjects of mails sent on begin.
var forwardSubjects = regexp.MustCompile(`(?i)^\s*(?:fwd?|wg|tr|rv|i)\s*:`)

// quotedHeaders is the head of another mail as Outlook writes it into a text,
// in answers too; only with such a subject does it mean sending on.
var quotedHeaders = regexp.MustCompile(`(?mi)^[> \t*]*(?:from|von|de|da)[ \t]*:.+\n(?:.*\n){0,3}?[> \t*]*(?:sent|date|gesendet|datum|envoyé|enviado|inviato)[ \t]*:`)

// forwarding judges how the mail sends another on.
func (g *reading) forwarding() Forwarding {
	for _, p := range g.parts {
		if p.kind == embedded && !p.inEmbedded() || p.kind == leaf && p.opens() == "mail" && !p.inEmbedded() {
			return AsAttachment
		}
	}
	text := cut(g.m.Text, 64<<10)
	if forwardMarks.MatchString(text) {
		return Inline
	}
	if forwardSubjects.MatchString(g.m.Subject) && strings.Contains(text, ":") && quotedHeaders.MatchString(text) {
		return Inline
	}
	return NotForwarded
}
