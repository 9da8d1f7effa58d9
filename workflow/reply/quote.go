package reply

import (
	"regexp"
	"strings"
)

// Marker is the line our letters ask people to write above.
const Marker = "please write above this line"

// openings are lines with which mail programs begin the quoted letter.
var openings = []*regexp.Regexp{
	regexp.MustCompile(`(?i)` + Marker),
	regexp.MustCompile(`(?i)^-{2,}\s*(original message|forwarded message|neges wreiddiol|ursprüngliche nachricht|message d'origine)\s*-{2,}`),
	regexp.MustCompile(`(?i)^(on|ar|am|le|w dniu|dnia)\b.{5,300}\b(wrote|ysgrifennodd|schrieb|a écrit|napisał\(a\)|napisał|napisała)\s?:\s*$`),
	regexp.MustCompile(`^_{10,}\s*$`),
}

// headerLine begins the block of headers that Outlook puts over a quoted letter.
var headerLine = regexp.MustCompile(`(?i)^\*?(from|von|de|od|oddi wrth|oddiwrth)\s?:\*?\s+\S`)

// nextHeader is a second line of such a block.
var nextHeader = regexp.MustCompile(`(?i)^\*?(sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|wysłano|do|temat|anfonwyd|at|pwnc)\s?:\*?\s+\S`)

// above returns what was written above the quoted letter, without quoted lines
// and without the signature.
func above(text string) string {
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	var kept []string
	for i, line := range lines {
		if opensQuote(lines, i) || strings.TrimRight(line, " \r") == "--" || line == "-- " {
			break
		}
		if !strings.HasPrefix(strings.TrimSpace(line), ">") {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "\n")
}

// opensQuote reports whether the quoted letter begins at line i. An attribution
// may be folded over two lines.
func opensQuote(lines []string, i int) bool {
	line := strings.TrimSpace(lines[i])
	folded := line
	if i+1 < len(lines) {
		folded += " " + strings.TrimSpace(lines[i+1])
	}
	for _, re := range openings {
		if re.MatchString(line) || len(folded) < 400 && re.MatchString(folded) && !re.MatchString(strings.TrimSpace(lines[min(i+1, len(lines)-1)])) {
			return true
		}
	}
	if !headerLine.MatchString(line) {
		return false
	}
	for _, next := range lines[i+1 : min(i+4, len(lines))] {
		if nextHeader.MatchString(strings.TrimSpace(next)) {
			return true
		}
	}
	return false
}
