package workflow

import (
	"context"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// PolicyChanged is the letter about deadlines that a new policy moves.
const PolicyChanged casefile.Kind = "policy-changed"

// inForce is the mark that says which policy every open case was planned by.
const inForce = "policy in force"

// atATime is how many cases one transaction replans: alarms that ring meanwhile
// wait for no more than these.
const atATime = 50

// Replan puts the present policy in force for every open case, once after it has
// changed: deadlines move earlier only, and managers are told how many would
// have moved later. It runs beside everything else, goes through the cases page
// by page, and is made up for at the next start if it ends half-way: what had moved
// until then is counted again, and told once.
func (o *Office) Replan(ctx context.Context) error {
	was, err := o.Ledger.Marked(ctx, inForce)
	if err == nil && was == o.Rules.Version {
		return nil
	}
	told := moved{}
	if err == nil {
		err = o.replanAll(ctx, told)
	}
	if err == nil {
		err = o.tellReplanned(ctx, told)
	}
	if err == nil {
		err = o.Ledger.Remark(ctx, inForce, o.Rules.Version)
	}
	if err != nil {
		return fmt.Errorf("put policy %s in force: %w", o.Rules.Version, err)
	}
	return nil
}

// replanAll goes through the open cases in the order of their references.
func (o *Office) replanAll(ctx context.Context, told moved) error {
	for last := casefile.Ref(""); ; {
		refs, err := o.Ledger.Clocked(ctx, last, atATime)
		if err != nil || len(refs) == 0 {
			return err
		}
		if err := o.replan(ctx, refs, told); err != nil {
			return fmt.Errorf("replan %s and those behind it: %w", refs[0], err)
		}
		last = refs[len(refs)-1]
	}
}

// moved counts deadlines for each manager: nobody learns of a case from a count
// who must not know of it.
type moved map[string]struct{ earlier, later int }

// replan replans some cases as one decision.
func (o *Office) replan(ctx context.Context, refs []casefile.Ref, told moved) error {
	type one struct {
		out            casefile.Outcome
		earlier, later int
	}
	var done []one
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		done = done[:0]
		for _, ref := range refs {
			c, err := tx.Case(ref)
			if err != nil {
				return err
			}
			out, earlier, later, replanned := c.Replan(o.rules(now), now)
			if !replanned {
				done = append(done, one{casefile.Outcome{Case: c}, earlier, later})
				continue
			}
			if err := o.store(tx, out, "", now); err != nil {
				return err
			}
			done = append(done, one{out, earlier, later})
		}
		return nil
	})
	if err != nil {
		return err // nothing of it stands
	}
	for _, d := range done {
		for _, p := range d.out.Case.Told(o.rules(o.Now()).Roster, sla.Manager) {
			n := told[p.Person]
			n.earlier, n.later = n.earlier+d.earlier, n.later+d.later
			told[p.Person] = n
		}
	}
	return nil
}

// tellReplanned tells each manager what moved for the cases they may know of.
func (o *Office) tellReplanned(ctx context.Context, told moved) error {
	if len(told) == 0 {
		return nil
	}
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
