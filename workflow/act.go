package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/reply"
)

// ErrNotEntitled reports somebody who holds no role on a case, has left, or must
// not know of it.
var ErrNotEntitled = errors.New("may not act on this case")

// Instruction is a command that one person writes down for another.
type Instruction struct {
	Ref     casefile.Ref
	Person  string // person id, on whose behalf
	Word    reply.Word
	Because string // why they do not say it themselves
	Hand    string // who writes it down, "operator"
}

// Acted is what came of it.
type Acted struct {
	Case      casefile.Case
	Events    []casefile.Event
	Elsewhere []casefile.Related // other cases with a party of the same traces that the person may see
}

// Act carries out an instruction as if its person had given it, and writes down
// whose hand it was. The person is told by letter, so that nobody acts in
// another's name unnoticed. Whether the hand may is not the office's to know:
// who can write the ledger can. The errors are those of casefile.Case.Obey,
// ledger.ErrNotFound and ErrNotEntitled; then nothing is written.
func (o *Office) Act(ctx context.Context, in Instruction) (done Acted, err error) {
	err = o.update(ctx, func(tx *ledger.Tx, now time.Time) (err error) {
		done, err = o.act(tx, in, now)
		return err
	})
	if err != nil {
		return Acted{}, fmt.Errorf("act on %s: %w", in.Ref, err)
	}
	return done, nil
}

func (o *Office) act(tx *ledger.Tx, in Instruction, now time.Time) (done Acted, err error) {
	rules := o.rules(now)
	c, err := tx.Case(in.Ref)
	if err != nil {
		return done, err
	}
	if !c.MayAct(rules.Roster, in.Person) {
		return done, fmt.Errorf("%s: %w", in.Person, ErrNotEntitled)
	}
	said := c.Remark(in.Hand, fmt.Sprintf("on behalf of %s, because %s: %s %s", in.Person, in.Because, in.Word.Verb, in.Word.Text), "", rules, now)
	out, err := c.Obey(casefile.Command{By: in.Person, Verb: in.Word.Verb, Text: in.Word.Text, Hand: in.Hand}, rules, now)
	if err != nil {
		return done, err
	}
	out.Events = append(said.Events, out.Events...)
	out.Notices = append(out.Notices, casefile.Notice{Kind: casefile.Changed, To: in.Person,
		Reason: "had the " + in.Hand + " write " + string(in.Word.Verb) + " down for them; if that is not so, say so at once"})
	if err := o.store(tx, out, in.Person, now); err != nil {
		return done, err
	}
	if err := o.shut(tx, c, out.Case, now); err != nil {
		return done, err
	}
	refs, err := o.elsewhere(tx, out.Case, in.Person, now)
	return Acted{out.Case, out.Events, refs}, err
}

// shut withdraws letters that did not go out to people who must not know of the
// case any more.
func (o *Office) shut(tx *ledger.Tx, was, now casefile.Case, at time.Time) error {
	if was.Excluded == now.Excluded {
		return nil
	}
	r := o.rules(at).Roster
	_, err := tx.Withdraw(now.Ref, func(p string) bool { return now.MaySee(r, p) }, at)
	return errors.Join(err, tx.Rewrite(DailyList))
}

// elsewhere are the cases with a party of the same traces that person may see.
func (o *Office) elsewhere(tx *ledger.Tx, c casefile.Case, person string, now time.Time) (found []casefile.Related, err error) {
	all, err := tx.Traced(c)
	if err != nil {
		return nil, err
	}
	for _, ref := range all.List() {
		other, err := tx.Case(casefile.Ref(ref))
		if err != nil {
			return nil, err
		}
		if other.MaySee(o.rules(now).Roster, person) {
			found = append(found, c.Related(other))
		}
	}
	return found, nil
}
