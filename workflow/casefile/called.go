package casefile

import (
	"regexp"
	"slices"
	"strings"
)

// commas set the people of a list apart.
var commas = regexp.MustCompile(`(?i)\s*(?:[,;&]|\band\b)\s*`)

// Called finds the people whom text lists, each by id, name or address. It
// reports false if one of them is nobody on the roster, or more than one: no
// part of a name is guessed.
func (r Roster) Called(text string) (ids []string, ok bool) {
	for _, name := range commas.Split(strings.TrimSpace(text), -1) {
		id, ok := r.called(name)
		if !ok {
			return nil, false
		}
		ids = append(ids, id)
	}
	return ids, len(ids) > 0
}

// Whom finds the people whom text lists, "me" being the person by. Those it
// finds come also where sure is false, because one of them is nobody on the
// roster, or more than one. What goes on as a sentence, as in "Ann Lee, she is my
// aunt", is no part of the list.
func (r Roster) Whom(text, by string) (ids []string, sure bool) {
	sure = true
	for _, name := range commas.Split(strings.TrimSpace(text), -1) {
		id, ok := r.called(trimmed(name))
		if myself.MatchString(trimmed(name)) {
			id, ok = by, true
		}
		if at := sentence.FindStringIndex(name); !ok && at != nil {
			if id, ok = r.called(name[:at[0]]); !ok && len(ids) > 0 {
				return ids, sure
			}
		}
		if ok {
			ids = append(ids, id)
		}
		sure = sure && ok
	}
	return ids, sure
}

// myself is how people call themselves, and sentence begins what they say of
// somebody else.
var (
	myself   = regexp.MustCompile(`(?i)^(?:me|myself)$`)
	sentence = regexp.MustCompile(`(?i)\b(?:am|is|are|was|were|has|have|had|he|she|they|it|we|knows?|lives?|works?|since|as|who)\b`)
)

func (r Roster) called(name string) (id string, ok bool) {
	name = trimmed(name)
	for _, p := range r.People {
		if !slices.ContainsFunc([]string{p.ID, p.Name, p.Address}, func(s string) bool { return s != "" && strings.EqualFold(s, name) }) {
			continue
		}
		if id != "" {
			return "", false
		}
		id = p.ID
	}
	return id, id != ""
}

// trimmed is a name without the marks around it.
func trimmed(name string) string { return strings.Trim(strings.TrimSpace(name), `"'<>.`) }
