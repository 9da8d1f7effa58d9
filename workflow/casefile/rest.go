package casefile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla/policy"
)

// rest holds the clocks until a day, or ends that. Only the policy says for
// which severities and reasons, and how long in all.
func (c Case) rest(h heeded, cmd Command, rules Rules, at time.Time) (heeded, error) {
	st := c.stand(rules, at)
	switch b := st.Book; {
	case cmd.Verb == Resume && st.Rests.IsZero():
		return h, fmt.Errorf("no clock is held: %w", ErrNotAllowed)
	case cmd.Verb == Resume:
		h.story = h.story.and(at, policy.Resumed, "")
		h.notices = c.others(Changed, cmd.By, "ended the hold: its clocks run again", rules, at)
		return h, nil
	case b == nil || !b.Allows(c.Severity):
		return h, fmt.Errorf("the clocks of %s may not be held: %w", c.Severity, ErrNotAllowed)
	}
	return c.hold(h, cmd, rules, st.Book, at)
}

// hold holds the clocks until the end of the day that is named, or for what is
// left of the time that the policy allows, which the others are told.
func (c Case) hold(h heeded, cmd Command, rules Rules, b *policy.Book, at time.Time) (heeded, error) {
	until, ok := dayIn(cmd.Text, at.In(b.Policy.Zone))
	if !ok || !until.After(at) {
		return h, fmt.Errorf("no day to come is named: %w", ErrUnclear)
	}
	if !allowed(cmd.Text, b.Policy.Reasons) {
		return h, fmt.Errorf("clocks may be held for %s only: %w", strings.Join(b.Policy.Reasons, ", or "), ErrNoReason)
	}
	c.Story = c.Story.and(at, policy.Paused, fmt.Sprint(until.UnixMilli()))
	end := c.stand(rules, at).Rests.In(b.Policy.Zone)
	said := "holds its clocks until the end of " + until.Add(-time.Second).Format("Monday 2 January")
	switch {
	case !end.After(at):
		return h, fmt.Errorf("all the time that the policy allows is used up: %w", ErrNotAllowed)
	case end.Before(until):
		said = "holds its clocks until " + end.Format("15:04 on Monday 2 January") + ": the policy allows no longer"
	}
	h.story, h.notices = c.Story, c.others(Changed, cmd.By, said, rules, at)
	return h, nil
}

// allowed reports whether a text gives one of the reasons. Where it denies
// anything besides it gives none: clocks that run by mistake do no harm.
func allowed(text string, reasons []string) bool {
	said := " " + strings.Join(split(fold(text)), " ") + " "
	return slices.ContainsFunc(reasons, func(r string) bool {
		before, after, given := strings.Cut(said, " "+strings.Join(split(fold(r)), " ")+" ")
		return given && !slices.ContainsFunc(strings.Fields(before+" "+after), func(w string) bool { return slices.Contains(denials, w) })
	})
}

// denials are words that turn a reason into its opposite, as split leaves them.
var denials = []string{"not", "no", "never", "nobody", "without", "stopped", "instead", "cannot", "isnt", "arent", "wasnt", "werent", "dont", "doesnt", "didnt", "havent", "hasnt", "cant", "wont"}

var (
	isoDay  = regexp.MustCompile(`\b(\d{4})-(\d{2})-(\d{2})\b`)
	longDay = regexp.MustCompile(`(?i)\b(\d{1,2})(?:st|nd|rd|th)?(?: of)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*(?: (\d{4}))?\b`)
)

// dayIn finds "2026-12-04" or "4 December" and returns the end of that day where
// people are; a day without a year is the next of its name.
func dayIn(text string, now time.Time) (end time.Time, ok bool) {
	if s := isoDay.FindString(text); s != "" {
		d, err := time.ParseInLocation(time.DateOnly, s, now.Location())
		return d.AddDate(0, 0, 1), err == nil
	}
	m := longDay.FindStringSubmatch(text)
	if m == nil {
		return end, false
	}
	year := m[3]
	if year == "" {
		year = fmt.Sprint(now.Year())
	}
	d, err := time.ParseInLocation("2 Jan 2006", m[1]+" "+m[2]+" "+year, now.Location())
	if end = d.AddDate(0, 0, 1); err == nil && m[3] == "" && !end.After(now) {
		end = d.AddDate(1, 0, 1)
	}
	return end, err == nil
}

// PauseReasons are the reasons for which the clocks of the case may be held.
func (c Case) PauseReasons(rules Rules, at time.Time) []string {
	if b := c.stand(rules, at).Book; b != nil && b.Allows(c.Severity) {
		return b.Policy.Reasons
	}
	return nil
}
