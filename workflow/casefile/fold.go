package casefile

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// letters are those that have no decomposition and are written in more than one
// way.
var letters = strings.NewReplacer("ß", "ss", "æ", "ae", "œ", "oe", "ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ħ", "h", "ı", "i", "ŋ", "n")

// fold makes texts alike that differ in letter case, in accents, in compatible
// forms of letters or in characters that nobody sees.
func fold(text string) string {
	text = norm.NFKD.String(strings.ToLower(norm.NFKC.String(text)))
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Cf, r):
			return -1
		case r == '\u2019' || r == '\u2018' || r == '\u02bc' || r == '`' || r == '\u00b4':
			return '\''
		}
		return r
	}, text)
	return letters.Replace(text)
}

// split cuts a folded text into words: letters and digits, without apostrophes
// and without the "s" of a possessive.
func split(folded string) (words []string) {
	for field := range strings.FieldsFuncSeq(folded, func(r rune) bool { return r != '\'' && !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		field = strings.Trim(field, "'")
		field = strings.ReplaceAll(strings.TrimSuffix(field, "'s"), "'", "")
		if field != "" {
			words = append(words, field)
		}
	}
	return words
}
