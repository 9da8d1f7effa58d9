package casefile

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// name is how one person is called.
type name struct {
	id      string
	given   []string // what stands before the surname
	surname []string // its parts
	weak    bool     // it may be no surname: only a given name in full tells
}

// titles stand before a surname, honours after it.
var (
	titles = map[string]bool{"mr": true, "mrs": true, "ms": true, "miss": true, "mx": true, "dr": true, "doctor": true, "prof": true,
		"professor": true, "sir": true, "madam": true, "dame": true, "lord": true, "lady": true, "rev": true, "cllr": true, "councillor": true, "mister": true}
	honours = map[string]bool{"jr": true, "jnr": true, "sr": true, "ii": true, "iii": true, "obe": true, "mbe": true, "cbe": true,
		"phd": true, "msc": true, "bsc": true, "ba": true, "ma": true, "med": true, "qts": true, "kc": true}
)

// plain is a folded name, one field for each name, given names first, without
// titles, honours and what stands in brackets. "Khan, Amira" is turned round.
func plain(folded string) []string {
	folded, _, _ = strings.Cut(folded, "(")
	surname, given, comma := strings.Cut(folded, ",")
	words := strings.Fields(given + " " + surname)
	if first := split(given); comma && len(first) > 0 && honours[first[0]] || !comma {
		words = strings.Fields(surname)
	}
	for len(words) > 1 && titles[strings.Trim(words[0], ".")] {
		words = words[1:]
	}
	for len(words) > 2 && honours[strings.ReplaceAll(words[len(words)-1], ".", "")] {
		words = words[:len(words)-1]
	}
	return words
}

// reach is how many words lie between a surname and the given name at most.
const reach = 4

// before reports whether the words that lead up to a surname make it the
// person's: a title, a given name or an initial, with nothing but short words or
// parts of the name in between.
func (n name) before(words []string) bool {
	adjoins := true
	for i := len(words) - 1; i >= max(0, len(words)-reach); i-- {
		w := words[i]
		if n.calls(w, adjoins) {
			return true
		}
		part, size := slices.Contains(n.surname, w), utf8.RuneCountInString(w)
		if size > 3 && !part { // longer than an initial or "van"
			return false
		}
		adjoins = adjoins && (part || size == 1)
	}
	return false
}

// after reports whether a given name or initial follows the surname, as in
// "Khan, Amira".
func (n name) after(words []string) bool {
	for _, w := range words[:min(2, len(words))] {
		if !titles[w] && n.calls(w, true) {
			return true
		}
		if !titles[w] && !slices.Contains(n.surname, w) {
			return false
		}
	}
	return false
}

// calls reports whether w, with a surname, is the person: a given name or a
// short form of one; and where it adjoins the surname also a title, an initial
// or all initials.
func (n name) calls(w string, adjoins bool) bool {
	initials := ""
	for _, g := range n.given {
		first, _ := utf8.DecodeRuneInString(g)
		if initials += string(first); w == g || adjoins && akin(w, g) || adjoins && !n.weak && w == string(first) {
			return true
		}
	}
	return adjoins && !n.weak && (titles[w] || initials != "" && w == initials) || w == strings.Join(n.given, "")
}

// akin reports whether two given names begin alike, as Sam and Samantha do.
func akin(a, b string) bool {
	x, y := []rune(a), []rune(b)
	return len(x) > 2 && len(y) > 2 && a != "the" && slices.Equal(x[:3], y[:3])
}
