package reply

import (
	"strings"

	"dutydesk/workflow/casefile"
)

// forgive is the rule that a misspelt word was surely meant for: one slip away
// from it and from no other, and nothing grave could follow from it. nil if there
// is none.
func forgive(word string) (meant *rule) {
	for i := range grammar {
		for spelt := range strings.SplitSeq(grammar[i].spelt, "|") {
			if !near(word, spelt) {
				continue
			}
			if meant != nil && meant != &grammar[i] || !grammar[i].forgiven {
				return nil
			}
			meant = &grammar[i]
		}
	}
	return meant
}

// near reports whether a word is a slip away from how it is spelt: two letters
// swapped or, where the word is long enough that no other is so near, a letter or
// two too many, too few or wrong.
func near(word, spelt string) bool {
	switch d := distance(word, spelt); {
	case len(spelt) >= 9:
		return d <= 2
	case len(spelt) >= 6:
		return d <= 1
	default:
		return d == 1 && len(word) == len(spelt) && swapped(word, spelt)
	}
}

// swapped reports whether two words of a length have the same letters.
func swapped(a, b string) bool {
	for _, r := range a {
		if strings.Count(a, string(r)) != strings.Count(b, string(r)) {
			return false
		}
	}
	return true
}

// spellings are all words of the grammar.
func spellings() (all []string) {
	for _, r := range grammar {
		all = append(all, strings.Split(r.spelt, "|")...)
	}
	return all
}

// meant is what may be a misspelt word on a line: all of it, or its first word if
// that is in capitals or a reason follows it.
func meant(text string) string {
	word, rest, _ := strings.Cut(text, " ")
	if r, written := known(strings.Trim(word, ".,:;!")); r != nil && written == "" {
		return text
	}
	if len(word) > 2 && shouted(word) && !shouted(rest) || isBecause(rest) {
		return word
	}
	return text
}

// slip is how many letters a word may be off to be named as the nearest.
func slip(spelt string) int {
	if len(spelt) <= 4 {
		return 1
	}
	return 2
}

// surelyTakes reports whether a word is followed by what only a command is.
func (r *rule) surelyTakes(rest string) bool { return r.surely != nil && r.surely.MatchString(rest) }

// nearest finds the one of some words that a line was meant to begin with, at
// most so many letters off. A line of more than two words is a sentence, unless
// what follows is what the word takes.
func nearest(text string, among []string, most func(spelt string) int) (unknown string, near casefile.Verb) {
	if len(text) > longest {
		return "", ""
	}
	fields := strings.Fields(polite(text))
	if len(fields) == 0 {
		return "", ""
	}
	said := strings.ToLower(strings.Trim(fields[0], ".,:;!"))
	best := len(said) + 1
	for _, spelt := range among {
		if d := distance(said, spelt); d < best && d <= most(spelt) && d < len(spelt) {
			r, _ := known(spelt)
			if len(fields) > 2 && !r.surelyTakes(strings.Join(fields[1:], " ")) {
				continue
			}
			best, near, unknown = d, r.verb, text
		}
	}
	return unknown, near
}

// distance counts the letters to insert, drop, change or swap.
func distance(a, b string) int {
	if len(a) > 32 {
		return len(a)
	}
	prev2, prev := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur := make([]int, len(b)+1)
		cur[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
		}
		prev2, prev = prev, cur
	}
	return prev[len(b)]
}
