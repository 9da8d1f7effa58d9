package message

import (
	"bytes"
	"strings"
	"unicode/utf16"
)

// fromUTF7 decodes UTF-7 (RFC 2152), which no library of ours knows. What is
// no UTF-7 stays as it is.
func fromUTF7(b []byte) string {
	var out strings.Builder
	for len(b) > 0 {
		i := bytes.IndexByte(b, '+')
		if i < 0 {
			break
		}
		out.WriteString(valid(string(b[:i])))
		b = b[i+1:]
		n := 0
		for n < len(b) && base64Digit[b[n]] {
			n++
		}
		out.WriteString(utf7Run(b[:n], n < len(b) && b[n] == '-'))
		b = b[n:]
		if len(b) > 0 && b[0] == '-' {
			b = b[1:]
		}
	}
	out.WriteString(valid(string(b)))
	return out.String()
}

// utf7Run decodes one shifted run; "+-" is a plus sign.
func utf7Run(run []byte, closed bool) string {
	if len(run) == 0 {
		return "+"
	}
	raw := looseBase64(string(run))
	if len(raw) < 2 {
		s := "+" + string(run)
		if closed {
			s += "-"
		}
		return s
	}
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = uint16(raw[2*i])<<8 | uint16(raw[2*i+1])
	}
	return string(utf16.Decode(units))
}
