package reply

import (
	"strings"
	"unicode/utf8"
)

// Marker is the line our letters ask people to write above.
const Marker = "please write above this line"

// isMarker reports whether a line holds the marker, whatever stands around it.
func isMarker(bare string) bool {
	return len(bare) >= len(Marker) && strings.Contains(strings.ToLower(bare), Marker)
}

// longest is how long a line or a folded attribution may be to be taken for
// something that a program wrote.
const longest = 400

// folds is over how many lines an attribution may be folded.
const folds = 4

// opensQuote is how many lines say that a quoted letter begins at the first of
// lines, 0 if none does. Where one begins with headers, or with a divider and no
// mark of quotation under it, all that follows is that letter: whole.
func opensQuote(lines []line) (n int, whole bool) {
	first := lines[0].bare
	switch {
	case first == "" || len(first) > longest:
		return 0, false
	case endsDivider(first) && dividers.MatchString(first):
		return 1, len(lines) == 1 || !lines[1].marked
	}
	if n := attributed(lines); n > 0 {
		return n, false
	}
	return headed(lines), true
}

// endsDivider reports whether a line may be a divider.
func endsDivider(bare string) bool {
	last, _ := utf8.DecodeLastRuneInString(bare)
	return strings.ContainsRune("-_=:\u2010\u2011\u2012\u2013\u2014\u2015", last)
}

// attributed is over how many lines an attribution is folded that begins at the
// first of lines, 0 if none does. A line that comes before an attribution is not
// part of it.
func attributed(lines []line) int {
	lines = lines[:min(folds, len(lines))]
	for end, l := range lines {
		if l.bare == "" || len(l.bare) > longest {
			return 0
		}
		if !attributes(lines[:end+1]) {
			continue
		}
		for begin := 1; begin <= end; begin++ {
			if attributes(lines[begin : end+1]) {
				return 0
			}
		}
		return end + 1
	}
	return 0
}

// attributes reports whether lines are one attribution.
func attributes(lines []line) bool {
	if last := strings.TrimRight(lines[len(lines)-1].bare, "- "); !endsAttribution(last) {
		return false
	}
	joined := lines[0].bare
	for _, l := range lines[1:] {
		joined += " " + l.bare
	}
	if joined = strings.Trim(joined, "- "); len(joined) > longest {
		return false
	}
	return attribution.MatchString(joined) ||
		written.MatchString(joined) && dated.MatchString(joined) ||
		addressed.MatchString(joined) && dated.MatchString(joined) && timed.MatchString(joined)
}

// endsAttribution reports whether a line may be the end of one.
func endsAttribution(bare string) bool {
	return strings.HasSuffix(bare, ":") || strings.HasSuffix(bare, "：") || strings.HasSuffix(bare, "wrote")
}

// headed reports, as a number of lines, whether lines begin with the headers of
// a quoted letter: its sender, and when it was sent, or three of them.
func headed(lines []line) int {
	if role, _ := header(lines[0].bare); role == "" {
		return 0
	}
	seen, n, sender := map[string]bool{}, 0, ""
	for _, l := range lines[:min(headers, len(lines))] {
		role, value := header(l.bare)
		if n++; role == "" {
			continue
		}
		seen[role] = true
		if role == "from" {
			sender = value
		}
	}
	named := strings.Contains(sender, "@") && len(seen) > 1
	if seen["from"] && (seen["sent"] || named || len(seen) > 2) {
		return n
	}
	return 0
}
