package casefile

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mentions is all of a report that may name somebody.
type Mentions struct {
	Addresses []string // who wrote it and who else got it: local@domain
	Texts     []string // names in its header, subject, words, names of files
}

// Named lists who is named in a report, as far as words can tell. When in doubt
// somebody is named: an exclusion can be lifted, a letter cannot be taken back.
// A name is found in any letter case, with or without accents, as a possessive,
// and only as whole words: in full; the surname with a given name, with its
// initial or with a title, in either order; run together as in "amirakhan";
// by any other name or address that the roster gives. A given name or a surname
// alone names nobody, unless the roster gives it among the other names.
func (r Roster) Named(m Mentions) IDs {
	texts := make([][]string, 0, len(m.Texts))
	var joined []string
	for _, t := range m.Texts {
		folded := fold(t)
		texts = append(texts, split(folded))
		joined = append(joined, unspaced(folded))
	}
	ix := r.index()
	var named IDs
	for _, addr := range m.Addresses {
		named = named.With(ix.addresses[bare(addr)]...)
		texts = append(texts, split(fold(addr)))
	}
	for _, words := range texts {
		named = named.With(ix.find(words)...)
	}
	for name, ids := range ix.unspaced {
		if slices.ContainsFunc(joined, func(t string) bool { return strings.Contains(t, name) }) {
			named = named.With(ids...)
		}
	}
	return named
}

// bare is an address without a plus part, in small letters.
func bare(addr string) string {
	user, host, _ := strings.Cut(strings.ToLower(strings.TrimSpace(addr)), "@")
	user, _, _ = strings.Cut(user, "+")
	return user + "@" + strings.TrimSuffix(host, ".")
}

// index finds people by words. It is made for one report.
type index struct {
	addresses map[string][]string // person ids by bare address
	surnames  map[string][]name   // by each word that may be a surname
	phrases   map[string][]phrase // names in full and other names, by their first word
	together  map[string][]string // ids by names run together
	unspaced  map[string][]string // ids by names in a writing without spaces
}

// phrase is a sequence of words that names somebody.
type phrase struct {
	id    string
	words []string
}

func (r Roster) index() index {
	ix := index{map[string][]string{}, map[string][]name{}, map[string][]phrase{}, map[string][]string{}, map[string][]string{}}
	for _, id := range slices.Sorted(maps.Keys(r.People)) {
		p := r.People[id]
		ix.name(id, p.Name)
		for _, also := range append(slices.Clone(p.Also), p.Address) {
			if strings.Contains(also, "@") {
				ix.addresses[bare(also)] = append(ix.addresses[bare(also)], id)
			}
			ix.phrase(id, also)
		}
	}
	return ix
}

// name takes in a name as the roster has it.
func (ix index) name(id, full string) {
	words := plain(fold(full))
	if len(words) == 0 {
		return
	}
	ix.phrase(id, strings.Join(words, " "))
	last := split(words[len(words)-1])
	given := split(strings.Join(words[:len(words)-1], " "))
	for _, part := range last {
		ix.surnames[part] = append(ix.surnames[part], name{id: id, given: given, surname: last})
	}
	for i, g := range given {
		if i > 0 && utf8.RuneCountInString(g) > 3 { // a second surname, or a second given name used as one
			ix.surnames[g] = append(ix.surnames[g], name{id: id, given: given[:i], weak: true})
		}
		for _, both := range []string{g + strings.Join(last, ""), strings.Join(last, "") + g} {
			if utf8.RuneCountInString(both) > 5 {
				ix.together[both] = append(ix.together[both], id)
			}
		}
	}
}

// phrase takes in words that name somebody when they stand together.
func (ix index) phrase(id, text string) {
	folded := fold(text)
	if t := unspaced(folded); t != "" {
		ix.unspaced[t] = append(ix.unspaced[t], id)
	}
	if words := split(folded); len(words) > 0 {
		ix.phrases[words[0]] = append(ix.phrases[words[0]], phrase{id, words})
	}
}

// unspaced are the characters of a text that belong to a writing without spaces
// between words; "" if there are fewer than two.
func unspaced(folded string) string {
	t := strings.Map(func(r rune) rune {
		if r < 0x2e80 {
			return -1
		}
		return r
	}, folded)
	if utf8.RuneCountInString(t) < 2 {
		return ""
	}
	return t
}

// find lists whoever is named in the words.
func (ix index) find(words []string) (ids []string) {
	for i, w := range words {
		for _, p := range ix.phrases[w] {
			if len(words)-i >= len(p.words) && slices.Equal(words[i:i+len(p.words)], p.words) {
				ids = append(ids, p.id)
			}
		}
		for _, n := range ix.surnames[w] {
			if n.before(words[:i]) || n.after(words[i+1:]) {
				ids = append(ids, n.id)
			}
		}
		ids = append(ids, ix.together[strings.TrimRight(w, "0123456789")]...)
	}
	return ids
}
