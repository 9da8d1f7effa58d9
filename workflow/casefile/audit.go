package casefile

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// Difference is one place where what happened is not what the policy says.
type Difference struct {
	At   time.Time // of the line, or of what is missing
	Line string    // of the chronology, or the rung that it lacks
	What string
}

// lag is how long ago a limit must have passed before it is a difference that
// nobody was told: an alarm may be about to ring. How late a limit was announced
// is none: the desk may have slept, and says so itself.
const lag = 5 * time.Minute

var rungLine = regexp.MustCompile(`^([a-z0-9-]+) ([0-9]+)%(?:, turn ([0-9]+))?(?:, repeat ([0-9]+))?$`)

// Audit recomputes every clock of the case at the moment now and holds its
// chronology against them: no rung was told before its time, none that no clock
// has, none that was passed is left out, every limit that was missed was
// announced, and what moved its clocks is what people said. The error is that of
// a story that cannot be replayed. A case that is older than policies is held
// against the plain ladder.
func (c Case) Audit(es []Event, rules Rules, now time.Time) (st policy.Standing, ds []Difference, err error) {
	if st, err = c.Standing(rules, now); err != nil {
		return st, nil, err
	}
	told := map[string]bool{}
	var last time.Time // a clock that is set back stands still, as in the story
	for i, e := range es {
		if last.Before(e.At) {
			last = e.At
		}
		if m := rungLine.FindStringSubmatch(e.Text); e.Verb == Elapse && m != nil {
			d, err := c.held(e, m, last, rules.allowed(es, i))
			if err != nil {
				return st, nil, err
			}
			if d.What != "" {
				ds = append(ds, d)
			}
			if percent, _ := strconv.Atoi(m[2]); percent >= 100 {
				told[m[1]+"."+m[3]] = true
			}
		}
	}
	if c.clocked(rules) && st.Severity != c.Severity {
		ds = append(ds, Difference{now, "severity " + string(c.Severity), "the events lead to " + string(st.Severity)})
	}
	if c.clocked(rules) {
		ds = append(ds, c.unfounded(es)...)
	}
	ds = append(ds, c.unwritten(st, es, rules, now)...)
	return st, append(ds, c.silent(st, told, rules, now)...), nil
}

// held holds one line against the clock that it is about, as it stood then: what
// happened to the case later changed nothing of that.
func (c Case) held(e Event, m []string, then time.Time, rules Rules) (d Difference, err error) {
	stage, percent := sla.Stage(m[1]), number(m[2])
	d = Difference{At: e.At, Line: e.Text}
	if stage == sla.Review && c.reviewed(rules) || !c.clocked(rules) {
		return c.heldPlain(d, stage, percent, rules), nil
	}
	if stage == sla.Acknowledge && rules.Policy.Acknowledge > 0 && c.heldPlain(d, stage, percent, rules).What == "" {
		return d, nil // which of the two ladders ruled follows from the severity of that moment
	}
	for _, at := range []time.Time{then, then.Add(-time.Millisecond)} { // a deed of the same moment may have come after it
		st, err := rules.Books.Stand(c.tale(), at)
		if err != nil {
			return d, err
		}
		st.Clocks = append(st.Clocks, c.owedClocks(rules, at)...)
		if d.What = early(st, m, e.At); d.What == "" {
			break
		}
	}
	return d, nil
}

// early says what is wrong with a rung that was told at the moment at, "" if
// nothing is.
func early(st policy.Standing, m []string, at time.Time) string {
	stage, percent, turn, repeat := sla.Stage(m[1]), number(m[2]), max(0, number(m[3])-1), number(m[4])
	for _, k := range st.Clocks {
		for n := range k.Rungs() {
			if r, _ := k.Ring(n); k.Stage == stage && k.Turn == turn && r.Percent == percent {
				if r, _ = k.Ring(n + repeat); r.At.After(at) {
					return "was told before its time, " + r.At.Format(time.RFC3339)
				}
				return ""
			}
		}
	}
	return "no clock has such a rung"
}

// heldPlain holds a line against the plain ladder; of a case that came back only
// the first time is known.
func (c Case) heldPlain(d Difference, stage sla.Stage, percent int, rules Rules) Difference {
	if stage != sla.Acknowledge || c.Turn > 0 {
		return d
	}
	l := ladder{from: c.Opened, plain: rules.Policy.Filled()}
	for n := 0; l.rung(n).Percent <= percent; n++ {
		if l.rung(n).Percent == percent {
			return d.unless(!l.due(n).After(d.At), "was told before its time, "+l.due(n).Format(time.RFC3339))
		}
	}
	return d.unless(false, "the ladder has no such rung")
}

// silent are the limits that passed and of which the chronology says nothing.
func (c Case) silent(st policy.Standing, told map[string]bool, rules Rules, now time.Time) (ds []Difference) {
	for _, k := range st.Clocks {
		turn := ""
		if k.Turn > 0 {
			turn = strconv.Itoa(k.Turn + 1)
		}
		if !k.Breached.IsZero() && !c.foreign(k.Stage, rules, now) && now.Sub(k.Breached) > lag && !told[string(k.Stage)+"."+turn] {
			ds = append(ds, Difference{k.Breached, fmt.Sprintf("%s 100%%", k.Stage), "the limit passed and nobody was told"})
		}
	}
	return ds
}

// unless is the difference, or none if all is well.
func (d Difference) unless(well bool, what string) Difference {
	if !well {
		d.What = what
	}
	return d
}

// number reads digits; none are 0.
func number(digits string) int {
	n, err := strconv.Atoi(digits)
	if err != nil {
		return 0
	}
	return n
}
