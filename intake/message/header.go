package message

import (
	"bytes"
	"strings"
)

// field is one header field: its name as written, its value unfolded but not
// decoded, and where it begins.
type field struct {
	name, value string
	at          int64
}

// header is the fields of one block in order. A field may be there often.
type header []field

// get returns the value of the first field called name (in any case), or "".
func (h header) get(name string) string {
	for i := range h {
		if len(h[i].name) == len(name) && strings.EqualFold(h[i].name, name) {
			return h[i].value
		}
	}
	return ""
}

// all returns the fields called name (in any case).
func (h header) all(name string) (found []field) {
	for i := range h {
		if len(h[i].name) == len(name) && strings.EqualFold(h[i].name, name) {
			found = append(found, h[i])
		}
	}
	return found
}

// has reports whether a field called name is there, even if empty.
func (h header) has(name string) bool { return h.count(name) > 0 }

// count returns how many fields are called name (in any case).
func (h header) count(name string) (n int) {
	for i := range h {
		if len(h[i].name) == len(name) && strings.EqualFold(h[i].name, name) {
			n++
		}
	}
	return n
}

// lineKind is what a line of a header block looks like.
type lineKind int

const (
	lineField lineKind = iota
	lineFold
	lineBlank
	lineMbox
	lineJunk
)

// kindOf says what line (with its line end) is. first is true for the first
// line of the block, where alone an mbox line can stand.
func kindOf(line []byte, first bool) lineKind {
	line = trimEOL(line)
	switch {
	case len(line) == 0:
		return lineBlank
	case line[0] == ' ' || line[0] == '\t':
		return lineFold
	case first && nameLen(line) == 0 && (bytes.HasPrefix(line, []byte("From ")) || bytes.HasPrefix(line, []byte(">From "))):
		return lineMbox
	case nameLen(line) > 0:
		return lineField
	}
	return lineJunk
}

// nameLen returns the length of the field name at the start of line, without
// blanks before the colon, or 0 when line is no field. Bytes over 126 are let
// through: programs write them.
func nameLen(line []byte) int {
	n := 0
	for n < len(line) && line[n] > ' ' && line[n] != ':' && line[n] != 127 {
		n++
	}
	colon := n
	for colon < len(line) && (line[colon] == ' ' || line[colon] == '\t') {
		colon++
	}
	if colon == len(line) || line[colon] != ':' {
		return 0
	}
	return n
}

// parseHeader reads the fields of block, which begins at base and holds fields
// and continuation lines only. What is odd goes to d.
func parseHeader(block string, base int64, maxFields int, d *defects) header {
	h := make(header, 0, min(strings.Count(block, "\n")+1, 32))
	for pos := 0; pos < len(block); {
		end := fieldEnd(block, pos)
		if len(h) == maxFields {
			d.add(DefectHeader, "too many fields", base+int64(pos))
			break
		}
		h = append(h, parseField(block[pos:end], base+int64(pos), d))
		pos = end
	}
	return h
}

// fieldEnd returns where the field that begins at pos ends: behind its last
// continuation line.
func fieldEnd(block string, pos int) int {
	for {
		n := strings.IndexByte(block[pos:], '\n')
		if n < 0 {
			return len(block)
		}
		pos += n + 1
		if pos == len(block) || block[pos] != ' ' && block[pos] != '\t' {
			return pos
		}
	}
}

// parseField splits one raw field into name and unfolded value.
func parseField(raw string, at int64, d *defects) field {
	colon := strings.IndexByte(raw, ':')
	if colon < 0 { // a block begins with a continuation line only when it was let through
		return field{value: unfold(raw), at: at}
	}
	name := raw[:colon]
	if t := strings.TrimRight(name, " \t"); t != name {
		name = t
		d.add(DefectSpaceColon, name, at)
	}
	if !isASCII(name) {
		d.add(DefectFieldName, name, at)
	}
	f := field{name: name, value: unfold(raw[colon+1:]), at: at}
	if strings.IndexByte(f.value, 0) >= 0 {
		d.once(DefectNUL, name, at)
	}
	if !isASCII(f.value) {
		d.once(DefectField8bit, name, at)
	}
	return f
}

// unfold drops line ends (RFC 5322 section 2.2.3) and blanks around the value.
func unfold(s string) string {
	s = strings.Trim(s, " \t\r\n")
	if strings.IndexByte(s, '\n') < 0 && strings.IndexByte(s, '\r') < 0 {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); i++ {
		if s[i] != '\n' && s[i] != '\r' {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// isASCII reports whether every byte of s is below 128.
func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
