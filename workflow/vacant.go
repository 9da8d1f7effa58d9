package workflow

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// UnownedPart is the trouble of a case on which nobody may act.
const UnownedPart = "unowned"

// AlonePart is the trouble of a case that one person is alone with.
const AlonePart = "alone"

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
	return o.barredFrom(ctx, func(c casefile.Case, r casefile.Roster) bool { return !c.Eligible(r) }, &o.hidden, errUnowned)
}

var errAlone = errors.New("a case that is open has one person alone with it: nobody else may know of it")

// CheckAlone reports open cases that one person is alone with, because everybody
// else who could act or watch is kept from them and there is no contact outside
// the service: what that one says of it nobody can confirm.
func (o *Office) CheckAlone(ctx context.Context) error {
	return o.barredFrom(ctx, casefile.Case.Alone, &o.lonely, errAlone)
}

// barredFrom keeps who is kept from open cases of a kind, and returns found where
// there is any.
func (o *Office) barredFrom(ctx context.Context, is func(casefile.Case, casefile.Roster) bool, keep *atomic.Pointer[casefile.IDs], found error) error {
	cs, err := o.Ledger.Barred(ctx)
	if err != nil {
		return err
	}
	hidden, roster := casefile.IDs(""), o.rules(o.Now()).Roster
	for _, c := range cs {
		if is(c, roster) {
			hidden, err = hidden.With(c.Excluded.List()...), found
		}
	}
	keep.Store(&hidden)
	return err
}

// spared leaves out those whom a letter about a part would tell of a case that
// they must not know of. That there is no such case any more is told to nobody:
// who must not know is not known then.
func (o *Office) spared(kind casefile.Kind, part string, people []string) []string {
	hidden := o.hidden.Load()
	if part == AlonePart {
		hidden = o.lonely.Load()
	}
	switch {
	case part != UnownedPart && part != AlonePart:
		return people
	case kind != Trouble || hidden == nil:
		return nil
	}
	return slices.DeleteFunc(slices.Clone(people), hidden.Has)
}
