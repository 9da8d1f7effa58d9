package message

import (
	"bytes"
	"fmt"
)

// endHeader ends the header of the current part, whose body begins at body, and
// opens it when it is a container.
func (w *walker) endHeader(body int64) {
	p := w.cur
	p.body, p.end = body, body
	w.describe()
	w.mode = inBody
	switch {
	case p.isMail() && !p.identity():
		return // encoded against RFC 2046 section 5.2.1; opened after decoding
	case p.isMail() && w.room(p):
		p.kind = embedded
		w.open = append(w.open, p)
		w.begin(&part{parent: p, depth: p.depth + 1, path: p.section()}, body, min(w.lim.Header, w.budget))
	case isMultipart(p.media) && w.room(p):
		w.openMulti(p, body)
	}
}

// describe parses the header that was read and pays for it.
func (w *walker) describe() {
	if w.cur != w.parts[0] {
		w.budget = max(0, w.budget-len(w.head.block))
	}
	inDigest := w.cur.parent != nil && w.cur.parent.media == "multipart/digest"
	w.cur.describe(parseHeader(string(w.head.block), w.head.at, w.lim.Fields, w.d), inDigest)
}

// isMultipart reports whether a media type has parts.
func isMultipart(media string) bool {
	return len(media) > 10 && media[:10] == "multipart/"
}

// room reports whether p may be opened under the depth limit.
func (w *walker) room(p *part) bool {
	if p.depth < w.lim.Depth && len(w.parts) < w.lim.Parts {
		return true
	}
	w.d.once(DefectDepth, fmt.Sprintf("at %d", p.depth), p.header)
	return false
}

// openMulti begins to look for the parts of p.
func (w *walker) openMulti(p *part, body int64) {
	p.kind = multi
	p.boundary = string(bytes.TrimRight([]byte(p.params.get("boundary")), " \t"))
	for _, outer := range w.open {
		if outer.boundary == p.boundary && p.boundary != "" && !outer.closed {
			w.d.add(DefectSameBound, p.section(), p.header)
			break
		}
	}
	w.open = append(w.open, p)
	w.stray(p, body, HowPreamble)
}

// betweenLine reads on in a preamble or epilogue. In the preamble of a
// multipart whose boundary was not met yet, a line with two dashes that a
// Content- field follows is taken for the boundary that was meant.
func (w *walker) betweenLine(line []byte, at int64, start, dashes bool) {
	m := w.cur.parent
	if start && len(w.guess) > 0 && bytes.EqualFold(line[:min(8, len(line))], []byte("content-")) {
		w.d.add(DefectBoundary, string(w.guess), w.guessAt)
		m.boundary = string(w.guess)
		w.endCurrent(w.guessAt)
		w.nextPart(m, w.guessAt, at)
		w.headerLine(line, at, start)
		return
	}
	if len(w.guess) > 0 { // it was text after all
		w.cur.full = true
	}
	w.guess = w.guess[:0]
	text := trimEOL(line)
	if len(bytes.TrimSpace(text)) == 0 {
		return
	}
	if dashes && w.cur.how == HowPreamble && m.kids == 0 && len(text) < 200 {
		w.guess, w.guessAt = append(w.guess, bytes.TrimRight(text[2:], " \t")...), at
		return
	}
	w.cur.full = true
}
