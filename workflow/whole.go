package workflow

import (
	"errors"
	"strings"
)

// mostWhole is how much of a mail is kept in one line of a chronology.
const mostWhole = 16 << 10 // bytes

// errOver reports a stranger's mail to a letter about a closed case, whose
// clock stands still: it is a concern of its own.
var errOver = errors.New("a stranger writes to a closed case")

// stranger reports a mail that comes from no colleague's address.
func (o *Office) stranger(s Said) bool {
	for _, addr := range s.From {
		if _, known := o.Rules.Roster.Colleague(addr); known {
			return false
		}
	}
	return true
}

// remember writes down a mail that left no line of the chronology, or of which
// only a part could be taken for words of its writer: whole is all of it then.
func (d *deeds) remember(whole string) {
	text := strings.TrimSpace(whole)
	switch {
	case text != "":
		text = "the whole mail, also what its readers may not see: " + strings.ToValidUTF8(text[:min(len(text), mostWhole)], "")
	case len(d.out.Events) > 0:
		return
	default:
		text = "a reply without words of its own"
	}
	if d.help && whole == "" {
		text = "asked for help with the words"
	}
	d.add(d.out.Case.Remark(d.by, text, d.arrival, d.office.rules(d.now), d.now))
}
