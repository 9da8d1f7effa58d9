package reply

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"dutydesk/workflow/casefile"
)

// command reads one line. A word in small letters must stand alone, be set off
// by a mark or be followed by what it takes, so that "close to tears" and "hold
// on a moment" are no commands; a part of a longer word, as in "close-knit", is
// none, and a question is none.
func command(text string) (Command, bool) {
	if len(text) > longestCommand {
		return Command{}, false
	}
	text = polite(text)
	word, rest := head(text)
	r, written := known(word)
	if r == nil || goesOn(rest) || strings.Contains(text, "?") && r.verb != UpdateReporter {
		return Command{}, false
	}
	rest = strings.TrimSpace(rest)
	argument := polite(strings.TrimLeft(rest, ".,:;!-\u2013\u2014 "))
	c := Command{Verb: r.verb, Argument: argument, Written: written}
	fits := r.read(&c)
	if argument == "" || fits == surely {
		return c, true
	}
	shout := word == strings.ToUpper(word) && (fits == maybe && r.verb != casefile.Refer || r.loud || !shouted(rest))
	marked := strings.IndexAny(rest, r.marks()) == 0 && !r.strict
	return c, written == "" && (shout && (fits != no || !r.strict || r.asks) || marked || isBecause(rest))
}

// longestCommand is how many bytes a command may be long: a line that is longer
// is a letter.
const longestCommand = 4000

// head is the word that a line begins with, and what follows it.
func head(text string) (word, rest string) {
	for _, two := range []string{"not-needed", "not needed", "not_needed"} {
		if len(text) >= len(two) && strings.EqualFold(text[:len(two)], two) {
			return text[:len(two)], text[len(two):]
		}
	}
	end := strings.IndexFunc(text, func(r rune) bool { return !isLetter(r) })
	if end < 0 {
		end = len(text)
	}
	return text[:end], text[end:]
}

// marks set a word off from what follows. A comma does not set off a close:
// "close, but not in time" is none.
func (r *rule) marks() string {
	if r.verb == casefile.Close {
		return ".:;!-\u2013\u2014"
	}
	return ".,:;!-\u2013\u2014"
}

// shouted reports whether text is in capitals throughout, as "CLOSE FRIENDS
// TOLD ME" goes on.
func shouted(text string) bool {
	return text == strings.ToUpper(text) && text != strings.ToLower(text)
}

// goesOn reports whether rest is more of the word before it: a letter or digit,
// or a sign inside words that one follows without a space.
func goesOn(rest string) bool {
	r, n := utf8.DecodeRuneInString(rest)
	if strings.ContainsRune("-\u2010\u2011'\u2019/_@&+", r) {
		r, _ = utf8.DecodeRuneInString(rest[n:])
	}
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r))
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

func isBecause(rest string) bool { return strings.HasPrefix(strings.ToLower(rest), "because") }

// polite takes marks and courtesies off both ends of a line.
func polite(line string) string {
	line = strings.Trim(line, " \t'\"*_\u2018\u2019\u201c\u201d\u00a0")
	for _, c := range []string{"please", "thanks", "thank you", "many thanks", "ok", "hi"} {
		if rest, ok := cutFold(line, c); ok {
			line = rest
		}
	}
	return line
}

// cutFold takes a courtesy off the beginning or the end of line, where it
// stands as a word of its own.
func cutFold(line, c string) (string, bool) {
	if n := len(c); len(line) > n && strings.EqualFold(line[:n], c) && strings.IndexAny(line[n:], " ,.!") == 0 {
		return strings.TrimLeft(line[n:], " ,.!"), true
	}
	trimmed := strings.TrimRight(line, " ,.!")
	if n := len(trimmed) - len(c); n > 0 && strings.EqualFold(trimmed[n:], c) && trimmed[n-1] == ' ' {
		return strings.TrimRight(trimmed[:n], " ,"), true
	}
	return line, false
}
