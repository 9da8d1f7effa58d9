// Package reply reads what a person wrote above the quoted letter and finds the
// commands in it.
//
// It knows words and quoting. It must never know who wrote, whether they may,
// or what a command does: permission is the office's business.
package reply

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dutydesk/workflow/casefile"
)

// Help is the word that asks for the words. It moves nothing.
const Help casefile.Verb = "HELP"

// Word is one command as it was written.
type Word struct {
	Verb casefile.Verb
	Text string // what followed the word on its line
}

// Reply is what a person said.
type Reply struct {
	Words   []Word        // in the order written; empty if the first line is no command
	Note    string        // the rest above the quote, always kept
	Unknown string        // the first line, if it was meant as a word and is none
	Nearest casefile.Verb // the word it is nearest to
}

// Parse reads first lines as commands, one a line, until the first line that is
// none. The rest above the quote is a note. It never guesses a command, and
// quoted text never is one.
func Parse(text string) Reply {
	lines := above(text)
	var r Reply
	i := greeted(lines)
	for ; i < len(lines); i++ {
		line := strings.TrimSpace(lines[i])
		if line == "" {
			continue
		}
		w, ok := word(line)
		if !ok {
			break
		}
		r.Words = append(r.Words, w)
	}
	r.Note = strings.TrimSpace(strings.Join(lines[i:], "\n"))
	if len(r.Words) == 0 && i < len(lines) {
		r.Unknown, r.Nearest = nearest(strings.TrimSpace(lines[i]))
	}
	return r
}

// greeting is a line that says nothing but hello.
var greeting = regexp.MustCompile(`(?i)^(hi|hiya|hello|dear|good (morning|afternoon|evening)|helo|shwmae|annwyl|bore da|prynhawn da|hallo|guten|bonjour|cześć|dzień dobry)\b[^.?!:]{0,40}[,.!]?$`)

// greeted is where the commands begin: after a greeting, if a command follows.
func greeted(lines []string) int {
	said := false
	for i, line := range lines {
		line = strings.TrimSpace(line)
		switch {
		case line == "":
		case said:
			if _, ok := word(line); ok {
				return i
			}
			return 0
		case !greeting.MatchString(line):
			return 0
		default:
			said = true
		}
	}
	return 0
}

// words are the commands and what people write for them.
var words = map[string]casefile.Verb{
	"ack": casefile.Acknowledge, "acknowledge": casefile.Acknowledge,
	"note": casefile.Note, "close": casefile.Close, "help": Help,
	"grade": casefile.Grade, "done": casefile.Done, "hold": casefile.Rest, "resume": casefile.Resume,
	"refer": casefile.Refer, "conflict": casefile.Exclude, "unconflict": casefile.Readmit,
}

// word reads one line. A word in small letters must stand alone, be set off by a
// mark or be followed by what it takes, as in "done triage", so that "close to tears" is no command; a part of a longer word,
// as in "close-knit", is none, and a question is none.
func word(line string) (Word, bool) {
	line = polite(line)
	end := strings.IndexFunc(line, func(r rune) bool { return !isLetter(r) })
	if end < 0 {
		end = len(line)
	}
	first, rest := line[:end], strings.TrimSpace(line[end:])
	verb, known := words[strings.ToLower(first)]
	shout := first == strings.ToUpper(first) && (verb != casefile.Close && verb != casefile.Refer || !shouted(rest))
	marked := rest == "" || isBecause(rest) || strings.IndexAny(rest, marks(verb)) == 0 || verb == casefile.Acknowledge && onlyRefs(rest) || casefile.Takes(verb, rest)
	if !known || goesOn(line[end:]) || !(shout || marked) || strings.Contains(line, "?") {
		return Word{}, false
	}
	return Word{Verb: verb, Text: polite(strings.TrimLeft(rest, ".,:;!-\u2013\u2014 "))}, true
}

// marks set a word off from what follows. A comma does not set off a close:
// "close, but not in time" is none.
func marks(v casefile.Verb) string {
	switch v {
	case casefile.Close:
		return ".:;!-\u2013\u2014"
	case casefile.Refer: // "refer: my last mail"
		return ""
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
	low := strings.ToLower(line)
	if rest, ok := strings.CutPrefix(low, c); ok && strings.IndexAny(rest, " ,.!") == 0 {
		return strings.TrimLeft(line[len(c):], " ,.!"), true
	}
	trimmed := strings.TrimRight(low, " ,.!")
	if rest, ok := strings.CutSuffix(trimmed, c); ok && strings.HasSuffix(rest, " ") {
		return strings.TrimRight(line[:len(rest)], " ,"), true
	}
	return line, false
}

// spellings are the words that a misspelt one may have been meant to be.
var spellings = []string{"ack", "acknowledge", "note", "close", "help", "grade", "done", "hold", "resume", "refer", "conflict", "unconflict"}

// nearest finds the word that a line was meant to begin with. A line of more than
// two words is a sentence, unless the first is shouted or followed by what it
// takes.
func nearest(line string) (unknown string, near casefile.Verb) {
	fields := strings.Fields(polite(line))
	if len(fields) == 0 {
		return "", ""
	}
	first := strings.Trim(fields[0], ".,:;!")
	said, best := strings.ToLower(first), 3
	for _, w := range spellings {
		if d := distance(said, w); d < best && d <= min(2, len(w)/3) && (len(fields) <= 2 || meant(words[w], first, fields[1:])) {
			best, near, unknown = d, words[w], line
		}
	}
	return unknown, near
}

// meant reports whether a long line is a command but for the spelling of its
// first word.
func meant(v casefile.Verb, first string, rest []string) bool {
	text := strings.Join(rest, " ")
	return len(first) > 2 && shouted(first) && !shouted(text) || isBecause(text) || casefile.Takes(v, text)
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
