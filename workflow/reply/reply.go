// Package reply reads what a person wrote above the quoted letter and finds the
// commands in it.
//
// It knows words and quoting. It must never know who wrote, whether they may,
// or what a command does: permission is the office's business.
package reply

import (
	"slices"
	"strings"

	"dutydesk/workflow/casefile"
)

// Word is one command as it was written.
type Word struct {
	Verb casefile.Verb
	Text string // what followed the word on its line
}

// Reply is what a person said, as far as the office carries it out.
type Reply struct {
	Words   []Word        // in the order written; empty if the first line is no command
	Note    string        // the rest of what was said, always kept
	Unknown string        // the first line, if it was meant as a word and is none
	Nearest casefile.Verb // the word it is nearest to
}

// obeyed are the verbs that the office carries out, and offered the words that
// it names to somebody who missed one. What else the grammar has is a note to it.
var (
	obeyed = []casefile.Verb{casefile.Acknowledge, casefile.Note, casefile.Close, Help, casefile.Grade, casefile.Done, casefile.Rest, casefile.Resume,
		casefile.Refer, casefile.Exclude, casefile.Readmit, Status}
	offered = []string{"ack", "acknowledge", "note", "close", "help", "grade", "done", "hold", "resume", "refer", "conflict", "unconflict", "status"}
)

// Parse reads first lines as commands, one a line, until the first line that is
// none. The rest of what was said is a note. It never guesses a command, and
// quoted text never is one.
func Parse(text string) Reply {
	s := sorted(text)
	var r Reply
	note := 0
	for _, c := range s.commands() {
		if c.Written != "" || !slices.Contains(obeyed, c.Verb) {
			break
		}
		r.Words, note = append(r.Words, Word{c.Verb, c.Argument}), c.end
	}
	r.Note = s.note(note)
	if first, _, _ := strings.Cut(r.Note, "\n"); len(r.Words) == 0 {
		r.Unknown, r.Nearest = nearest(meant(strings.TrimSpace(first)), offered, func(string) int { return 2 })
	}
	return r
}
