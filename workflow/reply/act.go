package reply

import (
	"slices"
	"strings"

	"dutydesk/workflow/casefile"
)

// Act reads one command as somebody at a keyboard writes it: a verb of the case
// file first, in any letter case and with a hyphen or a space inside, and all
// that follows is its text. ok is false where it begins with none; near is the
// verb that was perhaps meant.
func Act(said string) (w Word, near casefile.Verb, ok bool) {
	said = strings.TrimSpace(said)
	verbs := casefile.Acts()
	slices.SortFunc(verbs, func(a, b casefile.Verb) int { return len(b) - len(a) }) // "NOT-SAFEGUARDING" before a shorter one
	for _, v := range verbs {
		if rest, begins := verbFirst(said, string(v)); begins {
			return Word{Verb: v, Text: strings.TrimLeft(rest, ".,:;!-\u2013\u2014 \t")}, "", true
		}
	}
	word, _, _ := strings.Cut(said, " ")
	least := 3
	for _, v := range verbs {
		if d := distance(strings.ToLower(word), strings.ToLower(string(v))); d < least {
			near, least = v, d
		}
	}
	return Word{}, near, false
}

// verbFirst cuts a verb off the beginning of what was said.
func verbFirst(said, verb string) (rest string, ok bool) {
	if len(said) < len(verb) || !strings.EqualFold(strings.ReplaceAll(said[:len(verb)], " ", "-"), verb) || goesOn(said[len(verb):]) {
		return "", false
	}
	return said[len(verb):], true
}
