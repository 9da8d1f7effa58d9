package demo

import (
	"fmt"
	"iter"
	"strings"
	"time"

	"dutydesk/cmd/internal/app"
)

// line writes what happens now; at, what happened at t.
func (s *script) line(format string, args ...any) { s.at(s.Clock.Now(), format, args...) }

func (s *script) at(t time.Time, format string, args ...any) {
	fmt.Fprintf(s.out, "%s  %s\n", s.clock(t), fmt.Sprintf(format, args...))
}

// quote writes lines of a mail below the line before.
func (s *script) quote(first string, rest ...string) {
	for _, l := range append([]string{first}, rest...) {
		for piece := range wrapped(l, 84) {
			fmt.Fprintf(s.out, "       | %s\n", piece)
		}
	}
}

// clock is the time of day as the people of the story read it.
func (s *script) clock(t time.Time) string { return t.In(s.zone).Format("15:04") }

// who is a person by name and seat.
func (s *script) who(id string) string {
	p, ok := s.Council.Person(id)
	if !ok {
		return id
	}
	return fmt.Sprintf("%s (%s)", p.Name, p.Seat)
}

// chronology ends the transcript with the case's own words.
func (s *script) chronology(b app.Books) {
	fmt.Fprintf(s.out, "\nThe chronology of %s, as it is kept:\n", s.ref)
	for _, e := range b.Events {
		fmt.Fprintf(s.out, "%s  %-10s %-8s %s\n", s.clock(e.At), e.Verb, e.By, e.Text)
	}
	fmt.Fprintf(s.out, "\n%d facts were checked and hold; %d letters went, none of them with evidence.\n", s.facts, len(b.Letters))
}

// firstLines are the first n lines with words in them.
func firstLines(text string, n int) (lines []string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" && len(lines) < n {
			lines = append(lines, l)
		}
	}
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}

// wrapped cuts a line between words so that no piece is longer than width, but
// for a word that is.
func wrapped(line string, width int) iter.Seq[string] {
	return func(yield func(string) bool) {
		for len(line) > width {
			cut := strings.LastIndexByte(line[:width+1], ' ')
			if cut <= 0 {
				break
			}
			if !yield(line[:cut]) {
				return
			}
			line = line[cut+1:]
		}
		yield(line)
	}
}
