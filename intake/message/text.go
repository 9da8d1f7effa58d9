package message

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"
)

// textPart is the raw text of one part, decoded from its transfer encoding but
// not from its charset.
type textPart struct {
	part *part
	raw  []byte
}

// textLeft returns how many bytes of p's text may still be kept. Text inside an
// embedded mail is that mail's, not this one's.
func (g *reading) textLeft(p *part) int {
	if g.needless(p) {
		return 0
	}
	left := g.lim.Text
	for _, t := range g.texts {
		left -= len(t.raw)
	}
	return max(0, left)
}

// inEmbedded reports whether p lies inside an embedded mail.
func (p *part) inEmbedded() bool {
	for q := p.parent; q != nil; q = q.parent {
		if q.kind == embedded {
			return true
		}
	}
	return false
}

// needless reports whether the text of p is not this mail's text: it is an
// embedded mail's, or HTML beside a plain text.
func (g *reading) needless(p *part) bool {
	return g.depth > 0 || p.inEmbedded() || p.media == "text/html" && g.hasPlain(p)
}

// keepText keeps the text of p for the message.
func (g *reading) keepText(p *part, c content) {
	if g.needless(p) {
		return
	}
	if c.cut {
		g.d.once(DefectText, p.section(), p.body)
		c.kept = wholeRunes(c.kept)
	}
	g.texts = append(g.texts, textPart{p, c.kept})
}

// wholeRunes drops the beginning of a UTF-8 character from the end of b.
func wholeRunes(b []byte) []byte {
	for i := 1; i <= min(3, len(b)); i++ {
		if tail := b[len(b)-i:]; utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
				b = b[:len(b)-i]
			}
			break
		}
	}
	return b
}

// text joins the texts of the mail: every plain part, and every HTML part that
// has no plain alternative with words in it. fromHTML is true when only HTML
// was there; a reader surely sees the first seen bytes.
func (g *reading) text() (text string, seen int, fromHTML bool) {
	var found []string
	plain, veiled := false, false
	for _, t := range g.texts {
		isHTML := t.part.media == "text/html"
		if g.ctx.Err() != nil {
			continue
		}
		if isHTML && g.hasPlain(t.part) {
			g.m.elsewhere.wait(said{"html", t.part.params.token("charset"), t.raw})
			continue
		}
		s, sure := g.render(t, isHTML)
		if strings.TrimSpace(s) == "" {
			continue
		}
		if !veiled {
			seen = len(strings.Join(append(found, ""), "\n")) + sure
		}
		found, veiled = append(found, s), veiled || sure < len(s)
		plain, fromHTML = plain || !isHTML, fromHTML || isHTML
	}
	if len(found) == 0 && len(g.inTNEF) > 0 { // Outlook's own format and nothing else
		found, seen = append(found, cleanText(valid(string(g.inTNEF)))), 0
		if !g.tnefVeil {
			seen = len(found[0])
		}
	}
	if len(found) > 0 && len(g.inTNEF) > 0 && found[0] != string(g.inTNEF) {
		g.say(valid(string(g.inTNEF)))
	}
	text = strings.Join(found, "\n")
	if len(text) > g.lim.Text {
		g.d.once(DefectText, "", 0)
	}
	text = cut(text, g.lim.Text)
	return text, min(seen, len(text)), fromHTML && !plain
}

// Seen is the beginning of Text that a reader surely sees in a mail program:
// nothing in it, or before it, is hidden by markup. Only in it may a word be
// taken for a command.
func (m *Message) Seen() string { return m.Text[:min(m.seen, len(m.Text))] }

// hasPlain reports whether the nearest multipart/alternative around p holds a
// plain text with words in it.
func (g *reading) hasPlain(p *part) bool {
	around := p.parent
	for around != nil && around.media != "multipart/alternative" {
		around = around.parent
	}
	if around == nil {
		return false
	}
	for _, t := range g.texts {
		if t.part.media != "text/html" && t.part.inside(around) && len(bytes.TrimSpace(t.raw)) > 0 {
			return true
		}
	}
	return false
}

// inside reports whether p lies in q.
func (p *part) inside(q *part) bool {
	for p = p.parent; p != nil; p = p.parent {
		if p == q {
			return true
		}
	}
	return false
}

// render makes one text readable; a reader surely sees the first seen bytes.
func (g *reading) render(t textPart, isHTML bool) (text string, seen int) {
	charset := t.part.params.token("charset")
	if charset == "" && isHTML {
		charset = htmlCharset(t.raw)
	}
	s, ok := toUTF8(charset, t.raw)
	if !ok {
		g.d.once(DefectCharset, charset, t.part.body)
	}
	if !isHTML {
		s = cleanText(s)
		return s, len(s)
	}
	h := htmlText([]byte(s), g.lim.Text)
	if !h.whole {
		g.d.once(DefectText, t.part.section(), t.part.body)
	}
	if h.hidden {
		g.d.once(DefectHidden, t.part.section(), t.part.body)
	}
	return h.text, h.seen
}

// metaCharset finds the charset in the head of an HTML text.
var metaCharset = regexp.MustCompile(`(?i)<meta[^>]{0,200}charset\s*=\s*["']?([a-z0-9_:.-]{1,40})`)

// htmlCharset returns the charset an HTML text names for itself, or "".
func htmlCharset(raw []byte) string {
	m := metaCharset.FindSubmatch(raw[:min(len(raw), 2048)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

// cleanText makes line ends "\n" and drops NUL bytes.
func cleanText(s string) string {
	if strings.IndexByte(s, '\r') >= 0 {
		s = strings.ReplaceAll(s, "\r\n", "\n")
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "")
	}
	return s
}

// customary reports whether the preamble p is one of the sentences that mail
// programs put there for readers without MIME, and no more.
func (g *reading) customary(p *part) bool {
	size := p.end - p.body
	if size > 600 {
		return false
	}
	raw := make([]byte, size)
	n, _ := p.src.ReadAt(raw, p.body)
	s := strings.ToLower(string(raw[:n]))
	for _, phrase := range preambles {
		if strings.Contains(s, phrase) {
			return true
		}
	}
	return false
}

// preambles are pieces of the sentences mail programs put before the parts.
var preambles = []string{
	"mime format", "multipart message", "multi-part message", "mime-encapsulated", "mime encapsulated",
	"mime message", "mime-formatted", "mime-version", "mime compliant", "mime-compliant", "mime aware", "openpgp/mime", "cryptographically signed",
	"understand mime", "mime-aware", "dieses format", "format mime",
}
