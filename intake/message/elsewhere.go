package message

import (
	"bytes"
	"strings"
)

// Elsewhere is what the mail says outside its Text, for a search and never to be
// shown: attached texts, mails in it with their headers, the other forms of its
// own text, what of it was cut, who sent it on. Decoded as far as Limits.Words.
func (m *Message) Elsewhere() []string { return m.elsewhere }

// say keeps words for Elsewhere.
func (g *reading) say(s string) {
	left := g.lim.Words - g.said
	if s = cut(s, max(0, left)); strings.TrimSpace(s) == "" {
		return
	}
	g.said += len(s)
	g.m.elsewhere = append(g.m.elsewhere, s)
}

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
		g.words(as, p.params.token("charset"), c.kept)
	}
	if mine && len(c.kept) > left {
		c.kept, c.cut = c.kept[:left], true
	}
}

// words keeps what a decoded text says.
func (g *reading) words(as, charset string, raw []byte) {
	switch {
	case len(raw) == 0:
		return
	case bytes.HasPrefix(raw, []byte{0xff, 0xfe}), bytes.HasPrefix(raw, []byte{0xfe, 0xff}):
		charset = "utf-16"
	case as == "html" && charset == "":
		charset = htmlCharset(raw)
	}
	if as == "rtf" {
		g.say(rtfText(raw))
		return
	}
	s, _ := toUTF8(charset, raw)
	s = cleanText(s)
	if as == "html" {
		g.say(htmlText([]byte(s), g.lim.Words).text)
		return
	}
	if as == "card" { // whose lines are folded (RFC 6350 section 3.2)
		s = unfolded.Replace(s)
	}
	g.say(s)
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
