package message

import (
	"sort"
	"strconv"
	"strings"
)

// param is one parameter of a structured field, not yet decoded.
type param struct{ key, value string }

// params are the parameters of a Content-Type or Content-Disposition.
type params []param

// get returns the first value of key, or "".
func (p params) get(key string) string {
	for i := range p {
		if p[i].key == key {
			return p[i].value
		}
	}
	return ""
}

// splitParams reads "main; key=value; …" as leniently as mail programs do:
// unquoted blanks, doubled semicolons and missing quotes are all let through.
// main and keys are lower case.
func splitParams(s string) (main string, ps params) {
	main, rest, _ := strings.Cut(s, ";")
	main = strings.ToLower(strings.TrimSpace(withoutComment(main)))
	if i := strings.IndexAny(main, " \t"); i >= 0 && strings.Contains(main[:i], "/") {
		main = main[:i]
	}
	for rest != "" && len(ps) < 200 {
		var p param
		p, rest = nextParam(rest)
		if p.key != "" {
			ps = append(ps, p)
		}
	}
	return main, ps
}

// nextParam reads one parameter and returns what follows it.
func nextParam(s string) (p param, rest string) {
	s = strings.TrimLeft(s, "; \t\r\n")
	i := strings.IndexAny(s, "=;")
	if i < 0 {
		return param{}, ""
	}
	if s[i] == ';' {
		return param{}, s[i+1:]
	}
	p.key = strings.ToLower(strings.TrimSpace(withoutComment(s[:i])))
	s = strings.TrimLeft(s[i+1:], " \t")
	if strings.HasPrefix(s, `"`) {
		p.value, s = quoted(s)
		_, rest, _ = strings.Cut(s, ";")
		return p, rest
	}
	p.value, rest, _ = strings.Cut(s, ";")
	p.value = strings.TrimSpace(p.value)
	return p, rest
}

// quoted reads the quoted string that s begins with and returns what follows.
// A backslash is an escape only before a quote or a backslash: programs write
// Windows paths as they are. A missing end quote ends at the end.
func quoted(s string) (value, rest string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch {
		case s[i] == '"':
			return b.String(), s[i+1:]
		case s[i] == '\\' && i+1 < len(s) && (s[i+1] == '"' || s[i+1] == '\\'):
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String(), ""
}

// withoutComment drops RFC 5322 comments in round brackets.
func withoutComment(s string) string {
	if strings.IndexByte(s, '(') < 0 {
		return s
	}
	var b strings.Builder
	depth := 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '(':
			depth++
		case s[i] == ')' && depth > 0:
			depth--
		case depth == 0:
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// token returns the first word of the parameter key, for values that cannot
// hold blanks (charset).
func (p params) token(key string) string {
	v := strings.Trim(p.get(key), " \t\"'")
	if i := strings.IndexAny(v, " \t;("); i >= 0 {
		v = v[:i]
	}
	return v
}

// text returns the parameter key decoded: RFC 2231 in one piece or many, else
// the plain value with encoded words (which RFC 2047 forbids there and everyone
// writes).
func (p params) text(key string, d *defects) string {
	if v, ok := p.extended(key); ok {
		return v
	}
	return decodeWords(p.get(key), d)
}

// piece is one continuation of an RFC 2231 parameter.
type piece struct {
	n       int
	encoded bool
	value   string
}

// extended joins and decodes key*, key*0, key*0*, key*1 … (RFC 2231).
func (p params) extended(key string) (string, bool) {
	var ps []piece
	for i := range p {
		tail, ok := strings.CutPrefix(p[i].key, key+"*")
		if !ok {
			continue
		}
		tail, encoded := strings.CutSuffix(tail, "*")
		if tail == "" {
			return charsetAndPercent(p[i].value), true
		}
		if n, err := strconv.Atoi(tail); err == nil {
			ps = append(ps, piece{n, encoded, p[i].value})
		}
	}
	sort.SliceStable(ps, func(i, j int) bool { return ps[i].n < ps[j].n })
	return joinPieces(ps), len(ps) > 0
}

// joinPieces decodes the pieces and joins them; the first names the charset.
func joinPieces(ps []piece) string {
	var b strings.Builder
	charset := ""
	for i, p := range ps {
		if p.encoded {
			v := p.value
			if i == 0 {
				charset, v = cutCharset(v)
			}
			p.value = unpercent(v)
		}
		b.WriteString(p.value)
	}
	if charset == "" {
		return decodeWords(b.String(), nil)
	}
	s, _ := toUTF8(charset, []byte(b.String()))
	return s
}

// charsetAndPercent decodes charset'language'value.
func charsetAndPercent(v string) string {
	charset, v := cutCharset(v)
	s, _ := toUTF8(charset, []byte(unpercent(v)))
	return s
}

// cutCharset splits charset'language'value.
func cutCharset(v string) (charset, value string) {
	charset, rest, ok := strings.Cut(v, "'")
	if !ok {
		return "", v
	}
	if _, value, ok = strings.Cut(rest, "'"); !ok {
		return charset, rest
	}
	return charset, value
}

// unpercent decodes %XX; what is no escape stays.
func unpercent(s string) string {
	if strings.IndexByte(s, '%') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '%' && i+2 < len(s) {
			if v, ok := hexByte(s[i+1], s[i+2]); ok {
				b = append(b, v)
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// hexByte reads two hexadecimal digits.
func hexByte(a, b byte) (byte, bool) {
	x, y := hexDigit[a], hexDigit[b]
	return x<<4 | y, x|y < 16
}

// hexDigit is the value of a hexadecimal digit, or 0xff.
var hexDigit = func() (t [256]byte) {
	for i := range t {
		t[i] = 0xff
	}
	for i := byte(0); i < 10; i++ {
		t['0'+i] = i
	}
	for i := byte(0); i < 6; i++ {
		t['a'+i], t['A'+i] = 10+i, 10+i
	}
	return t
}()
