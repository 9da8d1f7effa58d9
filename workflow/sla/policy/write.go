package policy

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

// String is the policy as the file that says it, without comments. Two policies
// with the same text are the same policy.
func (p Policy) String() string {
	var b strings.Builder
	line := func(key string, value any) { fmt.Fprintf(&b, "%s = %s\n", key, literal(value)) }
	line("title", p.Title)
	line("next_review", p.NextReview.String())
	line("time_zone", p.Zone.String())
	line("open", opening(p.Week))
	line("closure_days", words(p.Closures))
	line("pause_reasons", p.Reasons)
	for _, t := range p.Stages {
		b.WriteString("\n[[stage]]\n")
		writeStage(line, t)
	}
	for _, r := range p.Ladder {
		b.WriteString("\n[[rung]]\n")
		writeRung(line, r)
	}
	for _, table := range []struct {
		name string
		of   BySeverity
	}{{"repeat", p.Repeat}, {"stale", p.Stale}, {"pause", p.Pause}} {
		fmt.Fprintf(&b, "\n[%s]\n", table.name)
		writeAllowances(line, table.of)
	}
	return b.String()
}

// writeStage leaves out what is as it is when it is left out.
func writeStage(line func(string, any), t sla.Term) {
	line("name", string(t.Stage))
	writeAllowances(line, t.S)
	for _, o := range []struct {
		said       bool
		key, value string
	}{{t.OutOfHours, "runs", "out-of-hours"}, {t.Raised, "runs", "if-raised"}, {t.Soft, "missed", "target"}, {t.Repeats, "again", "each-time"},
		{t.Desk, "done_by", "desk"}, {t.With != "", "with", string(t.With)}} {
		if o.said {
			line(o.key, o.value)
		}
	}
	if len(t.Tell) > 0 {
		line("tell", words(t.Tell))
	}
	if t.Note != "" {
		line("note", t.Note)
	}
}

func writeRung(line func(string, any), r Rung) {
	line("at", strconv.Itoa(r.Percent)+"%")
	line("severities", words(r.Severities))
	if len(r.Stages) > 0 {
		line("stages", words(r.Stages))
	}
	line("tell", words(r.Tell))
	if r.Note != "" {
		line("note", r.Note)
	}
}

func writeAllowances(line func(string, any), of [4]sla.Allowance) {
	for i, a := range of {
		if !a.IsZero() {
			line("s"+strconv.Itoa(i+1), a.String())
		}
	}
}

// words are things as their texts.
func words[T any](all []T) []string {
	out := make([]string, len(all))
	for i, a := range all {
		out[i] = fmt.Sprint(a)
	}
	return out
}

// opening is a week as the file says it: neighbours with the same hours together.
func opening(w sla.Week) (lines []string) {
	for i := 0; i < len(w); {
		first := weekdays[i]
		h := w[first]
		last := i
		for last+1 < len(w) && w[weekdays[last+1]] == h {
			last++
		}
		days := first.String()
		if last > i {
			days += "-" + weekdays[last].String()
		}
		if h != (sla.Hours{}) {
			lines = append(lines, fmt.Sprintf("%s %s-%s", days, clockText(h.Open), clockText(h.Close)))
		}
		i = last + 1
	}
	return lines
}

// weekdays in the order of people.
var weekdays = [7]time.Weekday{time.Monday, time.Tuesday, time.Wednesday, time.Thursday, time.Friday, time.Saturday, time.Sunday}

func clockText(d time.Duration) string {
	return fmt.Sprintf("%02d:%02d", int(d/time.Hour), int(d/time.Minute)%60)
}

// literal is a text or a list of texts as TOML writes it (TOML 1.0, "String").
func literal(v any) string {
	list, ok := v.([]string)
	if !ok {
		return quote(fmt.Sprint(v))
	}
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return "[" + strings.Join(quoted, ", ") + "]"
}

// quote writes a basic string: what Go would escape otherwise stays as it is.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString("\\" + string(r))
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, "\\u%04X", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}
