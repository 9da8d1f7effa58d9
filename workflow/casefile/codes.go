package casefile

import (
	"fmt"
	"slices"
	"strings"
)

// The codes of DOMAIN.md section 6, as people write them.
var (
	// forms are the policy's eight, each with its second level, and "other" (6.1).
	forms = []string{
		"THR", "THR-LIFE", "THR-HARM", "THR-OUT", "SXT", "SHM", "HAR", "HAR-STK", "HAR-PIL", "HAR-EPI",
		"SEX", "SEX-CYF", "SEX-IIA", "SEX-DPF", "SEX-U18", "DEF", "DEF-FLS", "DEF-HAT", "EXC", "EXC-GRP", "EXC-CLS",
		"IMP", "IMP-FAKE", "IMP-ACC", "PRV", "PRV-DOX", "PRV-IMG", "PRV-REC", "TRL", "TRL-PUB", "TRL-LRN", "OTH", "GRM", "RAD",
	}
	channels = []string{"SMS", "MSG", "SOC", "EML", "CALL", "VID", "LMS", "GAM", "FOR", "WEB", "DAT", "AIR", "AI", "OTH"}
	ages     = []string{"U13", "13-15", "16-17", "18-24", "25+", "UNKNOWN"}
	answers  = []string{"YES", "NO", "NOT-SURE"}
	outcomes = []string{
		"ADVICE", "RESTORATIVE", "WARNING", "ACCESS_CHANGE", "COURSE_CHANGE", "SUSPEND", "EXCLUDE", "DISCIPLINARY", "NFA",
		"POLICE_NFA", "POLICE_OUTCOME", "CHILD_S17", "CHILD_S47", "ADULT_S42", "ADULT_OTHER", "CHANNEL",
		"SUBSTANTIATED", "MALICIOUS", "FALSE", "UNSUBSTANTIATED", "UNFOUNDED",
	}
)

// level1 are forms of the second level that do not begin with that of the first.
var level1 = map[string]string{"SXT": "THR", "SHM": "THR", "GRM": "OTH", "RAD": "OTH"}

// FirstLevel is the policy's own form that a form belongs to: "THR" of "THR-LIFE".
func FirstLevel(form string) string {
	if top, known := level1[form]; known {
		return top
	}
	top, _, _ := strings.Cut(form, "-")
	return top
}

// Codes lists what may follow a verb, in the order of DOMAIN.md; none where it
// takes free words.
func Codes(v Verb) []string {
	switch v {
	case Form:
		return slices.Clone(forms)
	case Channel:
		return slices.Clone(channels)
	case Age:
		return slices.Clone(ages)
	case Needs, Danger:
		return slices.Clone(answers)
	case Flag, Unflag:
		return flagCodes()
	case Refer, Heard:
		return slices.Clone(agencies)
	case Owe, NotNeeded, Block:
		return slices.Clone(obligationCodes)
	case Close:
		return slices.Clone(outcomes)
	case Party:
		return roleCodes()
	}
	return nil
}

// squeezed is a code without the marks that people write it with or without.
func squeezed(word string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune("-_ .,:;", r) {
			return -1
		}
		return r
	}, strings.ToUpper(word))
}

// exactly finds the code that a word is, in any letter case and with any marks.
func exactly(word string, codes []string) (string, bool) {
	i := slices.IndexFunc(codes, func(c string) bool { return squeezed(c) == squeezed(word) })
	if i < 0 || squeezed(word) == "" {
		return "", false
	}
	return codes[i], true
}

// codeOf reads one code; the error is ErrUnclear and names the nearest.
func codeOf(what, word string, codes []string) (string, error) {
	if c, ok := exactly(word, codes); ok {
		return c, nil
	}
	if near := nearestCode(word, codes); near != "" {
		return "", fmt.Errorf("%.40q is no %s, the nearest is %s: %w", word, what, near, ErrUnclear)
	}
	return "", fmt.Errorf("%.40q is no %s: %w", word, what, ErrUnclear)
}

// codesIn reads codes with spaces or commas between them, up to the first word
// that is none; that must be a reason.
func codesIn(what, text string, codes []string) (found IDs, rest string, err error) {
	for {
		word, _ := firstWord(text)
		if word == "" || isReason(word) {
			break
		}
		c, more, err := firstCode(what, text, codes)
		if err != nil {
			return "", "", err
		}
		found, text = found.With(c), more
	}
	if found == "" {
		return "", "", fmt.Errorf("a %s is missing: %w", what, ErrUnclear)
	}
	return found, reasonIn(text), nil
}

// firstCode reads the code that a text begins with, which may be written as up to
// three words: "safety plan". The error is that of codeOf.
func firstCode(what, text string, codes []string) (code, rest string, err error) {
	var said string
	rest = text
	for n := range 3 {
		var word string
		if word, rest = firstWord(rest); word == "" {
			break
		}
		said += " " + word
		if c, ok := exactly(said, codes); ok {
			code, text = c, rest
		} else if n == 0 {
			_, err = codeOf(what, word, codes)
		}
	}
	if code != "" {
		return code, text, nil
	}
	if err == nil {
		err = fmt.Errorf("a %s is missing: %w", what, ErrUnclear)
	}
	return "", "", err
}

// firstWord cuts the first word off a text, and the marks around it.
func firstWord(text string) (word, rest string) {
	text = strings.TrimLeft(text, " \t\r\n,;:.&")
	if i := strings.IndexAny(text, " \t\r\n,;:"); i >= 0 {
		return text[:i], text[i:]
	}
	return strings.TrimRight(text, "."), ""
}

func isReason(word string) bool { return strings.EqualFold(word, "because") }

// nearestCode is the code that takes the fewest changes to a word, "" if every
// code takes as many as half of its letters.
func nearestCode(word string, codes []string) (near string) {
	word = squeezed(word)
	least := len(word)/2 + 1
	for _, c := range codes {
		if n := edits(word, squeezed(c)); n < least {
			near, least = c, n
		}
	}
	return near
}

// edits counts the letters to change, add or drop; words over 40 letters are
// nobody's.
func edits(a, b string) int {
	if len(a) > 40 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
