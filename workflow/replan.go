package workflow

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// PolicyChanged is the letter about deadlines that a new policy moves.
const PolicyChanged casefile.Kind = "policy-changed"

// inForce is the mark that says which policy every open case was planned by, and
// behind it which time of the council's own to take one, 0s where it has none.
const inForce = "policy in force"

// atATime is how many cases one transaction replans: alarms that ring meanwhile
// wait for no more than these.
const atATime = 50

// Replan puts the present policy, and the council's own time to take a case, in
// force for every open case: deadlines move earlier only by it, and managers are
// told once how many would have moved later. Each case goes by the policy that it
// runs by, and not by the mark: a worker that had not read the newer one yet may
// have opened some since. It runs beside everything else, goes through the cases page
// by page, and is made up for at the next start if it ends half-way: what had moved
// until then is counted again, and told once.
func (o *Office) Replan(ctx context.Context) error {
	was, err := o.Ledger.Marked(ctx, inForce)
	mark := o.Rules.Version + " " + o.Rules.Policy.Acknowledge.String()
	told := moved{}
	if err == nil {
		err = o.replanAll(ctx, o.planned(was), told)
	}
	if err == nil {
		err = o.tellReplanned(ctx, told)
	}
	if err == nil {
		err = o.Ledger.Remark(ctx, inForce, mark)
	}
	if err != nil {
		return fmt.Errorf("put policy %s in force: %w", o.Rules.Version, err)
	}
	return nil
}

// planned is what a mark says that open cases were planned by: again is that it
// was this policy already, and their managers were told.
type planned struct {
	again  bool
	within time.Duration // the council's own time to take a case; zero for none
}

// planned reads a mark. One that says nothing of a time of the council's own is
// older than that being marked: then it is taken to be the present one.
func (o *Office) planned(mark string) planned {
	version, text, _ := strings.Cut(mark, " ")
	within, err := time.ParseDuration(text)
	if err != nil {
		within = o.Rules.Policy.Acknowledge
	}
	return planned{version == o.Rules.Version, within}
}

// replanAll goes through the open cases in the order of their references.
func (o *Office) replanAll(ctx context.Context, was planned, told moved) error {
	for last := casefile.Ref(""); ; {
		refs, err := o.Ledger.Clocked(ctx, last, atATime)
		if err != nil || len(refs) == 0 {
			return err
		}
		if err := o.replan(ctx, refs, was, told); err != nil {
			return fmt.Errorf("replan %s and those behind it: %w", refs[0], err)
		}
		last = refs[len(refs)-1]
	}
}

// moved counts deadlines for each manager: nobody learns of a case from a count
// who must not know of it.
type moved map[string]struct{ earlier, later int }

// replan replans some cases as one decision.
func (o *Office) replan(ctx context.Context, refs []casefile.Ref, was planned, told moved) error {
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
			allowed, changed := c.Reallow(was.within, o.rules(now), now)
			if changed {
				if err := o.store(tx, allowed, "", now); err != nil {
					return err
				}
			}
			out, earlier, later, replanned := allowed.Case.Replan(o.rules(now), now)
			if !replanned {
				if !was.again {
					done = append(done, one{casefile.Outcome{Case: allowed.Case}, earlier, later})
				}
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
