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

	Reasons []string `json:"reasons,omitempty"` // no-pause: for which the policy allows it
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
	didRefer    = "referred"
	didRecord   = "recorded" // casework that has no words of its own

	didTakeBefore = "taken-before"
	noReason      = "no-reason"
	wasSpent      = "spent"
	samePerson    = "same-person"
	needsLALead   = "needs-la-lead"
	wasRefused    = "refused"
	wasUnclear    = "unclear"
	needsReason   = "needs-reason"
	calmSame      = "calm-same"
	notGrave      = "not-grave"
	notDone       = "not-done"
	notTheirs     = "not-theirs"
	noPause       = "no-pause"
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
	status        bool // how the case stands was asked for
	spent         bool // the letter's one CLOSE was used before
	barred        bool // somebody was kept from the case
	unsure        bool // its sender, because it was not clear whom they meant
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
	if !d.stands(w.Verb) {
		d.unmet(w, notTheirs)
		return
	}
	switch w.Verb {
	case casefile.Exclude:
		d.bar(w, note)
	case casefile.Readmit:
		d.readmit(w, note)
	case reply.Status:
		d.asked()
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

// asked notes on the case, once, that somebody reads how it stands.
func (d *deeds) asked() {
	if !d.status {
		d.add(d.out.Case.Remark(d.by, Asked, d.arrival, d.office.rules(d.now), d.now))
	}
	d.status = true
}

// Asked is the note of a case that somebody asked by mail how it stands.
const Asked = "asked how the case stands"

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
		return slices.Contains([]string{didTake, didTakeToo, didKeepOpen, didPropose, didClose, didGrade, didCalm, didDone, didRefer, didRest, didResume, didBar, didPardon, didReadmit, didRecord}, one.Did)
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
		return Deed{Word: v, Did: calmSame}
	case errors.Is(err, casefile.ErrSamePerson):
		return Deed{Word: v, Did: samePerson}
	case errors.Is(err, casefile.ErrLALead):
		return Deed{Word: v, Did: needsLALead}
	case errors.Is(err, casefile.ErrUnclear) && v == casefile.Done:
		return Deed{Word: v, Did: notDone}
	case errors.Is(err, casefile.ErrLighter):
		return Deed{Word: v, Did: notGrave}
	case errors.Is(err, casefile.ErrUnclear):
		return Deed{Word: v, Did: wasUnclear}
	case errors.Is(err, casefile.ErrNoReason) && v == casefile.Rest:
		return Deed{Word: v, Did: noPause, Reasons: d.out.Case.PauseReasons(d.office.rules(d.now), d.now)}
	case errors.Is(err, casefile.ErrNoReason):
		return Deed{Word: v, Did: needsReason}
	}
	if did := notNow[v]; did != "" && slices.Contains(d.out.Case.Legal(), v) {
		return Deed{Word: v, Did: did}
	}
	return Deed{Word: v, Did: wasRefused, State: d.out.Case.State, Can: d.out.Case.Legal()}
}

// notNow are the ends of words that the state of a case allows and its clocks do
// not.
var notNow = map[casefile.Verb]string{casefile.Done: "not-waited", casefile.Rest: "not-pausable", casefile.Resume: "not-held"}

// owed adds to what a letter says what people owe the case next, and when it
// goes back to be taken again if nothing follows.
func (d *deeds) owed(detail Detail) Detail {
	rules := d.office.rules(d.now)
	if ds := d.out.Case.Deadlines(rules); len(ds) > 0 {
		detail.Stage, detail.Due, detail.Why = ds[0].Stage, ds[0].Due, ds[0].Why
	}
	if st, err := d.out.Case.Standing(rules, d.now); err == nil && d.out.Case.State == casefile.Acknowledged {
		detail.Back = st.Stale
	}
	return detail
}

// deedOf are the words that do the same in every state.
var deedOf = map[casefile.Verb]string{casefile.Note: didNote, casefile.Grade: didGrade, casefile.Done: didDone, casefile.Refer: didRefer, casefile.Rest: didRest, casefile.Resume: didResume}

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
	case from.State == casefile.CloseProposed && to.State != casefile.Closed:
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
