package message

import (
	"bytes"
	"encoding/binary"
	"strconv"
	"strings"
)

// maxRTF bounds what a compressed RTF may grow to.
const maxRTF = 4 << 20

// rtfDictionary is what every compressed RTF may refer to before it has written
// anything itself ([MS-OXRTFCP] section 2.2.2.1).
const rtfDictionary = "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier" +
	"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

// unpackRTF decompresses the text of an Outlook message ([MS-OXRTFCP]). What is
// damaged ends it.
func unpackRTF(raw []byte) []byte {
	if len(raw) < 16 {
		return nil
	}
	body := raw[16:]
	if string(raw[8:12]) == "MELA" { // not compressed
		return body
	}
	if string(raw[8:12]) != "LZFu" {
		return nil
	}
	out := append(make([]byte, 0, 4*len(raw)+len(rtfDictionary)), rtfDictionary...)
	for len(body) > 0 && len(out) < maxRTF {
		flags := body[0]
		body = body[1:]
		for bit := 0; bit < 8 && len(body) > 0; bit++ {
			if flags>>bit&1 == 0 {
				out, body = append(out, body[0]), body[1:]
				continue
			}
			var ended bool
			if out, body, ended = rtfReference(out, body); ended {
				return out[len(rtfDictionary):]
			}
		}
	}
	return out[len(rtfDictionary):]
}

// rtfReference repeats a piece of the last 4,096 bytes. ended is true for the
// reference that marks the end.
func rtfReference(out, body []byte) (_, rest []byte, ended bool) {
	if len(body) < 2 {
		return out, nil, true
	}
	ref := int(binary.BigEndian.Uint16(body))
	at, n := ref>>4, ref&15+2
	back := (len(out) - at) & 4095
	if back == 0 || back > len(out) {
		return out, nil, true
	}
	for range n {
		out = append(out, out[len(out)-back])
	}
	return out, body[2:], false
}

// rtfReader turns RTF into text. It knows the few control words that make or
// hide words and passes over the rest.
type rtfReader struct {
	src     []byte
	out     strings.Builder
	hex     []byte // bytes of the charset, not yet converted
	charset string
	skip    []bool // for each open group: is its text hidden?
	uc      int    // characters that stand behind \u for programs without Unicode
	pass    int    // how many of them are still to come
}

// rtfText returns the words of an RTF text.
func rtfText(src []byte) string {
	r := rtfReader{src: src, charset: "windows-1252", uc: 1, skip: []bool{false}}
	for len(r.src) > 0 && r.out.Len() < maxRTF {
		r.step()
	}
	r.flush()
	return strings.TrimSpace(r.out.String())
}

// step takes the next character, group or control word.
func (r *rtfReader) step() {
	c := r.src[0]
	r.src = r.src[1:]
	switch c {
	case '{':
		if len(r.skip) < 1000 {
			r.skip = append(r.skip, r.hidden())
		}
	case '}':
		if len(r.skip) > 1 {
			r.skip = r.skip[:len(r.skip)-1]
		}
	case '\\':
		r.control()
	case '\r', '\n':
	default:
		r.text(c)
	}
}

// hidden reports whether text here is no text of the message.
func (r *rtfReader) hidden() bool { return r.skip[len(r.skip)-1] }

// text takes one byte of text.
func (r *rtfReader) text(c byte) {
	switch {
	case r.pass > 0:
		r.pass--
	case r.hidden():
	case c < 0x80:
		r.flush()
		r.out.WriteByte(c)
	default:
		r.hex = append(r.hex, c)
	}
}

// flush converts the bytes that were gathered.
func (r *rtfReader) flush() {
	if len(r.hex) > 0 {
		s, _ := toUTF8(r.charset, r.hex)
		r.out.WriteString(s)
		r.hex = r.hex[:0]
	}
}

// write writes text that a control word stands for.
func (r *rtfReader) write(s string) {
	if !r.hidden() {
		r.flush()
		r.out.WriteString(s)
	}
}

// control takes what follows a backslash.
func (r *rtfReader) control() {
	if len(r.src) == 0 {
		return
	}
	c := r.src[0]
	if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
		r.word()
		return
	}
	r.src = r.src[1:]
	switch c {
	case '\'':
		if len(r.src) >= 2 {
			v, _ := hexByte(r.src[0], r.src[1])
			r.src = r.src[2:]
			r.hexText(v)
		}
	case '*':
		r.skip[len(r.skip)-1] = true
	case '~':
		r.write(" ")
	case '{', '}', '\\':
		r.text(c)
	case '\r', '\n':
		r.write("\n")
	}
}

// hexText takes one byte of the charset; also an ASCII byte may be the second
// half of a character.
func (r *rtfReader) hexText(v byte) {
	switch {
	case r.pass > 0:
		r.pass--
	case !r.hidden():
		r.hex = append(r.hex, v)
	}
}

// word takes a control word with its number and the blank behind it.
func (r *rtfReader) word() {
	n := 0
	for n < len(r.src) && n < 32 && (r.src[n]|0x20) >= 'a' && (r.src[n]|0x20) <= 'z' {
		n++
	}
	name := string(r.src[:n])
	m := n
	for m < len(r.src) && m < n+10 && (r.src[m] >= '0' && r.src[m] <= '9' || m == n && r.src[m] == '-') {
		m++
	}
	number, err := strconv.Atoi(string(r.src[n:m]))
	r.src = bytes.TrimPrefix(r.src[m:], []byte(" "))
	r.act(name, number, err == nil)
}

// act does what a control word says.
func (r *rtfReader) act(name string, number int, has bool) {
	switch name {
	case "par", "line", "row", "sect", "page":
		r.write("\n")
	case "tab":
		r.write("\t")
	case "cell":
		r.write(" | ")
	case "u":
		if number < 0 {
			number += 1 << 16
		}
		r.write(string(rune(number)))
		r.pass = r.uc
	case "uc":
		r.uc = min(max(number, 0), 10)
	case "ansicpg":
		if has && number != 65001 {
			r.charset = "windows-" + strconv.Itoa(number)
		}
	case "bin":
		r.src = r.src[min(max(number, 0), len(r.src)):]
	case "fonttbl", "colortbl", "stylesheet", "info", "pict", "header", "footer", "object", "themedata", "listtable", "generator":
		r.skip[len(r.skip)-1] = true
	default:
		r.write(rtfMarks[name])
	}
}

// rtfMarks are control words that stand for one character.
var rtfMarks = map[string]string{
	"lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”", "emdash": "—", "endash": "–", "bullet": "•",
}
