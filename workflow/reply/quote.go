package reply

import (
	"regexp"
	"strings"
)

// Marker is the line our letters ask people to write above.
const Marker = "please write above this line"

// dividers are whole lines with which mail programs begin the quoted letter.
var dividers = regexp.MustCompile(`(?i)` + Marker + `|^_{10,}$` +
	// Outlook, Samsung, Thunderbird: ----- Original Message -----
	`|^-{2,}\s*(original message|forwarded message|neges wreiddiol|ursprüngliche nachricht|weitergeleitete nachricht` +
	`|message d.origine|message original|message transféré|(wiadomość )?oryginalna( wiadomość)?|przekazana wiadomość)\s*-{2,}$` +
	// Apple Mail
	`|^(begin forwarded message|anfang der weitergeleiteten nachricht|début du message réexpédié|początek przekazywanej wiadomości)\s?:$`)

// attributions say who wrote the quoted letter, and when. They may be folded
// over several lines.
var attributions = regexp.MustCompile(`(?i)^(?:` + strings.Join([]string{
	`on\b.*\d.*\bwrote\s?:`,
	`ar\b.*\d.*\bysgrifennodd\b.*:`,
	`am\b.*\d.*\bschrieb\b.*:`,
	`le\b.*\d.*\ba écrit\s?:`,
	`(w dniu|dnia|pon|wt|śr|czw|pt|sob|niedz)\b.*\d.*\b(napisał|napisała|napisał\(a\)|pisze)\s?:`,
	`(wiadomość napisana przez)\b.*\d.*:`,
	`\d{4}-\d\d-\d\d\b.*<\S+@\S+>\s?:`,
}, "|") + `)$`)

// folds is over how many lines an attribution may be folded, and foldedMax how
// long it may be then.
const (
	folds     = 4
	foldedMax = 400
)

// headerLine begins the block of headers that Outlook puts over a quoted letter.
var headerLine = regexp.MustCompile(`(?i)^(from|von|de|od|oddi wrth|oddiwrth)\s?:\s*\S`)

// nextHeader is a second line of such a block.
var nextHeader = regexp.MustCompile(`(?i)^(sent|date|to|subject|gesendet|datum|an|betreff|envoyé|à|objet|wysłano|wysłane|data|do|temat|anfonwyd|dyddiad|at|pwnc)\s?:\s*\S`)

// device is a line that a phone or program signs with.
var device = regexp.MustCompile(`(?i)^(sent from (my|outlook|mail|yahoo|samsung|proton)|get outlook for |anfonwyd o(’r|'r| fy| f’| f')|` +
	`von meinem .* gesendet$|gesendet (von|mit) (outlook|meinem|der)|(envoyé|envoye) (de|depuis) |(wysłane|wysłano) (z|ze) )`)

// banner is a line that mail servers put above what comes from outside.
var banner = regexp.MustCompile(`(?i)^\W*(\[?external\]?|caution|warning|rhybudd)\b.*\b(e-?mail|message|sender|organi[sz]ation|council|ebost)\b` +
	`|^\W*(this|the) (e-?mail|message|sender) (originated|came|comes|is|was sent)\b.*\b(outside|external)\b` +
	`|^\W*(please )?(do not|don.t) (click|open)\b.*\b(links?|attachments?)\b`)

// odd are characters that look like a space, or like nothing.
var odd = strings.NewReplacer("\u00a0", " ", "\u202f", " ", "\u2007", " ", "\u3000", " ", "\u200b", "", "\u200e", "", "\u200f", "", "\ufeff", "")

// above returns the lines that were written above the quoted letter, without
// quoted lines, without the signature and without what machines add.
func above(text string) []string {
	text = odd.Replace(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n"))
	lines := strings.Split(text, "\n")
	var kept []string
	for i, line := range lines {
		if bare := strings.TrimSpace(line); bare == "--" || opensQuote(lines[i:]) {
			break
		} else if !strings.HasPrefix(bare, ">") {
			kept = append(kept, line)
		}
	}
	return trim(kept)
}

// trim takes off what servers put above a mail and what devices put below.
func trim(lines []string) []string {
	for len(lines) > 0 && skips(lines[0], banner) {
		lines = lines[1:]
	}
	for len(lines) > 0 && skips(lines[len(lines)-1], device) {
		lines = lines[:len(lines)-1]
	}
	return lines
}

func skips(line string, re *regexp.Regexp) bool {
	line = strings.TrimSpace(line)
	return line == "" || len(line) < foldedMax && re.MatchString(line)
}

// opensQuote reports whether the quoted letter begins at the first of lines.
func opensQuote(lines []string) bool {
	line := unmarked(lines[0])
	if line == "" {
		return false
	}
	return dividers.MatchString(line) || attributed(lines) || headed(line, lines[1:])
}

// unmarked is a line without the marks of bold type and the space around it.
func unmarked(line string) string { return strings.Trim(strings.ReplaceAll(line, "*", ""), " \t") }

// attributed reports whether an attribution begins at the first of lines and
// ends with it or one of the next. A line that comes before an attribution is
// not part of it.
func attributed(lines []string) bool {
	lines = lines[:min(folds, len(lines))]
	for end := range lines {
		if unmarked(lines[end]) == "" {
			return false
		}
		if !attributes(lines[:end+1]) {
			continue
		}
		for begin := 1; begin <= end; begin++ {
			if attributes(lines[begin : end+1]) {
				return false
			}
		}
		return true
	}
	return false
}

// attributes reports whether lines are one attribution.
func attributes(lines []string) bool {
	if !strings.HasSuffix(unmarked(lines[len(lines)-1]), ":") {
		return false
	}
	joined := unmarked(lines[0])
	for _, line := range lines[1:] {
		joined += " " + unmarked(line)
	}
	return len(joined) < foldedMax && attributions.MatchString(joined)
}

// headed reports whether line and one of the next are headers of a quoted
// letter.
func headed(line string, next []string) bool {
	if !headerLine.MatchString(line) {
		return false
	}
	for _, line := range next[:min(3, len(next))] {
		if nextHeader.MatchString(unmarked(line)) {
			return true
		}
	}
	return false
}
