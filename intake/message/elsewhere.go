package message

import (
	"bytes"
	"strings"
)

// Elsewhere is what the mail says outside its Text, for a search and never to be
// shown: attached texts, mails in it with their headers, the other forms of its
// own text, what of it was cut, who sent it on. Decoded as far as Limits.Words.
func (m *Message) Elsewhere() []string {
	m.elsewhere.settle()
	return m.elsewhere.words
}

// elsewhere is the words of Elsewhere. What a reader needs no word of, as the
// other form of the text, is decoded only when somebody asks.
type elsewhere struct {
	words   []string
	said    int    // bytes of words
	most    int    // of them, and of what waits
	waiting []said // to be decoded
	held    int    // bytes of waiting
}

// said is what a leaf holds, as it was written.
type said struct {
	as, charset string
	raw         []byte
}

// say keeps words.
func (e *elsewhere) say(s string) {
	if s = cut(s, max(0, e.most-e.said)); strings.TrimSpace(s) == "" {
		return
	}
	e.said += len(s)
	e.words = append(e.words, s)
}

// wait keeps a leaf to be decoded later. No more waits than may be said.
func (e *elsewhere) wait(x said) {
	if e.held += len(x.raw); e.held > e.most {
		e.settle()
		e.decode(x)
		return
	}
	e.waiting = append(e.waiting, said{x.as, x.charset, bytes.Clone(x.raw)})
}

// settle decodes what waits.
func (e *elsewhere) settle() {
	for _, x := range e.waiting {
		e.decode(x)
	}
	e.waiting, e.held = nil, 0
}

// decode says what a leaf holds. Where that stops a decoder it is searched as it
// was written.
func (e *elsewhere) decode(x said) {
	defer func() {
		if recover() != nil {
			e.say(string(x.raw))
		}
	}()
	e.say(x.words(e.most))
}

// say keeps words for Elsewhere.
func (g *reading) say(s string) { g.m.elsewhere.say(s) }

// wordy says as what the words of a leaf are read: "text", "html", "rtf", "card", or ""
// for not at all.
func (p *part) wordy() string {
	if p.kind != leaf {
		return ""
	}
	return wordsOf(p.media, p.dispParams.get("filename")+p.params.get("name"))
}

// wordsOf says as what the words of a file of that type and name are read.
func wordsOf(media, name string) string {
	name = strings.ToLower(name)
	ends := func(all ...string) bool {
		for _, end := range all {
			if strings.HasSuffix(name, end) {
				return true
			}
		}
		return false
	}
	switch {
	case media == "text/rtf" || media == "application/rtf" || ends(".rtf"):
		return "rtf"
	case media == "text/html" || media == "application/xhtml+xml" || ends(".html", ".htm"):
		return "html"
	case strings.HasSuffix(media, "vcard") || media == "text/calendar" || ends(".vcf", ".ics"):
		return "card"
	case strings.HasPrefix(media, "text/") || media == "application/json" || media == "application/xml" || ends(".txt", ".csv", ".json", ".xml", ".md", ".log"):
		return "text"
	}
	return ""
}

// unread keeps the words of a leaf that the Text will not have, or not all of.
func (g *reading) unread(p *part, c *content) {
	left := g.textLeft(p)
	mine := p.readable() && !g.needless(p)
	if as := p.wordy(); as != "" && (!mine || len(c.kept) > left) {
		g.m.elsewhere.wait(said{as, p.params.token("charset"), c.kept})
	}
	if mine && len(c.kept) > left {
		c.kept, c.cut = c.kept[:left], true
	}
}

// words is what a decoded text says, of HTML at most so many bytes.
func (x said) words(most int) string {
	switch {
	case bytes.HasPrefix(x.raw, []byte{0xff, 0xfe}), bytes.HasPrefix(x.raw, []byte{0xfe, 0xff}):
		x.charset = "utf-16"
	case x.as == "html" && x.charset == "":
		x.charset = htmlCharset(x.raw)
	}
	if x.as == "rtf" {
		return rtfText(x.raw)
	}
	s, _ := toUTF8(x.charset, x.raw)
	switch s = cleanText(s); x.as {
	case "html":
		return htmlText([]byte(s), most).text
	case "card": // whose lines are folded (RFC 6350 section 3.2)
		return unfolded.Replace(s)
	}
	return s
}

var unfolded = strings.NewReplacer("\n ", "", "\n\t", "", "=\n", "")

// senders are the fields that name people and are not read into the Message.
var senders = []string{"Sender", "Resent-From", "Resent-Sender", "Resent-To", "Resent-Cc", "Resent-Bcc", "Return-Path", "Bcc", "Organization"}

// people keeps whom the header of the mail names beside its author.
func (g *reading) people(h header) {
	for _, name := range senders {
		g.fields(h.all(name))
	}
}

// heading keeps what the header of a mail in the mail says.
func (g *reading) heading(h header) {
	for _, name := range append([]string{"From", "To", "Cc", "Reply-To", "Subject"}, senders...) {
		g.fields(h.all(name))
	}
}

func (g *reading) fields(fs []field) {
	for _, f := range fs {
		g.say(decodeWords(f.value, &defects{}))
	}
}
