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

// screen is the stage of the check out of hours: is this an emergency?
const screen = "out-of-hours-screen"

// closure is the stage that nobody is late for.
const closure = "closure"

// hears reports whether the person of the letter only hears of the case: a
// manager does not act on it.
func (f Facts) hears() bool { return f.Role == "manager" }

// wanted are the ready replies that what is due asks for, before all others.
// That a case can be closed is among the others.
func (f Facts) wanted() []choice {
	switch {
	case f.Ask != "":
		return []choice{{"I agree", f.Ask}}
	case f.What == screen:
		return []choice{{"It is an emergency", "GRADE S1"}, {"It is no emergency", "DONE screened"}}
	case f.Kind == Informed && !f.Due.IsZero():
		return []choice{{"I have it", "DONE la acknowledged"}}
	case (f.Kind == StageNudge || f.Kind == StageBreach) && f.What != closure:
		return []choice{{"It is done", "DONE " + f.doing()}}
	}
	return nil
}

// doing is what is due as it is said behind DONE.
func (f Facts) doing() string { return strings.ReplaceAll(f.What, "-", " ") }

// reply says with which words to answer once what is due is done.
func (f Facts) reply(say *phrases) string {
	if f.hears() {
		return say.write("answer hears", f)
	}
	return say.first("answer", f.What, struct{ Done string }{f.doing()})
}

// ended is a sentence with its mark.
func ended(said string) string {
	if said == "" || strings.ContainsAny(said[len(said)-1:], ".?!") {
		return said
	}
	return said + "."
}

// actions turns the choices into links. Whoever just proposed to close, and
// gets a transcript of that, is not asked to agree with themselves.
func (f Facts) actions() []templates.Action {
	if !f.answered() || f.hears() {
		return nil
	}
	could, known := choices[f.State]
	if !known {
		could = choices[stateClosed]
	}
	var all []templates.Action
	for _, c := range append(f.wanted(), could...) {
		link := mailto(ReplyAddress(f.ServiceAddress, f.Token), f.subject(), c.word+"\n")
		if link == "" || c.word == "CLOSE" && f.State == stateCloseProposed && f.Kind == Transcript {
			continue
		}
		all = append(all, templates.Action{Label: c.label, Word: c.word, Link: link, Primary: c.word != "NOTE" && f.State != stateAcknowledged})
	}
	return all
}
