package message

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// uuBlock lists the uuencoded blocks of one text.
type uuBlock struct {
	feed lineFeed
	scan uuScanner

	part *part
	name string
	hash hash.Hash
	c    content
}

// watchUU returns a listener for the decoded text of p that lists the blocks it
// finds.
func (g *reading) watchUU(p *part) func([]byte) {
	u := &uuBlock{part: p}
	u.scan = uuScanner{
		begin: func(name string) { u.name, u.c, u.hash = name, content{}, sha256.New() },
		data:  func(b []byte) { u.hash.Write(b); u.c.take(b, 0) },
		done:  func(complete bool) { g.listUU(u, complete) },
	}
	u.feed.line = u.scan.line
	g.uu = u
	return u.feed.write
}

// endUU ends the listener.
func (g *reading) endUU() {
	u := g.uu
	g.uu = nil
	u.feed.end()
	u.scan.finish(false)
}

// listUU lists one block.
func (g *reading) listUU(u *uuBlock, complete bool) {
	if len(g.m.Attachments) >= g.lim.Parts {
		g.d.once(DefectParts, "uuencoded blocks", u.part.body)
		return
	}
	d := &defects{max: 10}
	a := Attachment{Name: cutName(valid(u.name), d), SniffedType: u.c.sniff(), Size: u.c.size,
		SHA256: hex.EncodeToString(u.hash.Sum(nil)), Part: u.part.section(), How: HowUuencode}
	noteName(u.part, a.Name, d)
	if !complete {
		d.add(DefectUuencode, "", u.part.body)
		g.d.add(DefectUuencode, u.part.section(), u.part.body)
	}
	a.Defects = d.list
	g.m.Attachments = append(g.m.Attachments, a)
}
