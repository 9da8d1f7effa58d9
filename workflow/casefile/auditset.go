package casefile

import (
	"fmt"
	"slices"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// foreign reports whether a stage runs by an allowance of the council's own, and
// not by the policy of the case, at the moment at.
func (c Case) foreign(s sla.Stage, rules Rules, at time.Time) bool {
	return s == sla.Acknowledge && c.ladder(rules, at).own() || s == sla.Review && c.reviewed(rules)
}

// unwritten are the rungs that the case has passed, of clocks that run, and of
// which the chronology says nothing.
func (c Case) unwritten(st policy.Standing, es []Event, rules Rules, now time.Time) (ds []Difference) {
	for _, k := range st.Clocks {
		passed := c.Rungs.At(k.Stage, k.Turn)
		if k.Stage == sla.Acknowledge && k.Turn == c.Turn {
			passed = c.Climbed
		}
		if !k.Running() || c.foreign(k.Stage, rules, now) {
			continue
		}
		for n := range min(passed, k.Rungs()) {
			r, _ := k.Ring(n)
			if r.Percent > 0 && !slices.ContainsFunc(es, func(e Event) bool { return e.Verb == Elapse && e.Text == line(k, n) }) {
				ds = append(ds, Difference{r.At, line(k, n), "it was passed, and the chronology says nothing of it"})
			}
		}
	}
	return ds
}

// AuditAlarms holds the alarms that a ledger has for the case against those that
// it waits for since the last of its events: each must be there, at its time. Of
// a case that is older than policies, and of stages for which the council has an
// allowance of its own, nothing is said: their time follows the configuration.
func (c Case) AuditAlarms(es []Event, as []Alarm, rules Rules) (ds []Difference) {
	if !c.clocked(rules) || len(es) == 0 {
		return nil
	}
	last := es[len(es)-1].At
	foreign := func(a Alarm) bool { return c.foreign(a.Stage, rules, last) }
	want := slices.DeleteFunc(c.alarms(rules, last), foreign)
	as = slices.DeleteFunc(slices.Clone(as), foreign)
	for _, a := range want {
		i := slices.IndexFunc(as, func(b Alarm) bool { return b.Stage == a.Stage && b.Turn == a.Turn && b.Rung == a.Rung })
		switch {
		case i < 0:
			ds = append(ds, Difference{a.Due, a.line(), "no alarm is set for it"})
		case as[i].Due.UnixMilli() != a.Due.UnixMilli():
			ds = append(ds, Difference{a.Due, a.line(), "its alarm is set for " + as[i].Due.Format(time.RFC3339)})
		}
	}
	for _, a := range as {
		if !slices.ContainsFunc(want, func(b Alarm) bool { return b.Stage == a.Stage && b.Turn == a.Turn && b.Rung == a.Rung }) {
			ds = append(ds, Difference{a.Due, a.line(), "an alarm is set that no clock waits for"})
		}
	}
	return ds
}

// line names an alarm.
func (a Alarm) line() string {
	return fmt.Sprintf("alarm of %s, turn %d, rung %d", a.Stage, a.Turn+1, a.Rung)
}
