package workflow

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/reply"
)

// deeds is what one mail did, word by word.
type deeds struct {
	office              *Office
	by, arrival         string
	now                 time.Time
	out                 casefile.Outcome
	understood, changed []string
	help, closing       bool
	spent               bool // the letter's one CLOSE was used before
}

// do carries out one word. What is refused is kept as a note and said so.
func (d *deeds) do(w reply.Word, note string) {
	if w.Verb == reply.Help {
		d.help = true
		return
	}
	text := w.Text
	if w.Verb == casefile.Note && text == "" {
		return // what follows is the note
	}
	if w.Verb == casefile.Close {
		d.closing = true
		text = strings.TrimSpace(w.Text + "\n" + note)
	}
	if w.Verb == casefile.Close && text == "" {
		d.understood = append(d.understood, "CLOSE, but without a reason.")
		d.changed = append(d.changed, "Nothing. Please say in a few words why the case can be closed: CLOSE because …")
		return
	}
	if w.Verb == casefile.Close && d.spent {
		d.understood = append(d.understood, "CLOSE")
		d.changed = append(d.changed, "Nothing. A letter can be answered with CLOSE once; please answer a later letter of this case.")
		d.add(d.out.Case.Remark(d.by, "CLOSE refused, its letter was used before: "+text, d.arrival, d.office.Rules, d.now))
		return
	}
	before := d.out.Case
	out, err := d.out.Case.Obey(casefile.Command{By: d.by, Verb: w.Verb, Text: text, Arrival: d.arrival}, d.office.Rules, d.now)
	d.understood = append(d.understood, string(w.Verb))
	if err != nil {
		d.changed = append(d.changed, d.refusal(err))
		out = d.out.Case.Remark(d.by, string(w.Verb)+" refused: "+text, d.arrival, d.office.Rules, d.now)
	} else {
		d.changed = append(d.changed, change(w.Verb, d.by, before, out.Case))
	}
	d.add(out)
}

// keep files the rest of the mail as a note: what people tell us is never
// thrown away. A reason for closing is part of the closing.
func (d *deeds) keep(r reply.Reply) {
	if r.Note == "" || d.closing {
		return
	}
	out, err := d.out.Case.Obey(casefile.Command{By: d.by, Verb: casefile.Note, Text: r.Note, Arrival: d.arrival}, d.office.Rules, d.now)
	if err == nil {
		d.understood = append(d.understood, "a note")
		d.changed = append(d.changed, "Your note is kept on the case.")
		d.add(out)
	}
}

// add joins what follows from one word to what followed from those before.
func (d *deeds) add(out casefile.Outcome) {
	out.Events = append(d.out.Events, out.Events...)
	out.Notices = append(d.out.Notices, out.Notices...)
	d.out = out
}

// refusal is what a person reads when a word could not be obeyed.
func (d *deeds) refusal(err error) string {
	if errors.Is(err, casefile.ErrSamePerson) {
		return "Nothing. Closing needs a second person, and you proposed it."
	}
	var can []string
	for _, v := range d.out.Case.Legal() {
		can = append(can, string(v))
	}
	return fmt.Sprintf("Nothing. The case is %s; what can be done now: %s.", plain(d.out.Case.State), strings.Join(can, ", "))
}

// change is what a person reads when a word was obeyed.
func change(v casefile.Verb, by string, from, to casefile.Case) string {
	switch {
	case v == casefile.Note:
		return "Your note is kept on the case."
	case from.State == to.State && from.By == by:
		return "Nothing. You have taken the case already."
	case from.State == to.State:
		return "You are recorded as having taken the case too."
	case to.State == casefile.Acknowledged && from.State == casefile.CloseProposed:
		return "The case stays open."
	case to.State == casefile.Acknowledged:
		return "The case is acknowledged, by you."
	case to.State == casefile.CloseProposed:
		return "You proposed to close the case. A second person must answer CLOSE to the letter they are sent."
	}
	return "The case is closed."
}

// next says what the case waits for.
func (d *deeds) next() []string {
	switch d.out.Case.State {
	case casefile.Submitted:
		return []string{"Nobody has acknowledged this case yet. To take it, answer ACK."}
	case casefile.Acknowledged:
		return []string{"The case comes back to lead and deputy every day until it is closed."}
	case casefile.CloseProposed:
		return []string{"A second person answers CLOSE to close the case, or ACK to keep it open."}
	}
	return []string{"Nothing. What you write about a closed case is still kept."}
}

// plain is a state in words.
func plain(s casefile.State) string {
	return map[casefile.State]string{casefile.Submitted: "not acknowledged yet", casefile.Acknowledged: "acknowledged",
		casefile.CloseProposed: "waiting for a second person to close it", casefile.Closed: "closed"}[s]
}
