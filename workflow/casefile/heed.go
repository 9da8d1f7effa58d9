package casefile

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// heeded is what a command changes of the clocks, and who hears of that.
type heeded struct {
	story    Story
	severity sla.Severity
	grading  string
	file     File
	stays    bool // the first half of an act that takes two people moves nothing
	notices  []Notice
}

// heed works out what a command does to the clocks of the case.
func (c Case) heed(cmd Command, rules Rules, at time.Time) (heeded, error) {
	h := heeded{story: c.Story, severity: c.Severity, grading: c.Grading, file: c.File}
	switch cmd.Verb {
	case Acknowledge:
		h.take(c, cmd, rules, at)
	case Note:
		h.act(at)
	case Close:
		if c.File.begun() {
			return c.closeWorked(h, cmd, rules, at)
		}
		if h.act(at); c.State == CloseProposed {
			h.story = h.story.and(at, policy.Closed, "")
		}
	case Grade:
		return c.grade(h, cmd, rules, at)
	case Done:
		return c.done(h, cmd, rules, at)
	case Rest, Resume:
		return c.rest(h, cmd, rules, at)
	default:
		return c.work(h, cmd, rules, at)
	}
	return c.kept(h, rules), nil
}

// kept is h without a story where the case has no clocks.
func (c Case) kept(h heeded, rules Rules) heeded {
	if !c.clocked(rules) {
		h.story = c.Story
	}
	return h
}

// act is that a person did something that finishes no stage. Once is enough to
// keep an acknowledgement from going stale.
func (h *heeded) act(at time.Time) {
	if h.story.fresh() {
		h.story = h.story.and(at, policy.Acted, "")
	}
}

// take is that a person has taken the case. That the same person says so again
// leads to nothing.
func (h *heeded) take(c Case, cmd Command, rules Rules, at time.Time) {
	lead := rules.Roster.fills(cmd.By, c.Org, sla.LALead)
	if lead && h.file.Owed.Owes("LA_NOTIFY") {
		h.file.Owed = h.file.Owed.settle("LA_NOTIFY", Fulfilled, cmd.By, "took the case", at)
	}
	if c.State != Submitted && c.State != CloseProposed && c.State != Acknowledged {
		h.act(at)
		return
	}
	if c.State == Acknowledged && cmd.By == c.By {
		return
	}
	if h.file.Owed.Owes("ACK") {
		h.file.Owed = h.file.Owed.settle("ACK", Fulfilled, cmd.By, "", at)
	}
	if lead {
		h.story = h.story.and(at, policy.Did, string(sla.LAAcknowledge))
	}
	h.story = h.story.and(at, policy.Did, string(sla.Acknowledge))
}

// grade changes the severity: anybody on the case may make it graver; to make it
// lighter takes a reason, and for an emergency a second person who says the same.
func (c Case) grade(h heeded, cmd Command, rules Rules, at time.Time) (heeded, error) {
	to, why, err := severityIn(cmd.Text)
	if err != nil {
		return h, err
	}
	h.act(at)
	switch {
	case to == c.Severity:
		return c.kept(h, rules), nil
	case to > c.Severity && why == "":
		return h, ErrNoReason
	case to > c.Severity && c.Severity == sla.S1:
		return c.calm(h, to, cmd, rules, at)
	}
	return c.graded(h, to, cmd, rules, at), nil
}

// calm makes an emergency a lighter case once two people have said so.
func (c Case) calm(h heeded, to sla.Severity, cmd Command, rules Rules, at time.Time) (heeded, error) {
	said, first, _ := strings.Cut(c.Grading, "=")
	switch {
	case said == string(to) && (first == cmd.By || cmd.Hand != "" && c.File.typed("GRADE", cmd.Hand)):
		return h, ErrSamePerson
	case said == string(to) && c.MayAct(rules.Roster, first):
		return c.graded(h, to, cmd, rules, at), nil
	}
	h.grading = string(to) + "=" + cmd.By
	if h.file = h.file.whole("GRADE"); cmd.Hand != "" {
		h.file = h.file.spoken("GRADE", cmd)
	}
	h.notices = c.others(Changed, cmd.By, fmt.Sprintf("proposes to grade it %s instead of S1. It stays S1 until a second person answers GRADE %s because, with a reason", to, to), rules, at)
	return c.kept(h, rules), nil
}

func (c Case) graded(h heeded, to sla.Severity, cmd Command, rules Rules, at time.Time) heeded {
	h.story = h.story.and(at, policy.Graded, string(to)+" "+string(c.Severity))
	h.severity, h.grading = to, ""
	h.notices = c.others(Changed, cmd.By, fmt.Sprintf("graded it %s; it was %s", to, c.Severity), rules, at)
	return c.kept(h, rules)
}

// grades are what people call the severities.
var grades = map[string]sla.Severity{"emergency": sla.S1, "high": sla.S2, "standard": sla.S3, "low": sla.S4}

// severityIn reads "S1", "to S1 because …" or "emergency, …".
func severityIn(text string) (s sla.Severity, why string, err error) {
	words := strings.Fields(text)
	if len(words) > 0 && (strings.EqualFold(words[0], "to") || strings.EqualFold(words[0], "as")) {
		words = words[1:]
	}
	if len(words) == 0 {
		return "", "", fmt.Errorf("a severity is missing: %w", ErrUnclear)
	}
	name := strings.ToLower(strings.Trim(words[0], ".,:;!-"))
	if s = grades[name]; s == "" {
		if s, err = sla.ParseSeverity(name); err != nil {
			return "", "", fmt.Errorf("%q is no severity: %w", name, ErrUnclear)
		}
	}
	return s, reasonIn(strings.Join(words[1:], " ")), nil
}

// reasonIn is what a person gives as a reason, without the word for it.
func reasonIn(text string) string {
	text = strings.Trim(text, " .,:;!-\u2013\u2014")
	if len(text) >= len("because") && strings.EqualFold(text[:len("because")], "because") {
		text = text[len("because"):]
	}
	return strings.Trim(text, " .,:;!-\u2013\u2014")
}

// done is that a stage was done.
func (c Case) done(h heeded, cmd Command, rules Rules, at time.Time) (heeded, error) {
	stage, ok := stageIn(cmd.Text)
	if !ok {
		return c.met(h, cmd, rules, at)
	}
	if stage == sla.Triage && c.File.begun() && !c.File.Triaged {
		return h, fmt.Errorf("casework has begun, say TRIAGE because …: %w", ErrUnclear)
	}
	if code := doneWith[stage]; h.file.Owed.Owes(code) {
		h.file.Owed = h.file.Owed.settle(code, Fulfilled, cmd.By, "", at)
	}
	if stage == sla.LAAcknowledge && !rules.Roster.fills(cmd.By, c.Org, sla.LALead) {
		return h, fmt.Errorf("%s is for the local authority lead: %w", stage, ErrNotAllowed)
	}
	h.story = h.story.and(at, policy.Did, string(stage))
	if stage == sla.Refer && slices.Contains(split(fold(cmd.Text)), "lado") {
		h.story = h.story.and(at, policy.Raised, string(sla.ReferInWriting))
	}
	return c.kept(h, rules), nil
}

// stageNames are the stages that people do and what they call them; the longer
// name comes before one that it begins with.
var stageNames = []struct {
	words string
	stage sla.Stage
}{
	{"out of hours screen", sla.Screen}, {"screened", sla.Screen}, {"screen", sla.Screen},
	{"triaged", sla.Triage}, {"triage", sla.Triage},
	{"told the la", sla.TellLA}, {"la told", sla.TellLA}, {"told la", sla.TellLA},
	{"la acknowledged", sla.LAAcknowledge},
	{"protective action", sla.Protect}, {"protection", sla.Protect}, {"protected", sla.Protect}, {"made safe", sla.Protect}, {"safe", sla.Protect},
	{"referral in writing", sla.ReferInWriting}, {"written referral", sla.ReferInWriting}, {"referred in writing", sla.ReferInWriting},
	{"referral", sla.Refer}, {"referred", sla.Refer},
	{"reporter update", sla.UpdateReporter}, {"updated reporter", sla.UpdateReporter}, {"update", sla.UpdateReporter}, {"reporter told", sla.UpdateReporter},
	{"reviewed", sla.Review}, {"review", sla.Review},
}

// stageIn reads the stage that a text begins with.
func stageIn(text string) (sla.Stage, bool) {
	said := strings.Join(split(fold(text)), " ") + " "
	said = strings.TrimPrefix(said, "the ")
	for _, n := range stageNames {
		if strings.HasPrefix(said, n.words+" ") {
			return n.stage, true
		}
	}
	return "", false
}

// Takes reports whether text is what a verb is followed by, so that the two are
// a command though nothing sets the verb off.
func Takes(v Verb, text string) bool {
	switch v {
	case Grade:
		_, _, err := severityIn(text)
		return err == nil
	case Done:
		_, stage := stageIn(text)
		_, _, owed := obligationIn(text)
		return stage || owed
	case Rest:
		return strings.HasPrefix(strings.ToLower(text), "until ")
	}
	return false
}
