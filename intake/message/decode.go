package message

import (
	"bytes"
	"encoding/base64"
	"io"
)

// decoder gives the decoded bytes of a part.
type decoder interface {
	// next returns the next piece, valid until the next call, which may be
	// empty; with the last piece, or after it, it returns io.EOF.
	next() ([]byte, error)
	// flaw is "" or what was wrong with the encoding; whatever could be decoded
	// was given all the same.
	flaw() string
}

// chunk is how much a decoder reads at once.
const chunk = 32 << 10

// buffers are shared by the decoders of one mail, which run one at a time.
type buffers struct {
	raw, out []byte
}

// read reads the next chunk of src and empties out.
func (b *buffers) read(src io.Reader) ([]byte, error) {
	n, err := src.Read(b.raw)
	b.out = grow(b.out[:0], n)
	return b.raw[:n], err
}

// newDecoder decodes src, the body of a part, by its Content-Transfer-Encoding
// (RFC 2045 section 6). known is false for an encoding nobody knows, which is
// read as it is.
func newDecoder(cte string, src io.Reader, bufs *buffers) (d decoder, known bool) {
	switch cte {
	case "base64", "base-64", "b":
		return &base64Decoder{src: src, buffers: bufs}, true
	case "quoted-printable", "quoted/printable", "quotedprintable", "quoted_printable", "qp", "q":
		return &qpDecoder{src: src, buffers: bufs}, true
	case "x-uuencode", "uuencode", "x-uue", "uue":
		return newUUDecoder(src, bufs), true
	case "", "7bit", "8bit", "binary", "7-bit", "8-bit", "7 bit", "8 bit", "none":
		return &plain{src, bufs}, true
	}
	return &plain{src, bufs}, false
}

// plain is the identity encoding.
type plain struct {
	src io.Reader
	*buffers
}

func (p *plain) next() ([]byte, error) { return p.read(p.src) }

func (*plain) flaw() string { return "" }

// base64Decoder decodes base64 and skips what is no base64. Padding in the
// middle ends a piece; the next begins afresh (concatenated encodings).
type base64Decoder struct {
	src io.Reader
	*buffers
	keep []byte // digits not yet decoded
	odd  string
}

func (b *base64Decoder) flaw() string { return b.odd }

// next implements decoder.
func (b *base64Decoder) next() ([]byte, error) {
	raw, err := b.read(b.src)
	for len(raw) > 0 {
		line := raw
		if i := bytes.IndexByte(raw, '\n'); i >= 0 {
			line = raw[:i+1]
		}
		raw = raw[len(line):]
		b.line(line)
	}
	if err != nil {
		b.group()
	}
	return b.out, err
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
