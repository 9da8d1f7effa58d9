package casefile

import (
	"slices"
	"strings"
)

// Meant lists who may be meant where somebody was asked for names and nothing
// else: there one word of a name, of any length, is enough, and so is the part of
// an address before its "@". Titles, honours and initials alone mean nobody.
func (r Roster) Meant(text string) IDs {
	meant := r.Named(Mentions{Texts: []string{text}})
	said := split(fold(text))
	for id, p := range r.People {
		if slices.ContainsFunc(append([]string{p.Name, p.Address}, p.Also...), func(name string) bool { return goesBy(said, fold(name)) }) {
			meant = meant.With(id)
		}
	}
	return meant
}

// goesBy reports whether the words have one of a folded name, or all that an
// address begins with.
func goesBy(said []string, name string) bool {
	if user, _, address := strings.Cut(name, "@"); address {
		whole := split(user)
		for i := range said {
			if len(whole) > 0 && len(said)-i >= len(whole) && slices.Equal(said[i:i+len(whole)], whole) {
				return true
			}
		}
		return false
	}
	return slices.ContainsFunc(split(name), func(w string) bool {
		initial := len(w) == 1 // one byte: a name may have one letter of another script
		return !titles[w] && !honours[w] && !initial && (slices.Contains(said, w) || slices.Contains(said, w+"s"))
	})
}
