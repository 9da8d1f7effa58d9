package message

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strconv"
)

// mode is what the walker expects of the next line.
type mode int

const (
	inHeader mode = iota
	inBody
	between // in the preamble or epilogue of the innermost open container
)

// walker goes over the raw bytes once and finds where each part begins and
// ends. It decodes nothing. Memory is bound by the limits on parts and headers.
type walker struct {
	src     io.ReaderAt
	lim     Limits
	d       *defects
	in      *lines
	onBody  func(line []byte, start bool) // told every line behind the root's header; may be nil
	parts   []*part                       // in the order of the mail
	open    []*part                       // containers around the current line, outermost first
	cur     *part                         // the part being read, a stray included
	mode    mode
	head    headReader
	budget  int    // bytes of inner headers still allowed
	eol     int64  // length of the line end before the current line
	guess   []byte // a line that would be a boundary if a header follows
	guessAt int64
}

// walk finds the parts of size bytes of src. The root part is the first.
func (w *walker) walk(ctx context.Context, root *part) {
	w.budget = w.lim.Headers
	w.begin(root, 0, w.lim.Header)
	for n := 0; ; n++ {
		line, at, start, ok := w.in.next()
		if !ok {
			break
		}
		if n%1024 == 1023 && ctx.Err() != nil {
			w.d.add(DefectTime, "while looking for parts", at)
			break
		}
		w.line(line, at, start)
		w.eol = int64(len(line) - len(trimOneEOL(line)))
	}
	w.endCurrent(w.in.at)
	w.closeTo(0, w.in.at)
	w.parts[0].end = w.in.at
}

// trimOneEOL drops one line end, the one that belongs to a boundary behind it.
func trimOneEOL(line []byte) []byte {
	n := len(line)
	if n > 0 && line[n-1] == '\n' {
		n--
		if n > 0 && line[n-1] == '\r' {
			n--
		}
	} else if n > 0 && line[n-1] == '\r' {
		n--
	}
	return line[:n]
}

// begin starts p, whose header begins at at.
func (w *walker) begin(p *part, at int64, headerLimit int) {
	p.src, p.header, p.body, p.end = w.src, at, at, at
	w.parts = append(w.parts, p)
	w.cur, w.mode = p, inHeader
	w.head = headReader{at: at, limit: headerLimit, block: w.head.block[:0]}
}

// line takes the next line of the mail. Lines behind the root's header are
// passed on.
func (w *walker) line(line []byte, at int64, start bool) {
	rootHeader := w.mode == inHeader && w.cur == w.parts[0]
	w.place(line, at, start)
	if !rootHeader && w.onBody != nil {
		w.onBody(line, start)
	}
}

// place finds out where in the mail line belongs.
func (w *walker) place(line []byte, at int64, start bool) {
	dashes := start && len(line) > 2 && line[0] == '-' && line[1] == '-'
	if dashes && len(w.open) > 0 {
		if i, closing, ok := w.match(line); ok {
			w.boundary(i, closing, at, at+int64(len(line)))
			return
		}
	}
	switch w.mode {
	case inHeader:
		w.headerLine(line, at, start)
	case between:
		w.betweenLine(line, at, start, dashes)
	}
}

// headerLine reads on in a header block. Lines that turn out to be the
// beginning of the root's body are passed on.
func (w *walker) headerLine(line []byte, at int64, start bool) {
	isRoot := w.cur == w.parts[0]
	over, body, early := w.head.take(line, at, start, w.d)
	if !over {
		return
	}
	w.endHeader(body)
	if isRoot && w.onBody != nil {
		for line := range bytes.Lines(early) {
			w.onBody(line, true)
		}
	}
}

// match compares a line that begins with two dashes with the boundaries of the
// open containers: innermost first, those not yet closed before those closed.
func (w *walker) match(line []byte) (i int, closing, ok bool) {
	line = bytes.TrimRight(line[2:], " \t\r\n")
	again := -1
	var againClosing bool
	for i := len(w.open) - 1; i >= 0; i-- {
		hit, closing := isBoundary(line, w.open[i].boundary)
		if hit && !w.open[i].closed {
			return i, closing, true
		}
		if hit && again < 0 {
			again, againClosing = i, closing
		}
	}
	return again, againClosing, again >= 0
}

// isBoundary compares a line without its dashes in front.
func isBoundary(line []byte, boundary string) (hit, closing bool) {
	if boundary == "" || len(line) < len(boundary) || string(line[:len(boundary)]) != boundary {
		return false, false
	}
	tail := line[len(boundary):]
	return len(tail) == 0 || string(tail) == "--", len(tail) != 0
}

// boundary ends what lies inside the container i and begins its next part, or
// its epilogue. A second closing line changes nothing.
func (w *walker) boundary(i int, closing bool, at, next int64) {
	m := w.open[i]
	if closing && m.closed {
		return
	}
	w.endCurrent(at - w.eol)
	w.closeTo(i+1, at-w.eol)
	switch {
	case closing:
		m.closed = true
		w.stray(m, next, HowEpilogue)
	case len(w.parts) >= w.lim.Parts:
		w.overflow(m, at)
	default:
		w.nextPart(m, at, next)
	}
}

// nextPart begins a part of m behind the boundary line at at.
func (w *walker) nextPart(m *part, at, next int64) {
	if m.closed {
		w.d.add(DefectReopened, "", at)
	}
	m.closed = false
	m.kids++
	p := &part{parent: m, depth: m.depth + 1, path: dotted(m.path) + strconv.Itoa(m.kids)}
	w.begin(p, next, min(w.lim.Header, w.budget))
}

// dotted returns path with a dot behind it, or "".
func dotted(path string) string {
	if path == "" {
		return ""
	}
	return path + "."
}

// overflow reads the rest of the mail as one piece.
func (w *walker) overflow(m *part, at int64) {
	w.d.add(DefectParts, fmt.Sprintf("over %d", w.lim.Parts), at)
	w.open = w.open[:0]
	w.stray(m, at, HowEpilogue)
	w.cur.full = true
}

// stray begins the preamble or epilogue of m at at.
func (w *walker) stray(m *part, at int64, how How) {
	w.cur = &part{src: w.src, kind: stray, how: how, parent: m, path: m.path, depth: m.depth + 1, header: at, body: at, end: at}
	w.mode, w.guess = between, w.guess[:0]
}

// closeTo takes the containers from i on off the stack; they end at end. A
// multipart without parts is read as text: what was its preamble is its body.
func (w *walker) closeTo(i int, end int64) {
	for _, p := range w.open[i:] {
		p.end = max(end, p.body)
		switch {
		case p.kind == multi && p.kids == 0:
			w.d.add(DefectNoParts, p.section(), p.body)
			p.kind, p.partless = leaf, true
		case p.kind == multi && !p.closed:
			w.d.add(DefectNotClosed, p.section(), p.end)
		}
	}
	w.open = w.open[:i]
}

// endCurrent ends the part or stray being read. A part that is still in its
// header has no body and opens nothing.
func (w *walker) endCurrent(end int64) {
	if w.cur == nil {
		return
	}
	if w.mode == inHeader {
		w.cur.body = max(end, w.cur.header)
		w.head.dropJunk(w.d)
		w.describe()
	}
	w.cur.end = max(end, w.cur.body)
	if w.cur.kind == stray && w.cur.full {
		w.parts = append(w.parts, w.cur)
	}
	w.cur = nil
}
