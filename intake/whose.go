package intake

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/intake/message"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// decide finds out whose the mail is. Whatever answers no letter of ours is a
// new concern, by whomever or whatever it was written.
func (d *Desk) decide(ctx context.Context, a workflow.Arrived, m message.Message) error {
	if Door(a.Door) == Form {
		return d.Office.Open(ctx, a, "") // it answers nobody's letter, whatever its words look like
	}
	if back, err := d.canary(ctx, a, m); back || err != nil {
		return err
	}
	if x, own, err := d.ownLetter(ctx, m); own || err != nil {
		return d.remark(ctx, a, x, "a letter of the desk came to its own mailbox", err)
	}
	a.ReplyTo, a.Domain = d.answerable(a, m), strings.ToLower(message.DomainOf(m.Author()))
	token, x, ok, err := d.letter(ctx, m)
	switch {
	case err != nil:
		return err
	case ok && (answersItself(m) || fromDesk(m)):
		return d.machine(ctx, a, m, x)
	case !ok && m.AnswersMail():
		return d.untied(ctx, a, m)
	case !ok || x.Case == "" && workflow.Listing(x) == "" || d.overheard(m):
		return d.Office.Open(ctx, a, "")
	}
	if seen := m.Seen(); len(seen) < len(m.Text) {
		a.Whole = m.Text
	}
	return d.Office.Obey(ctx, workflow.Said{Arrived: a, Token: token, From: addresses(m.From), FromHeaders: m.FromHeaders, Doubt: doubt(m), Text: m.Seen()})
}

// ownLetter finds a letter of the desk that came to its own mailbox, from the
// desk or, where its sender was rewritten on the way, still marked as written by
// a machine in answer to mail. A person's mail under a letter's Message-ID, which
// whoever had the letter knows, is a mail of theirs, also by a list or with an
// invitation: it may be a report, and nothing may hide it.
func (d *Desk) ownLetter(ctx context.Context, m message.Message) (x ledger.Letter, own bool, err error) {
	if !answersItself(m) && (len(m.From) != 1 || !strings.EqualFold(m.From[0].Addr, d.Address)) {
		return x, false, nil
	}
	return d.about(ctx, d.named([]string{m.MessageID}))
}

// answersItself reports mail that machines write in answer to mail. What comes
// by a list or with an invitation has a person's words in it.
func answersItself(m message.Message) bool {
	return slices.Contains([]message.Class{message.AutoReply, message.BounceDSN, message.Receipt, message.Feedback}, m.Machine.Class)
}

// overheard reports a stranger who knows a letter's name from a thread it was
// forwarded in, and did not write to its address: what they tell is a concern
// of its own.
func (d *Desk) overheard(m message.Message) bool {
	return len(d.addressed(m.Recipients)) == 0 && len(d.colleagues(addresses(m.From))) == 0
}

// doubt says why even a right address proves nothing, "" if it may.
func doubt(m message.Message) string {
	switch {
	case m.Author() == "":
		return workflow.DoubtUnplain
	case m.Resent():
		return workflow.DoubtSentOn
	case m.Machine.Class != message.Person:
		return workflow.DoubtNotPerson
	}
	return ""
}

// machine takes what a machine answered to a letter of ours.
func (d *Desk) machine(ctx context.Context, a workflow.Arrived, m message.Message, x ledger.Letter) error {
	switch {
	case x.Kind == casefile.Digest && cameBack(m):
		return d.Office.UnreadDigest(ctx, a, x, why(m))
	case x.Case != "" && cameBack(m):
		return d.Office.Returned(ctx, a, x, why(m))
	}
	return d.remark(ctx, a, x, "written by a machine: "+string(m.Machine.Class), nil)
}

// untied takes an answer of a machine that names no letter of ours. It is about
// the last letter to the colleague it came from or could not reach, or else two
// machines would open cases for each other for ever; that somebody is away is
// not believed of it, as whoever knows their address can write it. Without such
// a letter it is a concern.
func (d *Desk) untied(ctx context.Context, a workflow.Arrived, m message.Message) error {
	x, ok, err := d.lastTo(ctx, m)
	switch {
	case err != nil:
		return err
	case !ok:
		return d.Office.Open(ctx, a, "")
	}
	a.Away = time.Time{}
	return d.machine(ctx, a, m, x)
}

// lastTo finds the last letter of the past week to a colleague who answers by a
// machine, or whom a mail could not reach: the whole list, if it was a line of
// one.
func (d *Desk) lastTo(ctx context.Context, m message.Message) (x ledger.Letter, ok bool, err error) {
	addrs := addresses(m.From)
	if m.Machine.Class == message.BounceDSN {
		addrs = nil
	}
	for _, b := range m.Bounce {
		addrs = append(addrs, b.Recipient)
	}
	for _, person := range d.colleagues(addrs) {
		x, err := d.Ledger.LastLetter(ctx, person, d.Now().Add(-7*24*time.Hour))
		if err == nil && x.Digest != "" {
			x, err = d.Ledger.Letter(ctx, x.Digest)
		}
		if err == nil || !errors.Is(err, ledger.ErrNotFound) {
			return x, err == nil, err
		}
	}
	return x, false, nil
}

// colleagues are those whose addresses these are, by person id.
func (d *Desk) colleagues(addrs []string) (ids []string) {
	for _, addr := range addrs {
		if p, ok := d.Office.Rules.Roster.Colleague(addr); ok {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

// remark notes an arrival that asks nothing of anybody.
func (d *Desk) remark(ctx context.Context, a workflow.Arrived, x ledger.Letter, text string, err error) error {
	if err != nil {
		return err
	}
	if x.Case == "" {
		return d.Office.Aside(ctx, a, text)
	}
	return d.Office.Remark(ctx, a, x.Case, text)
}

// letter finds the letter of ours that the mail answers or brings back.
func (d *Desk) letter(ctx context.Context, m message.Message) (token string, x ledger.Letter, ok bool, err error) {
	ids := append(append([]string{}, m.InReplyTo...), m.References...)
	for _, b := range m.Bounce {
		ids = append(ids, b.OriginalMessageID)
	}
	for _, token := range append(d.addressed(m.Recipients), d.named(ids)...) {
		if x, ok, err := d.about(ctx, []string{token}); ok || err != nil {
			return token, x, ok, err
		}
	}
	return "", x, false, nil
}

// about finds the first letter that a token belongs to.
func (d *Desk) about(ctx context.Context, tokens []string) (x ledger.Letter, ok bool, err error) {
	for _, token := range tokens {
		x, err := d.Ledger.LetterOf(ctx, workflow.Hash(token))
		if err == nil {
			return x, true, nil
		}
		if !errors.Is(err, ledger.ErrNotFound) {
			return x, false, fmt.Errorf("find letter: %w", err)
		}
	}
	return ledger.Letter{}, false, nil
}

// cameBack reports whether a machine says that its reader did not get the
// letter, or is away.
func cameBack(m message.Message) bool {
	if m.Machine.Class == message.AutoReply {
		return true
	}
	if m.Machine.Class != message.BounceDSN {
		return false
	}
	for _, b := range m.Bounce {
		if b.Action == "delivered" || b.Action == "relayed" || b.Action == "expanded" || b.Action == "delayed" {
			return false
		}
	}
	return true
}

// why says what came back, in words that name nobody.
func why(m message.Message) string {
	if m.Machine.Class == message.AutoReply {
		return "an automatic answer came back, the person may be away"
	}
	for _, b := range m.Bounce {
		if b.Status != "" {
			return "the letter could not be delivered (" + b.Status + ")"
		}
	}
	return "the letter could not be delivered"
}
