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

func (r Roster) called(name string) (id string, ok bool) {
	name = strings.Trim(strings.TrimSpace(name), `"'<>.`)
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
