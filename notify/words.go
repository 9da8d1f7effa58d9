package notify

import (
	"slices"
	"strings"

	"dutydesk/templates"
)

// can are the words that may be said of the case now; every word there is where
// nobody says which.
func (f Facts) can() []string {
	if f.Can == nil {
		return []string{"ACK", "NOTE", "CLOSE"}
	}
	return slices.Clone(f.Can)
}

// meant is the word nearest to what was written, if it may be said now.
func (f Facts) meant() string {
	if f.Nearest == "HELP" || slices.Contains(f.can(), f.Nearest) {
		return f.Nearest
	}
	return ""
}

// either joins words: "ACK, NOTE or HELP".
func either(words []string) string {
	last := len(words) - 1
	if last == 0 {
		return words[0]
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}

// did says what a reply was taken to say, and what came of it.
func (f Facts) did(say *phrases) []templates.Section {
	return []templates.Section{
		{Heading: "What we understood", Items: f.understood(say)},
		{Heading: "What changed", Items: f.changed(say)},
	}
}

// glossary explains the words that may be said now.
func (f Facts) glossary(say *phrases) templates.Section {
	s := templates.Section{Heading: "Words you can use on the first line"}
	for _, word := range append(f.can(), "STATUS", "CONFLICT", "HELP") {
		if said := say.of("help", word, f); said != "" {
			s.Items = append(s.Items, word+": "+said)
		}
	}
	return s
}

// choice is one ready reply.
type choice struct{ label, word string }

// choices are the ready replies that make sense in each state.
var choices = map[string][]choice{
	stateOpen:          {{"Acknowledge", "ACK"}, {"Add a note", "NOTE"}},
	stateAcknowledged:  {{"Add a note", "NOTE"}, {"Ask to close", "CLOSE"}},
	stateCloseProposed: {{"Agree to close", "CLOSE"}, {"Add a note", "NOTE"}},
	stateClosed:        {{"Add a note", "NOTE"}},
}

// actions turns the choices into links. Whoever just proposed to close, and
// gets a transcript of that, is not asked to agree with themselves.
func (f Facts) actions() []templates.Action {
	if !f.answered() {
		return nil
	}
	could, known := choices[f.State]
	if !known {
		could = choices[stateClosed]
	}
	if f.Kind == StageNudge || f.Kind == StageBreach {
		could = append([]choice{{"It is done", "DONE " + strings.ReplaceAll(f.What, "-", " ")}}, could...)
	}
	var all []templates.Action
	for _, c := range could {
		link := mailto(ReplyAddress(f.ServiceAddress, f.Token), f.subject(), c.word+"\n")
		if link == "" || c.word == "CLOSE" && f.State == stateCloseProposed && f.Kind == Transcript {
			continue
		}
		all = append(all, templates.Action{Label: c.label, Word: c.word, Link: link, Primary: c.word != "NOTE" && f.State != stateAcknowledged})
	}
	return all
}
