package workflow

import (
	"errors"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/reply"
)

// Deed is one word of a mail and what came of it, in codes: the letter that
// answers has the words.
type Deed struct {
	Word  casefile.Verb   `json:"word"` // "" for the rest of the mail, kept as a note
	Did   string          `json:"did"`
	State casefile.State  `json:"state,omitempty"` // refused: the state that did not allow it
	Can   []casefile.Verb `json:"can,omitempty"`   // refused: what could be said instead
	Refs  []casefile.Ref  `json:"refs,omitempty"`  // of an answer to a list: the cases it came to
}

// What can come of a word. Those of the second group moved nothing; of the third,
// nor did an answer to a list.
const (
	didNote     = "noted"
	didTake     = "taken"
	didTakeToo  = "taken-too"
	didKeepOpen = "kept-open"
	didPropose  = "proposed"
	didClose    = "closed"
	didGrade    = "graded"
	didDone     = "done"
	didRest     = "held"
	didResume   = "resumed"
	didCalm     = "calm-proposed"
	didBar      = "barred"
	didPardon   = "readmit-proposed"
	didReadmit  = "readmitted"
	didRecord   = "recorded" // casework that has no words of its own

	didTakeBefore = "taken-before"
	noReason      = "no-reason"
	wasSpent      = "spent"
	samePerson    = "same-person"
	wasRefused    = "refused"
	wasUnclear    = "unclear"
	needsReason   = "needs-reason"
	unknownPerson = "unknown-person"
	readmitSame   = "readmit-same"
	notBarred     = "not-barred"

	notListed = "not-listed" // or not theirs to take
	tooMany   = "too-many"
	listOnly  = "list-only" // a word that cannot be said of a list
)

// deeds is what one mail did, word by word.
type deeds struct {
	office        *Office
	by, arrival   string
	now           time.Time
	out           casefile.Outcome
	did           []Deed
	help, closing bool
	spent         bool // the letter's one CLOSE was used before
	barred        bool // somebody was kept from the case
}

// do carries out one word. What is refused is kept as a note and said so.
func (d *deeds) do(w reply.Word, note string) {
	if w.Verb == reply.Help {
		d.help = true
		return
	}
	if d.gone() {
		d.unmet(w, wasRefused)
		return
	}
	switch w.Verb {
	case casefile.Exclude:
		d.bar(w, note)
	case casefile.Readmit:
		d.readmit(w, note)
	default:
		d.move(w, note)
	}
}

// move carries out a word that the case itself knows.
func (d *deeds) move(w reply.Word, note string) {
	text := w.Text
	if w.Verb == casefile.Note && text == "" {
		return // what follows is the note
	}
	if w.Verb == casefile.Close {
		d.closing, text = true, reason(w, note)
	}
	if (w.Verb == casefile.Grade || w.Verb == casefile.Rest) && note != "" && !strings.Contains(strings.ToLower(text), "because") {
		d.closing, text = true, strings.TrimSpace(w.Text+"\nbecause "+note)
	}
	if w.Verb == casefile.Close && text == "" {
		d.say(Deed{Word: w.Verb, Did: noReason})
		return
	}
	if w.Verb == casefile.Close && d.spent {
		d.say(Deed{Word: w.Verb, Did: wasSpent})
		d.add(d.out.Case.Remark(d.by, "CLOSE refused, its letter was used before: "+text, d.arrival, d.office.rules(d.now), d.now))
		return
	}
	before := d.out.Case
	out, err := d.out.Case.Obey(casefile.Command{By: d.by, Verb: w.Verb, Text: text, Arrival: d.arrival}, d.office.rules(d.now), d.now)
	if err != nil {
		d.say(d.refusal(w.Verb, err))
		out = d.out.Case.Remark(d.by, string(w.Verb)+" refused: "+text, d.arrival, d.office.rules(d.now), d.now)
	} else {
		d.say(Deed{Word: w.Verb, Did: change(w.Verb, d.by, before, out.Case)})
	}
	d.add(out)
}

// reason is why somebody closes a case: what they wrote beside the word and
// below it.
func reason(w reply.Word, note string) string { return strings.TrimSpace(w.Text + "\n" + note) }

// closes reports whether a word proposes to close the case, or closes it: only
// that uses up its letter.
func (d *deeds) closes(w reply.Word, note string) bool {
	if w.Verb != casefile.Close || reason(w, note) == "" {
		return false
	}
	_, err := d.out.Case.Obey(casefile.Command{By: d.by, Verb: w.Verb, Text: reason(w, note)}, d.office.rules(d.now), d.now)
	return err == nil
}

func (d *deeds) say(one Deed) { d.did = append(d.did, one) }

// moved reports whether any word changed the case.
func (d *deeds) moved() bool {
	return slices.ContainsFunc(d.did, func(one Deed) bool {
		return slices.Contains([]string{didTake, didTakeToo, didKeepOpen, didPropose, didClose, didGrade, didDone, didRest, didResume, didBar, didPardon, didReadmit, didRecord}, one.Did)
	})
}

// keep files the rest of the mail as a note: what people tell us is never
// thrown away. The reason for a word is part of the word.
func (d *deeds) keep(r reply.Reply) {
	if r.Note == "" || d.closing {
		return
	}
	out, err := d.out.Case.Obey(casefile.Command{By: d.by, Verb: casefile.Note, Text: r.Note, Arrival: d.arrival}, d.office.rules(d.now), d.now)
	if err == nil {
		d.say(Deed{Did: didNote})
		d.add(out)
	}
}

// add joins what follows from one word to what followed from those before.
func (d *deeds) add(out casefile.Outcome) {
	out.Events = append(d.out.Events, out.Events...)
	out.Notices = append(d.out.Notices, out.Notices...)
	d.out = out
}

// refusal is why a word could not be obeyed.
func (d *deeds) refusal(v casefile.Verb, err error) Deed {
	switch {
	case errors.Is(err, casefile.ErrSamePerson) && v == casefile.Grade:
		return Deed{Word: v, Did: didCalm}
	case errors.Is(err, casefile.ErrSamePerson):
		return Deed{Word: v, Did: samePerson}
	case errors.Is(err, casefile.ErrUnclear):
		return Deed{Word: v, Did: wasUnclear}
	case errors.Is(err, casefile.ErrNoReason):
		return Deed{Word: v, Did: needsReason}
	}
	return Deed{Word: v, Did: wasRefused, State: d.out.Case.State, Can: d.out.Case.Legal()}
}

// deedOf are the words that do the same in every state.
var deedOf = map[casefile.Verb]string{casefile.Note: didNote, casefile.Grade: didGrade, casefile.Done: didDone, casefile.Rest: didRest, casefile.Resume: didResume}

// change is what a word did that was obeyed.
func change(v casefile.Verb, by string, from, to casefile.Case) string {
	if did, ok := deedOf[v]; ok {
		if v == casefile.Grade && to.Grading != "" && to.Severity == from.Severity {
			return didCalm
		}
		return did
	}
	switch {
	case from.State == to.State && from.By == by:
		return didTakeBefore
	case from.State == to.State:
		return didTakeToo
	case to.State == casefile.Acknowledged && from.State == casefile.CloseProposed:
		return didKeepOpen
	case to.State == casefile.Acknowledged:
		return didTake
	case to.State == casefile.CloseProposed:
		return didPropose
	case to.State != casefile.Closed:
		return didRecord
	}
	return didClose
}
