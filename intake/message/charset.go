package message

import (
	"bytes"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/emersion/go-message/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/traditionalchinese"
)

// aliases are names that programs write and go-message does not know, and
// ISO 8859-1, which in mail means Windows-1252.
var aliases = map[string]encoding.Encoding{
	"iso-8859-1":     charmap.Windows1252,
	"iso8859-1":      charmap.Windows1252,
	"iso_8859-1":     charmap.Windows1252,
	"latin1":         charmap.Windows1252,
	"latin-1":        charmap.Windows1252,
	"l1":             charmap.Windows1252,
	"cp1252":         charmap.Windows1252,
	"cp-1252":        charmap.Windows1252,
	"ansi":           charmap.Windows1252,
	"cp437":          charmap.CodePage437,
	"cp-437":         charmap.CodePage437,
	"cp850":          charmap.CodePage850,
	"cp-850":         charmap.CodePage850,
	"ibm850":         charmap.CodePage850,
	"cp1251":         charmap.Windows1251,
	"cp-1251":        charmap.Windows1251,
	"win-1251":       charmap.Windows1251,
	"macroman":       charmap.Macintosh,
	"x-mac-roman":    charmap.Macintosh,
	"cp932":          japanese.ShiftJIS,
	"ms932":          japanese.ShiftJIS,
	"sjis":           japanese.ShiftJIS,
	"shift-jis":      japanese.ShiftJIS,
	"ks_c_5601-1987": korean.EUCKR,
	"cp949":          korean.EUCKR,
	"ms949":          korean.EUCKR,
	"cp936":          simplifiedchinese.GBK,
	"gb2312":         simplifiedchinese.GBK,
	"x-gbk":          simplifiedchinese.GBK,
	"windows-932":    japanese.ShiftJIS,
	"windows-936":    simplifiedchinese.GBK,
	"windows-949":    korean.EUCKR,
	"windows-950":    traditionalchinese.Big5,
}

// toUTF8 converts b from the named charset. ok is false when the charset is
// unknown or the bytes do not fit it; the text is then the best guess.
func toUTF8(name string, b []byte) (text string, ok bool) {
	name = strings.ToLower(strings.Trim(name, " \t\"'"))
	switch name {
	case "", "us-ascii", "ascii", "utf-8", "utf8", "unicode-1-1-utf-8", "x-unknown", "unknown-8bit", "default":
		return guessUTF8(b, name == "utf-8" || name == "utf8")
	case "utf-7", "unicode-1-1-utf-7", "utf7", "x-unicode-2-0-utf-7":
		return fromUTF7(b), true
	}
	if enc, known := aliases[name]; known {
		out, err := enc.NewDecoder().Bytes(b)
		return valid(string(out)), err == nil
	}
	r, err := charset.Reader(name, bytes.NewReader(b))
	if err != nil {
		guess, _ := guessUTF8(b, false)
		return guess, false
	}
	out, err := io.ReadAll(r) // b is bounded by the caller
	return valid(string(out)), err == nil
}

// guessUTF8 takes b as UTF-8, or as Windows-1252 when it is not. A UTF-8 text
// that is mostly right (said: it says so itself) keeps what is right.
func guessUTF8(b []byte, said bool) (string, bool) {
	if utf8.Valid(b) {
		return string(bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))), true
	}
	if said && bytes.Count(bytes.ToValidUTF8(b, []byte{0}), []byte{0}) < len(b)/20+2 {
		return strings.ToValidUTF8(string(b), "\uFFFD"), false
	}
	out, err := charmap.Windows1252.NewDecoder().Bytes(b)
	if err != nil {
		return strings.ToValidUTF8(string(b), "\uFFFD"), false
	}
	return string(out), false
}

// valid returns s if it is UTF-8, else its bytes over 127 read as best they can.
func valid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	t, _ := guessUTF8([]byte(s), false)
	return t
}
