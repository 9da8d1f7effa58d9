package workflow

import (
	"context"
	"fmt"
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// PolicyChanged is the letter about deadlines that a new policy moves.
const PolicyChanged casefile.Kind = "policy-changed"

// inForce is the mark that says which policy every open case was planned by.
const inForce = "policy in force"

// atATime is how many cases one transaction replans.
const atATime = 100

// Replan puts the present policy in force for every open case, once after it has
// changed: deadlines move earlier only, and managers are told how many would
// have moved later. A crash half-way is made up for at the next start.
func (o *Office) Replan(ctx context.Context) error {
	was, err := o.Ledger.Marked(ctx, inForce)
	if err != nil || was == o.Rules.Version {
		return err
	}
	cs, err := o.Ledger.Cases(ctx)
	if err != nil {
		return fmt.Errorf("replan: %w", err)
	}
	cs = slices.DeleteFunc(cs, func(c casefile.Case) bool { return c.State == casefile.Closed || c.Version == "" })
	told := moved{}
	for some := range slices.Chunk(cs, atATime) {
		if err := o.replan(ctx, some, told); err != nil {
			return fmt.Errorf("replan: %w", err)
		}
	}
	if err := o.tellReplanned(ctx, told); err != nil {
		return fmt.Errorf("replan: %w", err)
	}
	return o.Ledger.Remark(ctx, inForce, o.Rules.Version)
}

// moved counts deadlines for each manager: nobody learns of a case from a count
// who must not know of it.
type moved map[string]struct{ earlier, later int }

func (o *Office) replan(ctx context.Context, cs []casefile.Case, told moved) error {
	type one struct {
		out            casefile.Outcome
		earlier, later int
	}
	var done []one
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		done = done[:0]
		for _, c := range cs {
			c, err := tx.Case(c.Ref)
			if err != nil {
				return err
			}
			out, earlier, later, replanned := c.Replan(o.rules(now), now)
			if !replanned {
				continue
			}
			if err := o.store(tx, out, "", now); err != nil {
				return err
			}
			done = append(done, one{out, earlier, later})
		}
		return nil
	})
	for _, d := range done {
		for _, p := range d.out.Case.Told(o.rules(o.Now()).Roster, sla.Manager) {
			n := told[p.Person]
			n.earlier, n.later = n.earlier+d.earlier, n.later+d.later
			told[p.Person] = n
		}
	}
	return err
}

// tellReplanned tells each manager what moved for the cases they may know of.
func (o *Office) tellReplanned(ctx context.Context, told moved) error {
	return o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		for _, p := range o.rules(now).Roster.Holders("", sla.Manager) {
			n := told[p]
			if n.earlier+n.later == 0 {
				continue
			}
			d := Detail{Trouble: "policy " + o.Rules.Version, Since: now,
				Reason: fmt.Sprintf("%d deadlines of open cases are earlier from now on; %d would be later by it, and stay as they were", n.earlier, n.later)}
			if err := tx.Write(o.blank(PolicyChanged, p, d, now)); err != nil {
				return err
			}
		}
		return nil
	})
}
