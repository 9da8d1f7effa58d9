package message

import (
	"bytes"
	"io"
	"strings"
)

// maxStatus is how much of a machine-readable report is read.
const maxStatus = 256 << 10

// report is what the machine-readable parts of the mail say.
type report struct {
	kind     string // delivery-status, disposition-notification, feedback-report: media subtype
	bounce   []Bounce
	original string // Message-ID of the mail that came back
	calendar bool   // an invitation or an answer to one stands in the text's place
	headers  bool   // the headers of a mail came back (text/rfc822-headers)

	discarded bool // a disposition notification says that a server threw the mail away
}

// status reads p if it is a machine-readable report part, which is no
// attachment unless it has a name or is said to be one.
func (g *reading) status(p *part) bool {
	switch p.media {
	case "message/delivery-status", "message/global-delivery-status",
		"message/disposition-notification", "message/global-disposition-notification",
		"message/feedback-report":
	case "text/rfc822-headers", "message/global-headers", "message/rfc822-headers", "text/rfc822":
		g.report.headers = g.report.headers || !p.inEmbedded()
		g.returned(p)
		return p.isText()
	case "text/calendar":
		g.report.calendar = g.report.calendar || p.parameterised() && !p.inEmbedded()
		return false
	case "message/partial":
		g.d.add(DefectPartial, p.params.get("id"), p.header)
		return false
	case "message/external-body":
		g.d.add(DefectExternal, p.params.get("access-type"), p.header)
		return false
	default:
		return false
	}
	if p.inEmbedded() || g.depth > 0 {
		return !p.named()
	}
	g.statusPart(p)
	return !p.named() && p.disposition != "attachment"
}

// parameterised reports whether a calendar part is a message of a calendar (it
// has a method, RFC 5546) and not a file somebody attached.
func (p *part) parameterised() bool {
	return p.params.get("method") != "" && p.disposition != "attachment"
}

// statusPart reads a report part of this mail.
func (g *reading) statusPart(p *part) {
	kind := strings.Replace(strings.TrimPrefix(p.media, "message/"), "global-", "", 1)
	if g.report.kind == "" {
		g.report.kind = kind
	}
	raw := g.small(p)
	if kind == "disposition-notification" {
		g.disposition(raw)
		return
	}
	if kind != "delivery-status" {
		return
	}
	found := deliveryStatus(raw)
	if len(found) == 0 {
		g.d.add(DefectDeliveryLog, p.section(), p.body)
	}
	g.report.bounce = append(g.report.bounce, found...)
}

// disposition reads a disposition notification (RFC 8098). One that a server
// wrote because it threw the mail away is a bounce in all but name.
func (g *reading) disposition(raw []byte) {
	h := parseHeader(string(evenLines(raw)), 0, 500, &defects{})
	if found := ids(h.get("Original-Message-ID"), 1, 0, &defects{}); len(found) > 0 {
		g.report.original = found[0]
	}
	how := strings.ToLower(h.get("Disposition"))
	if !strings.HasPrefix(how, "automatic-action") || !strings.Contains(how, "deleted") && !strings.Contains(how, "failed") {
		return
	}
	g.report.discarded = true
	g.report.bounce = append(g.report.bounce, Bounce{Recipient: reportAddress(h.get("Final-Recipient")), Action: "failed"})
}

// evenLines makes every line end "\n".
func evenLines(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(raw, []byte("\r"), []byte("\n"))
}

// small returns the decoded beginning of a part that is small by nature.
func (g *reading) small(p *part) []byte {
	body := io.NewSectionReader(p.src, p.body, min(p.end-p.body, maxStatus))
	return g.scan.scan(body, p.cte, maxStatus, nil).kept
}

// returned notes the Message-ID in the headers of a mail that came back.
func (g *reading) returned(p *part) {
	if g.report.original != "" || p.inEmbedded() || g.depth > 0 {
		return
	}
	raw := bytes.TrimLeft(g.small(p), "\r\n")
	g.report.original = idIn(raw)
}

// idIn returns the first Message-ID at the start of a line of raw, or "".
func idIn(raw []byte) string {
	for len(raw) > 0 {
		line, rest, _ := bytes.Cut(raw, []byte("\n"))
		raw = rest
		line = bytes.TrimLeft(line, " \t>")
		if len(line) < 11 || !bytes.EqualFold(line[:11], []byte("message-id:")) {
			continue
		}
		value := string(line[11:])
		if strings.TrimSpace(value) == "" { // folded behind the colon
			next, _, _ := bytes.Cut(rest, []byte("\n"))
			value = string(next)
		}
		if found := ids(value, 1, 0, &defects{}); len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

// original notes the Message-ID of the mail that came back whole. Of several
// embedded mails the first counts.
func (g *reading) original(root *part) {
	if g.report.original == "" && g.depth <= 1 {
		g.report.original = messageID(root.head.all("Message-ID"), &defects{})
	}
}

// deliveryStatus reads the body of a message/delivery-status part (RFC 3464):
// blocks of fields, the first about the message, each other about a recipient.
func deliveryStatus(raw []byte) (found []Bounce) {
	raw = evenLines(raw)
	var b Bounce
	final := false
	end := func() {
		if b.Recipient != "" {
			found = append(found, b)
		}
		b, final = Bounce{}, false
	}
	for _, f := range parseHeader(string(raw), 0, 5000, &defects{}) {
		isFinal := strings.EqualFold(f.name, "Final-Recipient")
		if f.name == "" && f.value == "" || isFinal && final { // a blank line, or one that was forgotten
			end()
		}
		final = final || isFinal
		b.field(strings.ToLower(f.name), f.value)
		if len(found) == 1000 {
			return found
		}
	}
	end()
	return found
}

// field takes one field of a recipient's block.
func (b *Bounce) field(name, value string) {
	switch name {
	case "final-recipient":
		if a := reportAddress(value); a != "" {
			b.Recipient = a
		}
	case "original-recipient":
		if b.Recipient == "" {
			b.Recipient = reportAddress(value)
		}
	case "action":
		b.Action = firstWord(strings.ToLower(withoutComment(value)))
	case "status":
		b.Status = statusCode(value)
	}
}

// reportAddress reads "rfc822; user@host" (RFC 3464 section 2.3.2).
func reportAddress(v string) string {
	kind, addr, ok := strings.Cut(v, ";")
	if !ok {
		addr = kind
	}
	addr = strings.Trim(withoutComment(addr), " \t<>")
	return cut(strings.ToLower(valid(addr)), 998)
}

// firstWord returns s up to the first blank or semicolon.
func firstWord(s string) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, " \t;("); i >= 0 {
		s = s[:i]
	}
	return cut(s, 60)
}

// statusCode reads a code of RFC 3463, or returns "".
func statusCode(v string) string {
	code := firstWord(v)
	parts := strings.Split(code, ".")
	if len(parts) != 3 || len(parts[0]) != 1 || !strings.Contains("245", parts[0]) {
		return ""
	}
	return code
}
