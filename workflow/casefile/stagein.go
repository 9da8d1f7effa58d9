package casefile

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"dutydesk/workflow/sla"
)

// stageIn reads the stage that a text says was done: its name alone, or its name
// and more behind a mark or a "because". What says that it was not done is none,
// and nor is a sentence that only begins with the name.
func stageIn(text string) (sla.Stage, bool) {
	said := strings.TrimPrefix(strings.TrimSpace(fold(text)), "the ")
	for _, n := range stageNames {
		if rest, ok := after(said, n.words); ok && (set(rest) || n.stage == sla.Refer && toAgency(rest)) {
			return n.stage, !denied(rest)
		}
	}
	return "", false
}

// denied reports whether what follows a name takes it back. It looks at the next
// words only: further on, and behind a reason, people tell of other things.
func denied(rest string) bool {
	rest, _, _ = strings.Cut(rest, "because")
	fields := strings.Fields(rest)
	return denial.MatchString(strings.Join(fields[:min(4, len(fields))], " "))
}

// denial are words of which one is enough that a stage was perhaps not done.
var denial = regexp.MustCompile(`\b(?:not|never|cannot|unable|yet|will|shall|tomorrow|later|soon|follows?|pending|planned|nearly|almost|partly|half|failed)\b|n't\b`)

// after is what follows words at the beginning of a text, however they are set
// apart.
func after(text, words string) (rest string, ok bool) {
	for word := range strings.FieldsSeq(words) {
		text = strings.TrimLeft(text, " \t-_")
		if text, ok = strings.CutPrefix(text, word); !ok {
			return "", false
		}
	}
	r, _ := utf8.DecodeRuneInString(text)
	return text, !unicode.IsLetter(r) && !unicode.IsDigit(r)
}

// set reports whether what follows a name is set off from it.
func set(rest string) bool {
	rest = strings.TrimSpace(rest)
	return rest == "" || strings.ContainsAny(rest[:1], ".,:;!()-") || strings.HasPrefix(rest, "\u2013") || strings.HasPrefix(rest, "\u2014") || strings.HasPrefix(rest, "because")
}
