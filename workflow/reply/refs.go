package reply

import (
	"regexp"
	"strings"

	"dutydesk/workflow/casefile"
)

// A case as people write it, anywhere and at the beginning of what is left of a
// line. Whether there is such a case is the office's business.
var (
	mentioned = regexp.MustCompile(`(?i)\b[A-Z]{1,8}-[0-9A-Z]{3,16}\b`)
	leading   = regexp.MustCompile(`(?i)^(?:and\s+)?([A-Z]{1,8}-[0-9A-Z]{3,16})(?:[\s,;.]+|$)`)
)

// Refs are the cases that a word is said of, as in "ACK SG-7K3F9, SG-00A1B", in
// capitals, and what else stands on its line. They end with the first word that
// is none.
func (w Word) Refs() (refs []casefile.Ref, rest string) {
	rest = strings.TrimLeft(w.Text, " \t,;")
	for m := leading.FindStringSubmatch(rest); m != nil; m = leading.FindStringSubmatch(rest) {
		refs, rest = append(refs, casefile.Ref(strings.ToUpper(m[1]))), rest[len(m[0]):]
	}
	return refs, strings.TrimSpace(rest)
}

// Mentioned are the cases that a text names, in capitals, in its order.
func Mentioned(text string) (refs []casefile.Ref) {
	for _, ref := range mentioned.FindAllString(text, -1) {
		refs = append(refs, casefile.Ref(strings.ToUpper(ref)))
	}
	return refs
}
