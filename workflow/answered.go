package workflow

import (
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/reply"
)

// answered is an answer to a list as it is carried out.
type answered struct {
	Said
	office *Office
	list   string // the digest
	now    time.Time

	did       []Deed
	obeyed    casefile.Ref // the first case that it came to
	untrusted casefile.Ref // the first case on which it proved nothing
	why       string
}

func (a *answered) carryOut(tx *ledger.Tx, m meaning, lines []ledger.Letter) error {
	a.did = slices.Clone(m.did)
	for _, x := range m.lines {
		if err := a.line(tx, x, m.note); err != nil {
			return err
		}
	}
	if len(m.lines) == 0 {
		return a.aside(tx, lines)
	}
	ref, why := a.obeyed, "answered a list"
	if ref == "" {
		ref, why = a.untrusted, "untrusted: "+record(a.why)
	}
	err := a.office.dispose(tx, a.Arrived, ref, ledger.OnCase, why)
	if err != nil || a.obeyed == "" {
		return err
	}
	return a.tell(tx, lines[0].Person, Transcript)
}

// line does what was said of one case, if the sender may say it.
func (a *answered) line(tx *ledger.Tx, x spoken, note string) error {
	o := a.office
	c, err := tx.Case(x.letter.Case)
	if err != nil {
		return err
	}
	if why := o.authority(x.letter, c, a.Said, a.now); why != "" {
		a.did = append(a.did, Deed{Word: casefile.Acknowledge, Did: notListed, Refs: []casefile.Ref{c.Ref}})
		return a.distrust(tx, c, why)
	}
	d := deeds{office: o, by: x.letter.Person, arrival: a.ID, now: a.now, out: casefile.Outcome{Case: c}}
	if x.take {
		d.do(reply.Word{Verb: casefile.Acknowledge, Text: x.text}, "")
	}
	d.keep(reply.Reply{Note: note})
	for _, one := range d.did {
		one.Refs = []casefile.Ref{c.Ref}
		a.did = append(a.did, one)
	}
	if a.obeyed == "" {
		a.obeyed = c.Ref
	}
	return o.storeTaken(tx, d.out, x.letter.Person, a.now)
}

// distrust keeps the message on a case on which it proved nothing. Whoever works
// the first of them is told.
func (a *answered) distrust(tx *ledger.Tx, c casefile.Case, why string) error {
	out, err := a.office.doubted(tx, c, a.ID, why, a.now)
	if err != nil {
		return err
	}
	if a.untrusted != "" {
		out.Notices = nil
	} else {
		a.untrusted, a.why = c.Ref, why
	}
	return a.office.store(tx, out, "", a.now)
}

// aside keeps an answer that names no case of the list, and tells its sender how
// to name them.
func (a *answered) aside(tx *ledger.Tx, lines []ledger.Letter) error {
	for _, x := range lines[:min(len(lines), mostMentioned)] {
		c, err := tx.Case(x.Case)
		if err != nil {
			return err
		}
		if a.office.authority(x, c, a.Said, a.now) != "" {
			continue
		}
		if err := a.office.dispose(tx, a.Arrived, "", ledger.Aside, "an answer to a list that names no case of it"); err != nil {
			return err
		}
		if len(a.did) > 0 {
			return a.tell(tx, x.Person, Transcript)
		}
		return a.tell(tx, x.Person, HelpLetter)
	}
	return errStranger
}

// tell answers with one letter, of all the cases. A machine's answers end soon.
func (a *answered) tell(tx *ledger.Tx, person string, kind casefile.Kind) error {
	most, had := helpADay, 0
	moved := (&deeds{did: a.did}).moved()
	if moved {
		most = commandsADay
	}
	for _, k := range []casefile.Kind{Transcript, HelpLetter} {
		n, err := tx.Written("", person, k, a.now.Add(-24*time.Hour))
		if err != nil {
			return err
		}
		had += n
	}
	if had >= most {
		return nil
	}
	return tx.Write(a.office.blank(kind, person, Detail{By: person, Deeds: gathered(a.did), List: a.list}, a.now))
}

// gathered are deeds with those that are alike made one.
func gathered(ds []Deed) (out []Deed) {
	for _, d := range ds {
		i := slices.IndexFunc(out, func(o Deed) bool { return o.Word == d.Word && o.Did == d.Did && o.State == d.State })
		if i < 0 {
			out = append(out, d)
			continue
		}
		for _, ref := range d.Refs {
			if !slices.Contains(out[i].Refs, ref) {
				out[i].Refs = append(slices.Clip(out[i].Refs), ref)
			}
		}
	}
	return out
}

// storeTaken is store for one of many cases that a person takes at once: that
// they were taken is told to the others in one letter.
func (o *Office) storeTaken(tx *ledger.Tx, out casefile.Outcome, by string, now time.Time) error {
	var others []casefile.Notice
	for _, n := range out.Notices {
		if n.Kind != casefile.TakenBy || out.Case.Excluded.Has(n.To) {
			others = append(others, n)
			continue
		}
		xs, err := o.line(tx, o.letter(out, n, ledger.Outage{}, by, now), now)
		if err != nil {
			return err
		}
		if err := tx.Write(xs...); err != nil {
			return err
		}
	}
	out.Notices = others
	return o.store(tx, out, by, now)
}
