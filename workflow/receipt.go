package workflow

import (
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// Receipt is the letter that tells a reporter that a mail came. It goes to the
// address the mail came from, once in a day, and never to the roster.
const Receipt casefile.Kind = "receipt"

// ReceiptEvery is the time in which an address gets one receipt at most (V24).
const ReceiptEvery = 24 * time.Hour

// answersAnHour is how many answers a person gets in an hour for one case to
// mails that moved nothing (T6): a machine's are all of that kind.
const answersAnHour = 3

// quiet reports that a person was answered often enough about a case, so that
// what moved nothing is kept and not answered.
func (o *Office) quiet(tx *ledger.Tx, d deeds, now time.Time) (bool, error) {
	if d.moved() {
		return false, nil
	}
	n, err := tx.Answers(d.out.Case.Ref, d.by, now.Add(-time.Hour))
	return n >= answersAnHour, err
}

// receipt writes the receipt for a case that was just opened, unless the mail
// must not be answered or its author has one from today.
func (o *Office) receipt(tx *ledger.Tx, a Arrived, out casefile.Outcome, now time.Time) error {
	if !a.Authentic || a.ReplyTo == "" {
		return nil
	}
	if _, colleague := o.Rules.Roster.Colleague(a.ReplyTo); colleague {
		return nil
	}
	n, err := tx.Addressed(a.ReplyTo, now.Add(-ReceiptEvery))
	if err != nil || n > 0 {
		return err
	}
	x := o.blank(Receipt, "", Detail{}, now)
	x.Case, x.Address, x.GiveUp = out.Case.Ref, a.ReplyTo, now.Add(o.Rules.Pace())
	return tx.Write(x)
}
