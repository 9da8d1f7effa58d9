package reply

import (
	"regexp"
	"strings"

	"dutydesk/workflow/casefile"
)

// Reading is what a mail says, told apart.
type Reading struct {
	Text      string // what the sender wrote for this mail, commands and all
	Signature string // their farewell with their name and post, and their device's
	Quoted    string // what was written before

	Commands []Command     // in the order written; empty if the first line is none
	Note     string        // the rest of what was said, with the farewell and with what may have been said
	Unknown  string        // the first line, if it was meant as a word and is none
	Nearest  casefile.Verb // the word it is nearest to
}

// Read reads the text of a mail: first lines as commands, one a line, until the
// first line that is none. A word that is misspelt is forgiven if nothing grave
// could follow from it, and never taken for a grave one. Quoted text never is a
// command.
func Read(text string) Reading {
	s := sorted(text)
	all := s.pieces(0)
	r := Reading{Text: Only(all, Said), Signature: Only(all, Closing, Signed), Quoted: Only(all, Under, Quoted), Commands: s.commands()}
	note := 0
	for _, c := range r.Commands {
		note = c.end
	}
	if r.Note = s.note(note); note == 0 {
		first := s.first()
		if r.Unknown, r.Nearest = nearest(meant(first), spellings(), slip); r.Unknown != "" {
			r.Unknown = first
		}
	}
	return r
}

// note is what was said, or may have been, from a line on.
func (s *sorting) note(from int) string {
	return strings.TrimSpace(odd.Replace(Only(s.pieces(from), Said, Closing, Under)))
}

// mostCommands is how many commands one mail can give: more are a note.
const mostCommands = 1000

// commands are the first lines of what was said, until the first that is none.
func (s *sorting) commands() (all []Command) {
	begin, end := s.opening()
	for i := s.greeted(begin, end); i < end && len(all) < mostCommands; i++ {
		if s.lines[i].blank() {
			continue
		}
		c, ok := command(s.lines[i].said())
		if !ok {
			break
		}
		c.end = i + 1
		all = append(all, c)
	}
	return all
}

// said is what stands on a line, without characters that nobody sees.
func (l line) said() string { return strings.TrimSpace(odd.Replace(l.raw)) }

// greeting is a line that says nothing but hello.
var greeting = regexp.MustCompile(`(?i)^(hi|hiya|hello|dear|good (morning|afternoon|evening)|helo|shwmae|annwyl|bore da|prynhawn da|hallo|guten|bonjour|cześć|dzień dobry)\b[^.?!:]{0,40}[,.!]?$`)

// greeted is the first line after a greeting, or the first.
func (s *sorting) greeted(begin, end int) int {
	if begin == end || len(s.lines[begin].bare) > longest {
		return begin
	}
	hello := s.lines[begin].said()
	if _, ok := command(hello); ok || !greeting.MatchString(hello) {
		return begin
	}
	return begin + 1
}

// first is the first line that says more than hello.
func (s *sorting) first() string {
	begin, end := s.opening()
	for i := s.greeted(begin, end); i < end; i++ {
		if !s.lines[i].blank() {
			return s.lines[i].said()
		}
	}
	return ""
}
