package casefile

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// Story is all that happened to the clocks of a case after it was opened: one
// line for each event, "<epoch milliseconds> <kind> <what> @<whose deed it was>",
// in the order of time. It is a string so that two cases can be compared, and is
// only added to.
type Story string

// Events are the lines as the policy understands them. A line that cannot be
// read is an event of no known kind, which no policy can replay.
func (s Story) Events() (es []policy.Event) {
	for line := range strings.Lines(string(s)) {
		es = append(es, readEvent(strings.TrimSpace(line)))
	}
	return es
}

func readEvent(line string) policy.Event {
	line, _, _ = strings.Cut(line, signature)
	at, rest, _ := strings.Cut(line, " ")
	kind, what, _ := strings.Cut(rest, " ")
	n, err := strconv.ParseInt(at, 10, 64)
	if err != nil {
		return policy.Event{Kind: policy.Kind("unreadable " + line)}
	}
	e := policy.Event{At: time.UnixMilli(n).UTC(), Kind: policy.Kind(kind)}
	switch e.Kind {
	case policy.Did, policy.Raised:
		e.Stage = sla.Stage(what)
	case policy.Graded:
		now, _, _ := strings.Cut(what, " ")
		e.Severity = sla.Severity(now)
	case policy.Changed:
		e.Version = what
	case policy.Paused:
		if until, err := strconv.ParseInt(what, 10, 64); err == nil {
			e.Until = time.UnixMilli(until).UTC()
		}
	}
	return e
}

// and is the story with one more event. What it is given at a moment before its
// last event, because somebody set the clock back, happened with that.
func (s Story) and(at time.Time, kind policy.Kind, what string) Story {
	at = s.notBefore(at)
	return s + Story(strings.TrimSpace(fmt.Sprintf("%d %s %s", at.UnixMilli(), kind, what))+"\n")
}

// notBefore is the moment at, or that of the last event if it is later.
func (s Story) notBefore(at time.Time) time.Time {
	lines := strings.TrimSuffix(string(s), "\n")
	if last := readEvent(lines[strings.LastIndexByte(lines, '\n')+1:]); s != "" && last.At.After(at) {
		return last.At
	}
	return at
}

// began is the severity that a case had before anybody graded it.
func (s Story) began(now sla.Severity) sla.Severity {
	for line := range strings.Lines(string(s)) {
		if _, what, graded := strings.Cut(line, " "+string(policy.Graded)+" "); graded {
			what, _, _ = strings.Cut(what, signature)
			if _, was, ok := strings.Cut(strings.TrimSpace(what), " "); ok {
				return sla.Severity(was)
			}
		}
	}
	return now
}

// fresh reports whether the last thing that happened is that somebody took the
// case: what follows keeps that from going stale.
func (s Story) fresh() bool {
	es := s.Events()
	i := len(es) - 1
	for i >= 0 && (es[i].Kind == policy.Changed || es[i].Kind == policy.Announced) {
		i--
	}
	return i >= 0 && es[i].Kind == policy.Did && es[i].Stage == sla.Acknowledge
}

// Rungs are how far the clocks of a case have been climbed: "triage.0=2" says
// that the next rung of the first turn of triage is its third. Clocks that
// nothing was told of yet are left out.
type Rungs string

// rungName names the turn of a stage.
func rungName(s sla.Stage, turn int) string { return string(s) + "." + strconv.Itoa(turn) + "=" }

// At is the next rung of one turn of a stage.
func (r Rungs) At(s sla.Stage, turn int) int {
	for one := range strings.FieldsSeq(string(r)) {
		if text, ok := strings.CutPrefix(one, rungName(s, turn)); ok {
			n, err := strconv.Atoi(text)
			if err == nil {
				return n
			}
		}
	}
	return 0
}

// with is r with n as the next rung of one turn of a stage.
func (r Rungs) with(s sla.Stage, turn, n int) Rungs {
	name := rungName(s, turn)
	all := slices.DeleteFunc(strings.Fields(string(r)), func(one string) bool { return strings.HasPrefix(one, name) })
	if n > 0 {
		all = append(all, name+strconv.Itoa(n))
	}
	slices.Sort(all)
	return Rungs(strings.Join(all, " "))
}
