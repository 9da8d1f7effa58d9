package message

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
)

// bodySum hashes what follows the header block with its line ends made "\n" and
// the blank lines at its end dropped.
type bodySum struct {
	hash  hash.Hash
	buf   []byte // not yet hashed
	owed  int    // line ends before the next text
	blank int    // the most line ends there ever were together
	d     *defects

	bare bool // the line before ended with a lone LF
	crlf bool // a line ended with CRLF
}

// newBodySum prepares a sum of at most size bytes; smuggling marks go to d.
func newBodySum(size int64, d *defects) *bodySum {
	return &bodySum{hash: sha256.New(), buf: make([]byte, 0, min(2<<10, max(size, 64))), d: d}
}

// line takes the next line, or the next piece of a long one.
func (b *bodySum) line(line []byte, start bool) {
	text := trimEOL(line)
	if start {
		b.smuggling(line, text)
	}
	if len(text) > 0 {
		b.payOwed()
		b.add(text)
	}
	if len(text) < len(line) {
		b.owed++
		b.blank = max(b.blank, b.owed)
	}
}

// payOwed hashes the line ends before a text.
func (b *bodySum) payOwed() {
	for ; b.owed > 0; b.owed-- {
		if len(b.buf) == cap(b.buf) {
			b.hash.Write(b.buf)
			b.buf = b.buf[:0]
		}
		b.buf = append(b.buf, '\n')
	}
}

// smuggling notes a line with one dot behind a lone line feed in a mail whose
// lines end with CRLF (SMTP smuggling, CVE-2023-51764).
func (b *bodySum) smuggling(line, text []byte) {
	if len(text) == 1 && text[0] == '.' && b.bare && b.crlf {
		b.d.once(DefectLoneDot, "", 0)
	}
	isCRLF := bytes.HasSuffix(line, []byte("\r\n"))
	b.crlf = b.crlf || isCRLF
	b.bare = !isCRLF && len(line) > len(text)
}

// add hashes p through the buffer.
func (b *bodySum) add(p []byte) {
	if len(b.buf)+len(p) > cap(b.buf) {
		b.hash.Write(b.buf)
		b.buf = b.buf[:0]
	}
	if len(p) > cap(b.buf) {
		b.hash.Write(p)
		return
	}
	b.buf = append(b.buf, p...)
}

// sum returns the hex digest.
func (b *bodySum) sum() string {
	b.hash.Write(b.buf)
	b.buf = b.buf[:0]
	return hex.EncodeToString(b.hash.Sum(nil))
}
