package casefile

import (
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// owedPrefix begins the stage of an obligation's clock: "obligation-lado".
const owedPrefix = "obligation-"

// Stage names the clock of an obligation with a limit.
func (o Obligation) Stage() sla.Stage {
	return sla.Stage(owedPrefix + strings.ToLower(strings.ReplaceAll(o.Code, "_", "-")))
}

// bookOf is the policy whose hours count for what comes to be owed now: that of
// the case, or the present one of a case that is older than policies; nil where
// there is none.
func (c Case) bookOf(rules Rules) *policy.Book {
	version := c.Version
	for _, e := range c.Story.Events() {
		if e.Kind == policy.Changed {
			version = e.Version
		}
	}
	if b := rules.Books[version]; b != nil {
		return b
	}
	return rules.Books[rules.Version]
}

// owedClocks are the clocks of all obligations that have a limit: each climbs the
// ladder of the policy as a stage does, and its limit is never moved.
func (c Case) owedClocks(rules Rules, at time.Time) (clocks []policy.Clock) {
	if c.File.Owed == "" {
		return nil
	}
	turns := map[string]int{}
	for _, o := range c.File.Owed.List() {
		turn := turns[o.Code]
		turns[o.Code]++
		if k, ok := o.clock(rules, at); ok {
			k.Turn = turn
			clocks = append(clocks, k)
		}
	}
	return clocks
}

// clock is the clock of an obligation as it stands at the moment at; ok is false
// where it has no limit, or no policy is known by whose hours it could run.
func (o Obligation) clock(rules Rules, at time.Time) (k policy.Clock, ok bool) {
	b := rules.Books[o.Version]
	if b == nil {
		b = rules.Books[rules.Version]
	}
	if b == nil || o.Limit.IsZero() {
		return k, false
	}
	a := o.Limit
	k = b.Clock(sla.Term{Stage: o.Stage(), S: [4]sla.Allowance{a, a, a, a}}, o.Severity, o.From, o.Why)
	end := at
	switch o.Status {
	case Fulfilled:
		k.Done, end = o.At, o.At
	case NotRequired:
		k.Dropped, end = o.At, o.At
	}
	if !k.Due.After(end) {
		k.Breached = k.Due
	}
	return k, true
}

// Due is when an obligation must be done, UTC, and whether that was missed, for
// ever; a zero due has no limit.
func (o Obligation) Due(rules Rules, at time.Time) (due time.Time, missed bool) {
	k, _ := o.clock(rules, at)
	return k.Due, !k.Breached.IsZero()
}
