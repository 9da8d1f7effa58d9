package workflow

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/reply"
)

// tokenLife is how long a letter may be answered with authority (T1).
const tokenLife = 14 * 24 * time.Hour

// helpADay is how many help answers a person gets a day: two machines cannot
// talk for ever.
const helpADay = 5

// Said is a mail that came to a letter's capability.
type Said struct {
	Arrived
	Token       string
	From        []string // addresses in From, lower case
	FromHeaders int      // how many From fields the mail had
	Text        string
}

// Obey carries out what a person answered to a letter, if they prove at this
// moment that they may: the letter's capability, exactly one From, their own
// address, a role on the case now. Anything else is kept on the case as
// untrusted, shown to lead and deputy, and not answered.
func (o *Office) Obey(ctx context.Context, s Said) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if err := tx.Finish(s.Claim, now); err != nil {
			return err
		}
		x, err := tx.LetterOf(Hash(s.Token))
		if err != nil {
			return err
		}
		c, err := tx.Case(x.Case)
		if err != nil {
			return err
		}
		if why := o.authority(x, c, s, now); why != "" {
			return o.distrust(tx, c, s, why, now)
		}
		return o.carryOut(tx, c, x, s, now)
	})
	if err != nil {
		return fmt.Errorf("obey: %w", err)
	}
	return nil
}

// authority says why a command must not be obeyed, "" if it may be. It is the
// only place where that is decided.
func (o *Office) authority(x ledger.Letter, c casefile.Case, s Said, now time.Time) string {
	p, known := o.Rules.Roster.People[x.Person]
	switch {
	case s.FromHeaders != 1 || len(s.From) != 1:
		return "it does not have exactly one sender"
	case !known:
		return "the person the letter was for has left"
	case !strings.EqualFold(s.From[0], p.Address):
		return "it did not come from the address the letter was sent to"
	case now.After(x.Created.Add(tokenLife)):
		return "it answers a letter that is too old"
	case !o.Rules.Roster.MayAct(p.ID, c.Org):
		return "the sender has no role on this case"
	}
	return ""
}

// distrust keeps a message that proved nothing.
func (o *Office) distrust(tx *ledger.Tx, c casefile.Case, s Said, why string, now time.Time) error {
	if err := o.dispose(tx, s.Arrived, c.Ref, ledger.OnCase, "untrusted: "+why); err != nil {
		return err
	}
	return o.store(tx, c.Distrust(s.ID, why, o.Rules, now), "", now)
}

// carryOut does what the person said, word by word, and answers with one
// transcript.
func (o *Office) carryOut(tx *ledger.Tx, c casefile.Case, x ledger.Letter, s Said, now time.Time) error {
	r := reply.Parse(s.Text)
	d := deeds{office: o, by: x.Person, arrival: s.ID, now: now, out: casefile.Outcome{Case: c}}
	for _, w := range r.Words {
		d.do(w, r.Note)
	}
	d.keep(r)
	if err := o.dispose(tx, s.Arrived, c.Ref, ledger.OnCase, "answered a letter"); err != nil {
		return err
	}
	if err := o.store(tx, d.out, x.Person, now); err != nil {
		return err
	}
	return o.answer(tx, d, r, now)
}

// answer writes the transcript, or help if a word was asked for or missed.
func (o *Office) answer(tx *ledger.Tx, d deeds, r reply.Reply, now time.Time) error {
	kind := Transcript
	detail := Detail{By: d.by, State: string(d.out.Case.State), Understood: d.understood, Changed: d.changed, Next: d.next()}
	if d.help || r.Unknown != "" {
		kind, detail.Nearest = HelpLetter, string(r.Nearest)
		n, err := tx.Told(d.by, kind, now.Add(-24*time.Hour))
		if err != nil || n >= helpADay {
			return err
		}
	}
	x := o.blank(kind, d.by, detail, now)
	x.Case = d.out.Case.Ref
	return tx.Write(x)
}

// The kinds of letter that answer a person or tell of the desk itself.
const (
	Transcript casefile.Kind = "transcript"
	HelpLetter casefile.Kind = "help"
	Trouble    casefile.Kind = "trouble"
	Recovered  casefile.Kind = "recovered"
)

// deeds is what one mail did, word by word.
type deeds struct {
	office              *Office
	by, arrival         string
	now                 time.Time
	out                 casefile.Outcome
	understood, changed []string
	help, closing       bool
}

// do carries out one word. What is refused is kept as a note and said so.
func (d *deeds) do(w reply.Word, note string) {
	if w.Verb == reply.Help {
		d.help = true
		return
	}
	text := w.Text
	if w.Verb == casefile.Close {
		d.closing = true
		text = strings.TrimSpace(w.Text + "\n" + note)
	}
	if w.Verb == casefile.Close && text == "" {
		d.understood = append(d.understood, "CLOSE, but without a reason.")
		d.changed = append(d.changed, "Nothing. Please say in a few words why the case can be closed: CLOSE because …")
		return
	}
	before := d.out.Case.State
	out, err := d.out.Case.Obey(casefile.Command{By: d.by, Verb: w.Verb, Text: text, Arrival: d.arrival}, d.office.Rules, d.now)
	d.understood = append(d.understood, string(w.Verb))
	if err != nil {
		d.changed = append(d.changed, d.refusal(err))
		out = d.out.Case.Remark(d.by, string(w.Verb)+" refused: "+text, d.arrival, d.office.Rules, d.now)
	} else {
		d.changed = append(d.changed, change(w.Verb, before, out.Case.State))
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
func change(v casefile.Verb, from, to casefile.State) string {
	switch {
	case v == casefile.Note:
		return "Your note is kept on the case."
	case from == to:
		return "You are recorded as having taken the case too."
	case to == casefile.Acknowledged && from == casefile.CloseProposed:
		return "The case stays open."
	case to == casefile.Acknowledged:
		return "The case is acknowledged, by you."
	case to == casefile.CloseProposed:
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
