package message

import (
	"encoding/base64"
	"strings"
)

// decodeWords decodes the encoded words of RFC 2047 in s, and bytes over 127 as
// UTF-8 or else Windows-1252. Adjacent words of one charset are joined before
// conversion, since programs split characters between them. d may be nil.
func decodeWords(s string, d *defects) string {
	if !strings.Contains(s, "=?") {
		return valid(s)
	}
	var b strings.Builder
	var run wordRun
	for s != "" {
		before, w, rest, ok := nextWord(s)
		if !ok {
			break
		}
		if !run.joins(before, w) {
			run.flush(&b, d)
			if !run.any || strings.Trim(before, " \t") != "" {
				b.WriteString(valid(before))
			}
			run = wordRun{charset: w.charset}
		}
		run.any = true
		run.bytes = append(run.bytes, w.bytes...)
		s = rest
	}
	run.flush(&b, d)
	b.WriteString(valid(s))
	return b.String()
}

// wordRun is encoded words of one charset that follow each other.
type wordRun struct {
	charset string
	bytes   []byte
	any     bool
}

// joins reports whether w, behind the text before, continues the run.
func (r *wordRun) joins(before string, w word) bool {
	return r.any && strings.Trim(before, " \t") == "" && strings.EqualFold(r.charset, w.charset)
}

// flush writes the run as UTF-8.
func (r *wordRun) flush(b *strings.Builder, d *defects) {
	if len(r.bytes) == 0 {
		return
	}
	s, ok := toUTF8(r.charset, r.bytes)
	if !ok && d != nil {
		d.once(DefectCharset, r.charset, 0)
	}
	b.WriteString(s)
	r.bytes = nil
}

// word is one decoded encoded word, still in its charset.
type word struct {
	charset string
	bytes   []byte
}

// nextWord finds the next encoded word of s.
func nextWord(s string) (before string, w word, rest string, ok bool) {
	for from := 0; ; {
		i := strings.Index(s[from:], "=?")
		if i < 0 {
			return "", word{}, s, false
		}
		i += from
		if w, rest, ok = parseWord(s[i+2:]); ok {
			return s[:i], w, rest, true
		}
		from = i + 2
	}
}

// parseWord reads charset?B?text?= (also charset*language, and blanks inside).
// The charset is at most 40 bytes, so that scanning stays linear.
func parseWord(s string) (w word, rest string, ok bool) {
	q := strings.IndexByte(s[:min(len(s), 60)], '?')
	if q <= 0 || q+2 >= len(s) || s[q+2] != '?' {
		return word{}, "", false
	}
	charset, _, _ := strings.Cut(s[:q], "*")
	text, rest, ok := cutWord(s[q+3:])
	if !ok {
		return word{}, "", false
	}
	switch s[q+1] {
	case 'b', 'B':
		return word{charset, looseBase64(text)}, rest, true
	case 'q', 'Q':
		return word{charset, qWord(text)}, rest, true
	}
	return word{}, "", false
}

// maxWord is the longest encoded text looked at. RFC 2047 allows 75 bytes, and
// programs write whole subjects; a bound keeps scanning linear (V18).
const maxWord = 2000

// cutWord splits at the end of the word.
func cutWord(s string) (text, rest string, ok bool) {
	i := strings.Index(s[:min(len(s), maxWord)], "?=")
	if i < 0 || strings.Contains(s[:i], "=?") {
		return "", "", false
	}
	return s[:i], s[i+2:], true
}

// qWord decodes the Q encoding.
func qWord(s string) []byte {
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c == '_':
			b = append(b, ' ')
		case c == '=' && i+2 < len(s):
			if v, ok := hexByte(s[i+1], s[i+2]); ok {
				b = append(b, v)
				i += 2
				continue
			}
			b = append(b, c)
		default:
			b = append(b, c)
		}
	}
	return b
}

// looseBase64 decodes what can be decoded of s, with or without padding.
func looseBase64(s string) []byte {
	keep := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if base64Digit[s[i]] {
			keep = append(keep, s[i])
		}
	}
	if len(keep)%4 == 1 {
		keep = keep[:len(keep)-1]
	}
	out := make([]byte, base64.RawStdEncoding.DecodedLen(len(keep)))
	n, _ := base64.RawStdEncoding.Decode(out, keep)
	return out[:n]
}

// base64Digit says which bytes carry data in base64.
var base64Digit = func() (t [256]bool) {
	for _, c := range "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/" {
		t[c] = true
	}
	return t
}()
