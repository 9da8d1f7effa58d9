package message

import (
	"io"
	"strings"
)

// partKind says what a part is to the reader.
type partKind int

const (
	leaf     partKind = iota // content
	multi                    // parts between boundaries
	embedded                 // a mail inside a mail; its root part is its only kid
	stray                    // data before the first or after the last boundary
)

// part is a piece of a mail by its place: src[header:body] is its header block
// and src[body:end] its body, not yet decoded.
type part struct {
	src               io.ReaderAt
	header, body, end int64

	kind   partKind
	parent *part
	depth  int
	path   string // IMAP section number; "" for a root that has kids
	kids   int
	how    How // for a stray

	head        header
	media       string // lower case type/subtype
	params      params
	disposition string
	dispParams  params
	cte         string

	oddType  string // a Content-Type that cannot be read; shown as text and listed
	boundary string
	closed   bool // its closing boundary was seen
	partless bool // a multipart in which no part was found
	full     bool // a stray that holds more than blanks
}

// describe reads the fields of p that say what it is. inDigest is true for a
// child of a multipart/digest, whose default type is message/rfc822.
func (p *part) describe(h header, inDigest bool) {
	p.head = h
	p.media, p.params = splitParams(h.get("Content-Type"))
	p.disposition, p.dispParams = splitParams(h.get("Content-Disposition"))
	p.cte = transferEncoding(h.get("Content-Transfer-Encoding"))
	if !strings.Contains(p.media, "/") || strings.HasPrefix(p.media, "/") {
		p.media, p.oddType = defaultMedia(p.media, inDigest)
	}
}

// defaultMedia is the type of a part that names none that can be read (RFC 2045
// section 5.2, RFC 2046 section 5.1.5), and what it said if that makes no sense.
func defaultMedia(said string, inDigest bool) (media, odd string) {
	switch said {
	case "":
		if inDigest {
			return "message/rfc822", ""
		}
		return "text/plain", ""
	case "text":
		return "text/plain", ""
	case "multipart", "message", "application", "image":
		return said + "/x-unknown", ""
	}
	return "text/plain", said
}

// transferEncoding cleans a Content-Transfer-Encoding.
func transferEncoding(s string) string {
	return strings.ToLower(strings.Trim(withoutComment(s), " \t\"';"))
}

// identity reports whether the body is written as it is.
func (p *part) identity() bool {
	switch p.cte {
	case "base64", "base-64", "b", "quoted-printable", "quoted/printable", "quotedprintable",
		"quoted_printable", "qp", "q", "x-uuencode", "uuencode", "x-uue", "uue":
		return false
	}
	return true
}

// isMail reports whether the part says that it is a whole mail.
func (p *part) isMail() bool {
	return p.media == "message/rfc822" || p.media == "message/global" || p.media == "message/news"
}

// isText reports whether the part is text to be read, not an attachment. A
// multipart without parts is: what stands in it are words.
func (p *part) isText() bool {
	return p.partless && !p.named() || strings.HasPrefix(p.media, "text/") && p.disposition != "attachment" && !p.named()
}

// readable reports whether the text of the part belongs to the text of the mail;
// other text is listed.
func (p *part) readable() bool {
	return p.isText() && (p.partless || readableTypes[p.media])
}

// readableTypes are the text types that are read as text.
var readableTypes = map[string]bool{
	"text/plain": true, "text/html": true, "text/enriched": true, "text/richtext": true,
	"text/markdown": true, "text/unknown": true, "text/x-unknown": true,
}

// named reports whether the part has a file name of any form.
func (p *part) named() bool {
	for _, ps := range [...]params{p.dispParams, p.params} {
		for i := range ps {
			key, _, _ := strings.Cut(ps[i].key, "*")
			if (key == "filename" || key == "name") && ps[i].value != "" {
				return true
			}
		}
	}
	return false
}

// name returns the decoded file name: that of the disposition before that of
// the type.
func (p *part) name(d *defects) string {
	of := p.dispParams.text("filename", d)
	by := p.params.text("name", d)
	if of != "" && by != "" && of != by {
		d.add(DefectNameTwice, of+" / "+by, p.header)
	}
	if of == "" {
		of = by
	}
	return of
}

// section returns the IMAP section number.
func (p *part) section() string {
	switch {
	case p.path == "":
		return "1"
	case p.parent != nil && p.parent.kind == embedded && p.kind != multi:
		return p.path + ".1"
	}
	return p.path
}
