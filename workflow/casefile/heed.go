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
	case Refer:
		return c.refer(h, cmd, rules, at)
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

// take is that a person has taken the case. That they, or others, say so of a
// case that is taken leads to nothing; the LA lead answers by it all the same.
func (h *heeded) take(c Case, cmd Command, rules Rules, at time.Time) {
	lead := rules.Roster.fills(cmd.By, c.Org, sla.LALead)
	if lead && h.file.Owed.Owes("LA_NOTIFY") {
		h.file.Owed = h.file.Owed.settle("LA_NOTIFY", Fulfilled, cmd.By, "took the case", at)
	}
	if h.file.Owed.Owes("ACK") {
		h.file.Owed = h.file.Owed.settle("ACK", Fulfilled, cmd.By, "", at)
	}
	if k, ok := c.clock(sla.LAAcknowledge, rules, at); ok && k.Running() && lead {
		h.story = h.story.and(at, policy.Did, string(sla.LAAcknowledge))
	}
	if c.State != Submitted && c.State != CloseProposed && c.State != Acknowledged {
		h.act(at)
		return
	}
	if c.State != Acknowledged {
		h.story = h.story.and(at, policy.Did, string(sla.Acknowledge))
	}
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
		return c.stay(h, cmd, rules, at), nil
	case to > c.Severity && why == "":
		return h, ErrNoReason
	case to > c.Severity && c.Severity == sla.S1:
		return c.calm(h, to, cmd, rules, at)
	}
	return c.graded(h, to, cmd, rules, at), nil
}

// stay is that the severity is right as it is: what somebody proposed is off.
func (c Case) stay(h heeded, cmd Command, rules Rules, at time.Time) heeded {
	if c.Grading != "" {
		h.grading = ""
		h.notices = c.others(Changed, cmd.By, fmt.Sprintf("says that it stays %s: a proposal to grade it otherwise is off", c.Severity), rules, at)
	}
	return c.kept(h, rules)
}

// calmFor is how long a proposal to make an emergency lighter waits for the
// second person: whoever agrees must speak of the same moment.
const calmFor = 24 * time.Hour

// calm makes an emergency a lighter case once two people have said so.
func (c Case) calm(h heeded, to sla.Severity, cmd Command, rules Rules, at time.Time) (heeded, error) {
	said, first := c.proposed(at)
	switch {
	case said == to && (first == cmd.By || cmd.Hand != "" && c.File.typed("GRADE", cmd.Hand)):
		return h, ErrSamePerson
	case said == to && c.MayAct(rules.Roster, first):
		h = c.graded(h, to, cmd, rules, at)
		h.story = h.story.signed(c.Story, first) // it falls with either of the two
		return h, nil
	}
	h.grading = fmt.Sprintf("%s@%d=%s", to, at.UnixMilli(), cmd.By)
	if h.file = h.file.whole("GRADE"); cmd.Hand != "" {
		h.file = h.file.spoken("GRADE", cmd)
	}
	h.notices = c.others(Changed, cmd.By, fmt.Sprintf("proposes to grade it %s instead of S1. It stays S1 until a second person answers GRADE %s because (your reason)", to, to), rules, at)
	ask(h.notices, "GRADE "+string(to)+" because ")
	return c.kept(h, rules), nil
}

// proposed is the lighter severity that waits for a second person, and the first.
func (c Case) proposed(at time.Time) (to sla.Severity, by string) {
	said, by, _ := strings.Cut(c.Grading, "=")
	name, when, _ := strings.Cut(said, "@")
	n, err := strconv.ParseInt(when, 10, 64)
	if err != nil || at.Sub(time.UnixMilli(n)) > calmFor {
		return "", ""
	}
	return sla.Severity(name), by
}

func (c Case) graded(h heeded, to sla.Severity, cmd Command, rules Rules, at time.Time) heeded {
	h.story = h.story.and(at, policy.Graded, string(to)+" "+string(c.Severity))
	h.severity, h.grading = to, ""
	text, now := fmt.Sprintf("graded it %s; it was %s", to, c.Severity), c
	if !c.clocked(rules) { // no clock moves by it or tells the local authority
		text += ". It is older than the policy: its deadlines stay as they were"
		now.Severity = min(to, c.Severity)
	}
	if c.reopens(to) {
		text += ". The proposal to close it is off: who still wants it closed proposes it again"
		h.notices = c.others(CloseProposal, cmd.By, text, rules, at) // all who were asked
		for i := range h.notices {
			h.notices[i].Kind = Changed
		}
	}
	for _, n := range now.others(Changed, cmd.By, text, rules, at) {
		h.notices = add(h.notices, n)
	}
	return c.kept(h, rules)
}

// reopens reports whether a severity takes a proposal to close the case back: a
// lighter one must not choose who is asked to agree.
func (c Case) reopens(to sla.Severity) bool { return c.State == CloseProposed && to > c.Severity }

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

// done is that a stage was done that somebody waits for, or waited for: another
// may say so too. That it was told to the LADO begins a stage of its own.
func (c Case) done(h heeded, cmd Command, rules Rules, at time.Time) (heeded, error) {
	stage, ok := stageIn(cmd.Text)
	if stage == "" && (c.File.begun() || cmd.Hand != "") {
		return c.met(h, cmd, rules, at)
	}
	if !ok {
		return h, fmt.Errorf("no such stage: %w", ErrUnclear)
	}
	if stage == sla.Triage && c.File.begun() && !c.File.Triaged {
		return h, fmt.Errorf("casework has begun, say TRIAGE because …: %w", ErrUnclear)
	}
	code := doneWith[stage]
	owed := h.file.Owed.Owes(code)
	if owed {
		h.file.Owed = h.file.Owed.settle(code, Fulfilled, cmd.By, "", at)
	}
	if stage == sla.LAAcknowledge && !rules.Roster.fills(cmd.By, c.Org, sla.LALead) {
		return h, fmt.Errorf("%s is for the local authority lead: %w", stage, ErrNotAllowed)
	}
	lado := stage == sla.Refer && slices.Contains(split(fold(cmd.Text)), "lado")
	k, ok := c.clock(stage, rules, at)
	if c.clocked(rules) && !lado && !owed && (!ok || !k.Dropped.IsZero()) {
		return h, fmt.Errorf("nobody waits for %s: %w", stage, ErrNotAllowed)
	}
	h.story = h.story.and(at, policy.Did, string(stage))
	if lado {
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
	case Refer:
		return toAgency(text)
	case Exclude:
		return strings.HasPrefix(strings.ToLower(text), "of interest")
	}
	return false
}
