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

// How many transcripts a person gets a day for one case, when they only noted
// something and when they gave commands: the other side may be a machine that
// nobody marked as one.
const (
	notesADay    = 20
	commandsADay = 60
)

// warningsADay is how often a person is warned of untrusted mail on one case.
const warningsADay = 5

// Said is a mail that came to a letter's capability.
type Said struct {
	Arrived
	Token       string
	From        []string // addresses in From, lower case
	FromHeaders int      // how many From fields the mail had
	Doubt       string   // why even the right sender proves nothing, one of the Doubt codes; "" if nothing speaks against it
	Text        string
}

// Obey carries out what a person answered to a letter, if they prove at this
// moment that they may: the letter's capability, exactly one From, their own
// address, a role on the case now. Anything else is kept on the case as
// untrusted, shown to lead and deputy, and not answered. A mail that was obeyed
// before, sent again by whomever, moves nothing.
func (o *Office) Obey(ctx context.Context, s Said) error {
	said := reply.Parse(s.Text)
	letter, err := o.Ledger.LetterOf(ctx, Hash(s.Token))
	if err != nil {
		return fmt.Errorf("obey: %w", err)
	}
	if digest := Listing(letter); digest != "" {
		return o.obeyList(ctx, s, said, digest)
	}
	err = o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		again, err := o.again(tx, s.Arrived, now)
		if again || err != nil {
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
		why := o.authority(x, c, s, now)
		switch {
		case why == noRole && o.warns(c, x.Person, said, now):
		case why != "" && c.State.Over() && o.stranger(s):
			return errOver
		case why != "":
			return o.distrust(tx, c, s, why, now)
		}
		return o.carryOut(tx, c, x, s.Arrived, said, now)
	})
	if errors.Is(err, errOver) {
		return o.Open(ctx, s.Arrived, "")
	}
	if err != nil {
		return fmt.Errorf("obey: %w", err)
	}
	return nil
}

// noRole is why somebody is not obeyed who has no part in acting on a case.
const noRole = "no-role"

// authority says why a command must not be obeyed, as a code of [untrusted]; ""
// if it may be. It is the only place where that is decided.
func (o *Office) authority(x ledger.Letter, c casefile.Case, s Said, now time.Time) string {
	roster := o.rules(now).Roster
	p := roster.People[x.Person]
	switch {
	case s.FromHeaders != 1 || len(s.From) != 1:
		return "senders"
	case s.Doubt != "":
		return s.Doubt
	case !roster.InPost(x.Person):
		return "left"
	case p.Address == "" || !strings.EqualFold(s.From[0], p.Address):
		return "address"
	case now.After(x.Created.Add(tokenLife)):
		return "old"
	case c.Excluded.Has(p.ID):
		return "excluded"
	case !c.MayAct(roster, p.ID):
		return noRole
	}
	return ""
}

// untrusted are the reasons not to obey a message: as the chronology has them,
// by the code that letters have words for.
var untrusted = map[string]string{
	"senders":      "it does not have exactly one sender",
	"left":         "the person the letter was for has left",
	"address":      "it did not come from the address the letter was sent to",
	"old":          "it answers a letter that is too old",
	"excluded":     "the sender is excluded from this case",
	noRole:         "the sender has no role on this case",
	DoubtUnplain:   "its sender is not written as one plain address",
	DoubtSentOn:    "it was sent on by somebody else",
	DoubtNotPerson: "it did not come straight from a person",
}

// Why even the right sender proves nothing.
const (
	DoubtUnplain   = "unplain"
	DoubtSentOn    = "sent-on"
	DoubtNotPerson = "not-person"
)

// record is a reason as the chronology has it.
func record(code string) string {
	if text, known := untrusted[code]; known {
		return text
	}
	return code
}

// doubted keeps on a case that a message proved nothing. The letters of it hold
// the code.
func (o *Office) doubted(tx *ledger.Tx, c casefile.Case, arrival, code string, now time.Time) (out casefile.Outcome, err error) {
	out = c.Distrust(arrival, record(code), o.rules(now), now)
	for i := range out.Notices {
		out.Notices[i].Reason = code
	}
	out.Notices, err = o.fewer(tx, out, now)
	return out, err
}

// distrust keeps a message that proved nothing.
func (o *Office) distrust(tx *ledger.Tx, c casefile.Case, s Said, why string, now time.Time) error {
	if err := o.dispose(tx, s.Arrived, c.Ref, ledger.OnCase, "untrusted: "+record(why)); err != nil {
		return err
	}
	out, err := o.doubted(tx, c, s.ID, why, now)
	if err != nil {
		return err
	}
	return o.store(tx, out, "", now)
}

// fewer leaves out those who were warned of untrusted mail on this case often
// enough today: a machine may be answering. The chronology leaves out nothing.
func (o *Office) fewer(tx *ledger.Tx, out casefile.Outcome, now time.Time) (ns []casefile.Notice, err error) {
	for _, n := range out.Notices {
		had, err := tx.Written(out.Case.Ref, n.To, n.Kind, now.Add(-24*time.Hour))
		if err != nil {
			return nil, err
		}
		if had < warningsADay {
			ns = append(ns, n)
		}
	}
	return ns, nil
}

// carryOut does what the person said, word by word, and answers with one
// transcript.
func (o *Office) carryOut(tx *ledger.Tx, c casefile.Case, x ledger.Letter, a Arrived, r reply.Reply, now time.Time) error {
	d := deeds{office: o, by: x.Person, arrival: a.ID, now: now, out: casefile.Outcome{Case: c}}
	for _, w := range r.Words {
		if d.spent = false; d.closes(w, r.Note) {
			fresh, err := tx.Use(x.ID, now)
			if err != nil {
				return err
			}
			d.spent = !fresh
		}
		d.do(w, r.Note)
	}
	d.keep(r)
	d.remember(a.Whole)
	if err := o.dispose(tx, a, c.Ref, ledger.OnCase, "answered a letter"); err != nil {
		return err
	}
	if err := o.store(tx, d.out, x.Person, now); err != nil {
		return err
	}
	if d.barred {
		if err := o.conceal(tx, d.out.Case, now); err != nil {
			return err
		}
	}
	if d.gone() {
		return o.farewell(tx, d, now)
	}
	return o.answer(tx, d, r, now)
}

// answer writes the transcript, or help if a word was asked for or missed. What
// was said is carried out however often; it is answered a few times a day and
// then not any more: it may be a machine's.
func (o *Office) answer(tx *ledger.Tx, d deeds, r reply.Reply, now time.Time) error {
	ref, since := d.out.Case.Ref, now.Add(-24*time.Hour)
	detail := d.owed(Detail{By: d.by, State: string(d.out.Case.State), Deeds: d.did})
	kind, most := Transcript, notesADay
	if len(r.Words) > 0 {
		most = commandsADay
	}
	had, err := tx.Written(ref, d.by, Transcript, since)
	if d.status && !d.help && r.Unknown == "" {
		kind, most = StatusLetter, notesADay
		had, err = tx.Written(ref, d.by, StatusLetter, since)
	} else if d.help || r.Unknown != "" || len(d.did) == 0 {
		kind, most, detail.Nearest = HelpLetter, helpADay, string(r.Nearest)
		had, err = tx.Told(d.by, HelpLetter, since)
	}
	if err != nil || had >= most {
		return err
	}
	if quiet, err := o.quiet(tx, d, now); quiet || err != nil {
		return err
	}
	x := o.blank(kind, d.by, detail, now)
	x.Case = ref
	return tx.Write(x)
}

// The kinds of letter that answer a person or tell of the desk itself.
const (
	Transcript casefile.Kind = "transcript"
	HelpLetter casefile.Kind = "help"

	// StatusLetter tells a person how a case stands, because they asked.
	StatusLetter casefile.Kind = "status"
	Trouble      casefile.Kind = "trouble"
	Recovered    casefile.Kind = "recovered"
)
