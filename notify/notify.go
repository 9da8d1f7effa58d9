// Package notify writes the letters that tell people what was decided.
//
// It knows the kinds of letter, how much of a report each may show, and how a
// case stays one conversation in a mail program. It must never know where
// facts are kept, how a letter is sent, whether it was sent before, or what
// time it is now: everything comes in as [Facts], and the same facts always
// make the same [Letter].
package notify

import (
	"errors"
	"fmt"
	"sync"

	"dutydesk/templates"
)

// Marker is the line in every letter above which a reply is read.
const Marker = "-- please write above this line --"

// Language is the language of every letter (RFC 5646).
const Language = "en-GB"

// ErrFacts reports facts that no letter can be made of. Trying again with the
// same facts is of no use.
var ErrFacts = errors.New("not enough to write a letter from")

// words are parsed once, as a compiled pattern is.
var words = sync.OnceValues(templates.ParseLetters)

// Compose writes the letter f asks for. The reporter's own words, the names of
// files, and the reasons people gave appear only if f.Words is set; the
// subject and every header but To are free of personal data always. The error
// wraps [ErrFacts] and names no person.
func Compose(f Facts) (Letter, error) {
	if err := f.check(); err != nil {
		return Letter{}, fmt.Errorf("compose %s: %w", f.Kind, err)
	}
	set, err := words()
	if err != nil {
		return Letter{}, fmt.Errorf("compose %s: %w", f.Kind, err)
	}
	f = f.clean()
	page, err := f.page(set)
	if err != nil {
		return Letter{}, fmt.Errorf("compose %s: %w", f.Kind, err)
	}
	l := f.envelope()
	if l.Text, err = set.Text(page); err != nil {
		return Letter{}, fmt.Errorf("compose %s: %w", f.Kind, err)
	}
	if len(f.Items) > mostInHTML {
		return l, nil
	}
	if l.HTML, err = set.HTML(page); err != nil {
		return Letter{}, fmt.Errorf("compose %s: %w", f.Kind, err)
	}
	return l, nil
}
