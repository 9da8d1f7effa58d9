package message

import (
	"bytes"
	"encoding/base64"
	"io"
	"strings"
)

// decoder gives the decoded bytes of a part. Flaw is "" or what was wrong with
// the encoding; whatever could be decoded is given all the same.
type decoder interface {
	io.Reader
	flaw() string
}

// chunk is how much a decoder reads at once.
const chunk = 32 << 10

// newDecoder decodes src, the body of a part, by its Content-Transfer-Encoding
// (RFC 2045 section 6). known is false for an encoding nobody knows, which is
// read as it is.
func newDecoder(cte string, src io.Reader, buf []byte) (d decoder, known bool) {
	switch strings.Trim(strings.ToLower(cte), " \t\"';") {
	case "base64", "base-64", "b":
		return &base64Decoder{src: src, raw: buf}, true
	case "quoted-printable", "quoted/printable", "quotedprintable", "quoted_printable", "qp", "q":
		return &qpDecoder{src: src, raw: buf}, true
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return newUUDecoder(src, buf), true
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "7 bit", "8 bit", "none":
		return plain{src}, true
	}
	return plain{src}, false
}

// plain is the identity encoding.
type plain struct{ io.Reader }

func (plain) flaw() string { return "" }

// base64Decoder decodes base64 and skips what is no base64. Padding in the
// middle ends a piece; the next begins afresh (concatenated encodings).
type base64Decoder struct {
	src  io.Reader
	raw  []byte // read buffer
	keep []byte // digits not yet decoded
	out  []byte // decoded and not yet handed out
	odd  string
	done bool
}

func (b *base64Decoder) flaw() string { return b.odd }

// Read implements io.Reader.
func (b *base64Decoder) Read(p []byte) (int, error) {
	for len(b.out) == 0 {
		if b.done {
			return 0, io.EOF
		}
		b.refill()
	}
	n := copy(p, b.out)
	b.out = b.out[n:]
	return n, nil
}

// refill reads and decodes the next chunk.
func (b *base64Decoder) refill() {
	n, err := b.src.Read(b.raw)
	b.out = b.out[:0]
	raw := b.raw[:n]
	for len(raw) > 0 {
		line := raw
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line = raw[:i+1]
		}
		raw = raw[len(line):]
		b.line(line)
	}
	if err != nil {
		b.done = true
		b.group()
	}
}

// line decodes one line: at once when it is clean and nothing is left over.
func (b *base64Decoder) line(line []byte) {
	t := trimEOL(line)
	if len(b.keep) == 0 && len(t)%4 == 0 {
		at := len(b.out)
		b.out = grow(b.out, len(t)/4*3)
		n, err := base64.StdEncoding.Decode(b.out[at:cap(b.out)], t)
		b.out = b.out[:at+n]
		if err == nil {
			return
		}
		b.out = b.out[:at]
	}
	for _, c := range t {
		b.digit(c)
	}
	b.whole()
}

// digit takes one byte.
func (b *base64Decoder) digit(c byte) {
	switch {
	case base64Digit[c]:
		b.keep = append(b.keep, c)
	case c == '=':
		b.group()
	case c > ' ':
		b.odd = "bytes that are no base64"
	}
}

// whole decodes the complete groups of four that were kept.
func (b *base64Decoder) whole() {
	n := len(b.keep) / 4 * 4
	at := len(b.out)
	b.out = grow(b.out, n/4*3)
	m, _ := base64.RawStdEncoding.Decode(b.out[at:cap(b.out)], b.keep[:n])
	b.out = b.out[:at+m]
	b.keep = append(b.keep[:0], b.keep[n:]...)
}

// group ends a piece: what is left over is decoded as far as it goes.
func (b *base64Decoder) group() {
	b.whole()
	if len(b.keep) == 1 {
		b.odd = "cut inside a group"
	}
	if len(b.keep) > 1 {
		b.out = append(b.out, looseBase64(string(b.keep))...)
	}
	b.keep = b.keep[:0]
}

// grow returns b with room for n more bytes.
func grow(b []byte, n int) []byte {
	if cap(b)-len(b) >= n {
		return b
	}
	return append(make([]byte, 0, max(2*cap(b), len(b)+n)), b...)
}
