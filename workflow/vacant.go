package workflow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// UnownedPart is the trouble of a case on which nobody may act.
const UnownedPart = "unowned"

// rungPart begins the trouble of a ladder with a rung that nobody stands on; the
// organisation follows.
const rungPart = "rung"

// vacancies tells managers that a step of the ladder had nobody on it, once a
// day for an organisation: whoever is told instead does not know. Managers in
// conflict hear of it by another case or not at all.
func (o *Office) vacancies(tx *ledger.Tx, out casefile.Outcome, now time.Time) (xs []ledger.Letter, err error) {
	if !slices.ContainsFunc(out.Events, empty) {
		return nil, nil
	}
	for _, p := range out.Case.Told(o.rules(now).Roster, sla.Manager) {
		first, err := tx.Once("vacant/"+out.Case.Org+"/"+p.Person, now, 24*time.Hour)
		if err != nil {
			return nil, err
		}
		if first {
			xs = append(xs, o.blank(Trouble, p.Person, Detail{Trouble: rungPart + " " + out.Case.Org, Since: now}, now))
		}
	}
	return xs, nil
}

// empty reports the line of a chronology that says that a rung is empty.
func empty(e casefile.Event) bool {
	return e.Verb == casefile.Elapse && strings.HasPrefix(e.Text, casefile.Nobody+" ")
}

var errUnowned = errors.New("a case that is open has nobody who may act on it")

// CheckUnowned reports open cases on which nobody may act, because everybody who
// could is kept from them. Nobody can be told of such a case but by whoever
// runs the desk.
func (o *Office) CheckUnowned(ctx context.Context) error {
	cs, err := o.Ledger.Barred(ctx)
	if err != nil {
		return err
	}
	hidden, roster := casefile.IDs(""), o.rules(o.Now()).Roster
	for _, c := range cs {
		if !c.Eligible(roster) {
			hidden = hidden.With(c.Excluded.List()...)
			err = errUnowned
		}
	}
	o.hidden.Store(&hidden)
	return err
}

// spared leaves out those whom a letter about a part would tell of a case that
// they must not know of. That there is no such case any more is told to nobody:
// who must not know is not known then.
func (o *Office) spared(kind casefile.Kind, part string, people []string) []string {
	hidden := o.hidden.Load()
	switch {
	case part != UnownedPart:
		return people
	case kind != Trouble || hidden == nil:
		return nil
	}
	return slices.DeleteFunc(slices.Clone(people), hidden.Has)
}
