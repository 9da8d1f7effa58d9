package casefile

import (
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// Stale is the stage of the alarm that brings back a case which somebody took
// and did nothing about.
const Stale sla.Stage = "stale"

// usual is the pace of a desk whose policy names no shorter one.
const usual = 15 * time.Minute

// Pace is the shortest time that anybody has to take a case: what the desk does
// for letters that wait must fit into it.
func (r Rules) Pace() time.Duration {
	pace := usual
	if r.Policy.Acknowledge > 0 {
		pace = r.Policy.Acknowledge
	}
	if b := r.Books[r.Version]; b != nil {
		pace = b.Pace(pace)
	}
	return pace
}

// clocked reports whether the case runs by a policy. One that is older than
// policies runs by the plain ladder.
func (c Case) clocked(rules Rules) bool { return c.Version != "" && len(rules.Books) > 0 }

// reviewed reports whether the case comes back by the plain rule, and not by the
// clock of its policy: an allowance of the council's own makes that no later.
func (c Case) reviewed(rules Rules) bool {
	b := rules.Books[c.Version]
	if b == nil || rules.Policy.Review <= 0 {
		return !c.clocked(rules) || rules.Policy.Review > 0
	}
	from := c.Acknowledged
	if from.IsZero() {
		from = c.Opened
	}
	k, ok := b.Start(sla.Review, c.Severity, from)
	return !ok || !from.Add(rules.Policy.Review).After(k.Due)
}

// stand are the clocks of the policy's stages and those of what the case owes.
func (c Case) stand(rules Rules, at time.Time) policy.Standing {
	st := c.replayed(rules, at)
	st.Clocks = append(st.Clocks, c.owedClocks(rules, at)...)
	return st
}

// replayed replays the clocks of the case. Where they cannot be replayed, because
// a policy is not known or a line cannot be read, it runs by the present policy
// and at the gravest severity that it ever had: too early rather than not at all.
func (c Case) replayed(rules Rules, at time.Time) policy.Standing {
	if !c.clocked(rules) {
		return policy.Standing{}
	}
	s := c.tale()
	at = c.Story.notBefore(at)
	st, err := rules.Books.Stand(s, at)
	if err == nil {
		return st
	}
	s.Version, s.Events = rules.Version, c.Story.plain(c.Opened)
	if s.Severity, err = sla.ParseSeverity(string(s.Severity)); err != nil {
		s.Severity = sla.S2
	}
	if st, err = rules.Books.Stand(s, at); err != nil {
		return policy.Standing{}
	}
	return st
}

// plain are the events of a story that any policy can replay, in order, of
// gradings only those that make it graver than it ever was.
func (s Story) plain(opened time.Time) (es []policy.Event) {
	gravest := s.began(sla.S4)
	for _, e := range s.Events() {
		switch e.Kind {
		case policy.Did, policy.Raised, policy.Acted, policy.Closed:
			if !e.At.Before(opened) {
				es = append(es, e)
			}
		case policy.Graded:
			if _, err := sla.ParseSeverity(string(e.Severity)); err == nil && e.Severity < gravest && !e.At.Before(opened) {
				gravest, es = e.Severity, append(es, e)
			}
		}
	}
	return es
}

// Knows reports whether every policy that the case runs by is among the books. If
// not, another worker has taken one into force, and the books must be read again.
func (r Rules) Knows(c Case) bool {
	if c.Version == "" {
		return true
	}
	known := r.Books[c.Version] != nil
	if strings.Contains(string(c.Story), " "+string(policy.Changed)+" ") {
		for _, e := range c.Story.Events() {
			known = known && (e.Kind != policy.Changed || r.Books[e.Version] != nil)
		}
	}
	return known
}

// Standing is how the clocks of the case stand at the moment at, and the error
// that keeps them from being replayed. A case that is older than policies has
// none.
func (c Case) Standing(rules Rules, at time.Time) (policy.Standing, error) {
	if !c.clocked(rules) {
		return policy.Standing{Clocks: c.owedClocks(rules, at)}, nil
	}
	st, err := rules.Books.Stand(c.tale(), c.Story.notBefore(at))
	st.Clocks = append(st.Clocks, c.owedClocks(rules, at)...)
	return st, err
}

// clock is the clock of a stage that runs, or else the one that ran last. While
// nothing has happened it needs no replay.
func (c Case) clock(stage sla.Stage, rules Rules, at time.Time) (k policy.Clock, ok bool) {
	if b := rules.Books[c.Version]; c.Story == "" && b != nil && !strings.HasPrefix(string(stage), owedPrefix) {
		return b.Start(stage, c.Severity, c.Opened)
	}
	for _, one := range c.stand(rules, at).Clocks { // what ended comes before what runs
		if one.Stage == stage {
			k, ok = one, true
		}
	}
	return k, ok
}

// alarms are all a case waits for: the next rung of every clock that runs, and
// while nothing follows an acknowledgement the moment at which it returns, or
// should have.
func (c Case) alarms(rules Rules, at time.Time) (as []Alarm) {
	if c.State.Over() {
		return nil
	}
	as = c.own(rules, at)
	st := c.stand(rules, at)
	for _, k := range st.Clocks {
		if a, ok := c.next(k, rules); ok {
			as = append(as, a)
		}
	}
	if due := st.Returns(); !due.IsZero() && c.State == Acknowledged {
		as = append(as, Alarm{Ref: c.Ref, Stage: Stale, Turn: c.Turn, Due: due})
	}
	return as
}

// own are the alarms that follow from the state of the case: that somebody must
// take it, and by the plain rule that it comes back.
func (c Case) own(rules Rules, at time.Time) []Alarm {
	p := rules.Policy.Filled()
	switch {
	case c.State == Submitted:
		return []Alarm{{Ref: c.Ref, Stage: sla.Acknowledge, Turn: c.Turn, Rung: c.Climbed, Due: c.ladder(rules, at).due(c.Climbed)}}
	case !c.State.Over() && c.reviewed(rules):
		return []Alarm{{Ref: c.Ref, Stage: sla.Review, Rung: c.Reviews, Due: p.ReviewDue(c.Acknowledged, c.Reviews)}}
	}
	return nil
}

// mine reports whether the clock of a stage is climbed by the case itself.
func (c Case) mine(s sla.Stage, rules Rules) bool {
	return s == sla.Acknowledge || s == sla.Review && c.reviewed(rules)
}

// next is the alarm that a clock waits for. What the desk does by itself rings
// once; that it was done earlier is told at once.
func (c Case) next(k policy.Clock, rules Rules) (a Alarm, ok bool) {
	if c.mine(k.Stage, rules) || !k.Dropped.IsZero() {
		return a, false
	}
	a = Alarm{Ref: c.Ref, Stage: k.Stage, Turn: k.Turn, Rung: c.Rungs.At(k.Stage, k.Turn), Due: k.Due}
	if tell, desk := k.ByDesk(); desk {
		if !k.Done.IsZero() && k.Done.Before(k.Due) {
			a.Due = k.Done
		}
		return a, len(tell) > 0 && a.Rung == 0
	}
	r, ok := k.Ring(a.Rung)
	a.Due = r.At
	return a, ok && k.Running()
}

// tale is what the policy replays.
func (c Case) tale() policy.Story {
	return policy.Story{Version: c.Version, Received: c.Opened, Severity: c.Story.began(c.Severity), Events: c.Story.Events()}
}
