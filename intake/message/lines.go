package message

import (
	"bytes"
	"io"
)

// windowSize is how much of a mail is held while it is walked.
const windowSize = 64 << 10

// lines hands out the lines of a source one after the other and never holds
// more than its window. A line longer than the window comes in pieces.
type lines struct {
	src  io.ReaderAt
	size int64
	seen func([]byte) // told every byte once, in order; may be nil

	buf    []byte
	lo, hi int   // buf[lo:hi] is read and not yet handed out
	at     int64 // offset of buf[lo]
	eol    byte  // '\n', or '\r' for a source that has no other line end
	inside bool  // the next piece continues a line
	err    error
}

// newLines prepares to read size bytes of src.
func newLines(src io.ReaderAt, size int64, seen func([]byte)) *lines {
	l := &lines{src: src, size: size, seen: seen, eol: '\n'}
	l.buf = make([]byte, min(windowSize, max(size, 1)))
	l.fill()
	if w := l.buf[:l.hi]; bytes.IndexByte(w, '\n') < 0 && bytes.Count(w, []byte("\r")) > 1 {
		l.eol = '\r'
	}
	return l
}

// next returns the next line with its line end, where it begins and whether it
// is the start of a line (not the continuation of a very long one). The bytes
// are valid until the next call.
func (l *lines) next() (line []byte, at int64, start, ok bool) {
	n := bytes.IndexByte(l.buf[l.lo:l.hi], l.eol)
	if n < 0 && l.more() {
		n = bytes.IndexByte(l.buf[l.lo:l.hi], l.eol)
	}
	if l.lo == l.hi {
		return nil, l.at, false, false
	}
	end := l.hi
	if n >= 0 {
		end = l.lo + n + 1
	}
	line, at, start = l.buf[l.lo:end], l.at, !l.inside
	l.inside = n < 0
	l.lo = end
	l.at += int64(len(line))
	return line, at, start, true
}

// more moves what is left to the front and reads on; it reports whether
// anything was added.
func (l *lines) more() bool {
	had := l.hi - l.lo
	if had == len(l.buf) {
		return false
	}
	copy(l.buf, l.buf[l.lo:l.hi])
	l.lo, l.hi = 0, had
	l.fill()
	return l.hi > had
}

// fill reads as much as the window holds.
func (l *lines) fill() {
	from := l.at + int64(l.hi-l.lo)
	want := min(int64(len(l.buf)-l.hi), l.size-from)
	if want <= 0 || l.err != nil {
		return
	}
	n, err := l.src.ReadAt(l.buf[l.hi:l.hi+int(want)], from)
	if int64(n) < want {
		l.err = err
	}
	if l.seen != nil {
		l.seen(l.buf[l.hi : l.hi+n])
	}
	l.hi += n
}

// trimEOL returns line without its line end: LF, CRLF, CR CR LF or CR.
func trimEOL(line []byte) []byte {
	n := len(line)
	if n > 0 && line[n-1] == '\n' {
		n--
	}
	for n > 0 && line[n-1] == '\r' {
		n--
	}
	return line[:n]
}
