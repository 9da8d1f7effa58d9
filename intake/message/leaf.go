package message

import (
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// sniffed is how many bytes the sniffed type is judged by.
const sniffed = 3 << 10

// content is what one pass over the decoded bytes of a part left behind.
type content struct {
	size   int64
	sha256 string
	head   []byte // the first bytes, for sniffing, when none are kept
	kept   []byte // the bytes up to the limit that was asked for
	cut    bool   // there were more than kept
	flaw   string // what was wrong with the encoding
	odd    bool   // the encoding is unknown
}

// scanner decodes parts one after the other through the same buffers.
type scanner struct {
	bufs buffers
	hash hash.Hash
	stop func() bool // asked at every chunk
}

// scan decodes src, written in the transfer encoding cte, hashes and counts all
// of it and keeps the first keep bytes. also is told every chunk; it may be nil.
func (s *scanner) scan(src *io.SectionReader, cte string, keep int, also func([]byte)) (c content) {
	dec, known := newDecoder(cte, src, &s.bufs)
	if keep > 0 {
		c.kept = make([]byte, 0, min(int64(keep), src.Size()))
	}
	s.hash.Reset()
	for !s.stop() {
		piece, err := dec.next()
		c.take(piece, keep)
		s.hash.Write(piece)
		if also != nil {
			also(piece)
		}
		if err == io.EOF {
			c.sha256 = hex.EncodeToString(s.hash.Sum(nil))
			break
		}
		if err != nil {
			c.flaw = "read: " + err.Error()
			break
		}
	}
	c.odd = !known
	if c.flaw == "" {
		c.flaw = dec.flaw()
	}
	return c
}

// take counts a chunk and keeps what is to be kept.
func (c *content) take(b []byte, keep int) {
	c.size += int64(len(b))
	if room := sniffed - len(c.head); room > 0 && keep <= 0 {
		c.head = append(c.head, b[:min(room, len(b))]...)
	}
	if room := keep - len(c.kept); room > 0 {
		c.kept = append(c.kept, b[:min(room, len(b))]...)
	}
	c.cut = c.size > int64(len(c.kept))
}

// sniff returns the media type the first bytes look like.
func (c *content) sniff() string {
	head := c.head
	if head == nil {
		head = c.kept[:min(sniffed, len(c.kept))]
	}
	t, _, _ := strings.Cut(mimetype.Detect(head).String(), ";")
	return t
}

// leaf reads one part that has content of its own.
func (g *reading) leaf(p *part) {
	if p.kind != stray && g.status(p) {
		return
	}
	keep, also := g.wants(p)
	c := g.scan.scan(g.body(p), p.cte, keep, also)
	if g.uu != nil {
		g.endUU()
	}
	g.flaws(p, &c)
	g.unread(p, &c)
	if p.kind != stray && p.readable() {
		g.keepText(p, c)
		if p.oddType == "" {
			return
		}
		g.d.add(DefectType, p.oddType, p.header)
	}
	g.attach(p, &c)
}

// body returns the bytes of p as they were written.
func (g *reading) body(p *part) *io.SectionReader {
	return io.NewSectionReader(p.src, p.body, p.end-p.body)
}

// wants says how much of p is to be kept, and who reads along.
func (g *reading) wants(p *part) (keep int, also func([]byte)) {
	switch {
	case p.kind == stray:
		return 0, nil
	case p.readable():
		return max(g.textLeft(p), g.lim.Words-g.m.elsewhere.said), g.watchUU(p)
	case p.media == "text/plain":
		return g.lim.Words - g.m.elsewhere.said, g.watchUU(p)
	case p.opens() != "":
		return g.unpack, nil
	case p.wordy() != "":
		return g.lim.Words - g.m.elsewhere.said, nil
	}
	return 0, nil
}

// flaws notes what was wrong with the encoding of p.
func (g *reading) flaws(p *part, c *content) {
	if c.odd {
		g.d.add(DefectEncoding, p.cte, p.header)
	}
	if c.flaw != "" {
		g.d.add(DefectDamaged, p.section()+": "+c.flaw, p.body)
	}
}

// attach lists p and opens it when it is a container.
func (g *reading) attach(p *part, c *content) {
	a := Attachment{DeclaredType: p.media, Size: c.size, SHA256: c.sha256, Part: p.section(), How: g.how(p)}
	d := &defects{max: 10}
	if p.kind != stray {
		a.Name = cutName(p.name(d), d)
		noteName(p, a.Name, d)
	}
	if c.odd {
		d.add(DefectEncoding, p.cte, p.header)
	}
	if c.flaw != "" {
		d.add(DefectDamaged, c.flaw, p.body)
	}
	if c.size > 0 {
		a.SniffedType = c.sniff()
	}
	a.Defects = d.list
	g.m.Attachments = append(g.m.Attachments, a)
	if what := p.opens(); what != "" {
		g.open(p, what, c)
	}
}

// how says in what way p was found.
func (g *reading) how(p *part) How {
	switch {
	case p.kind == stray:
		return p.how
	case p.isMail():
		return HowEmbedded
	case p.disposition == "attachment" || p.named():
		return HowAttachment
	}
	return HowInline
}

// contained lists an embedded mail that is walked in place. Its bytes lie
// inside bytes already read, so they are hashed only while that stays cheap.
func (g *reading) contained(p *part) {
	size := p.end - p.body
	if size > g.rehash {
		g.d.add(DefectHash, fmt.Sprintf("%s: %d bytes", p.section(), size), p.body)
		d := &defects{max: 10}
		g.m.Attachments = append(g.m.Attachments, Attachment{Name: cutName(p.name(d), d), DeclaredType: p.media,
			Size: size, Part: p.section(), How: HowEmbedded, Defects: []Defect{{DefectHash, "", p.body}}})
		return
	}
	g.rehash -= size
	c := g.scan.scan(g.body(p), "", 0, nil)
	g.attach(p, &c)
}
