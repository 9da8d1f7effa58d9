package casefile

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// model is casework as DOMAIN.md tells it, written down once more and slowly: it
// knows neither codes' spellings nor clocks.
type model struct {
	state          string
	severity       int
	owed           map[string]bool // false: settled
	flags, asked   map[string]bool
	facts          map[string]bool
	first          map[string]string // who spoke the first half
	begun, triaged bool
	laTook         bool
	proposer       string
}

// saying is one command in parts, so that the model need not read words.
type saying struct{ by, verb, arg string }

func (s saying) text() string {
	switch s.verb {
	case "UNFLAG", "NOT-NEEDED":
		return s.arg + " because of a reason"
	case "BLOCKED":
		return s.arg + " on somebody"
	case "HEARD", "REFER", "DONE":
		return s.arg + " 17"
	case "TRIAGE", "VETO", "REOPEN", "NOT-SAFEGUARDING", "RETENTION", "DISPOSE", "PLAN":
		return "because of a reason"
	case "MONITOR":
		return "next review on 3 December 2026"
	case "CLOSE":
		return goodClose
	}
	return s.arg
}

var modelBrings = map[string]string{"STAFFSUBJ": "LADO PIPOT HR", "CRIME": "POLICE_101", "IIOC": "POLICE_101 CHILD_REF EVIDENCE_SECURE", "LIVE": "PLATFORM_TAKEDOWN",
	"U18": "CHILD_REF PARENT_INFORM", "DANGER": "POLICE_999 SAFETY_PLAN"}

const modelAgencies = "POLICE_999 POLICE_101 CHILD_REF LADO PIPOT"

// routes are the states that a verb may be said in and where it leads; "=" is to
// where it is.
var modelRoutes = map[string]string{
	"ACK":    "SUBMITTED>ACKNOWLEDGED ACKNOWLEDGED= TRIAGED= ACTIVE= REFERRED_OUT= MONITORING= REOPENED= CLOSE_PROPOSED>back",
	"NOTE":   "SUBMITTED= ACKNOWLEDGED= TRIAGED= ACTIVE= REFERRED_OUT= MONITORING= REOPENED= CLOSE_PROPOSED= CLOSED= NOT_SAFEGUARDING= RETENTION_REVIEW= DISPOSED=",
	"FACT":   "SUBMITTED= ACKNOWLEDGED= TRIAGED= ACTIVE= REFERRED_OUT= MONITORING= REOPENED= CLOSE_PROPOSED=",
	"TRIAGE": "ACKNOWLEDGED>TRIAGED REOPENED>TRIAGED ACTIVE= REFERRED_OUT=", "PLAN": "TRIAGED>ACTIVE REOPENED>ACTIVE REFERRED_OUT>ACTIVE MONITORING>ACTIVE ACTIVE=",
	"REFER": "SUBMITTED= ACKNOWLEDGED= TRIAGED>REFERRED_OUT ACTIVE>REFERRED_OUT REFERRED_OUT= MONITORING>REFERRED_OUT REOPENED>REFERRED_OUT CLOSE_PROPOSED=",
	"HEARD": "SUBMITTED= ACKNOWLEDGED= REFERRED_OUT>ACTIVE ACTIVE= MONITORING=", "MONITOR": "ACTIVE>MONITORING",
	"CLOSE": "ACKNOWLEDGED>CLOSE_PROPOSED ACTIVE>CLOSE_PROPOSED MONITORING>CLOSE_PROPOSED CLOSE_PROPOSED>CLOSED", "VETO": "CLOSE_PROPOSED>back",
	"REOPEN":           "CLOSED>REOPENED NOT_SAFEGUARDING>REOPENED RETENTION_REVIEW>REOPENED",
	"NOT-SAFEGUARDING": "SUBMITTED>NOT_SAFEGUARDING ACKNOWLEDGED>NOT_SAFEGUARDING TRIAGED>NOT_SAFEGUARDING ACTIVE>NOT_SAFEGUARDING REFERRED_OUT>NOT_SAFEGUARDING MONITORING>NOT_SAFEGUARDING REOPENED>NOT_SAFEGUARDING",
	"RETENTION":        "CLOSED>RETENTION_REVIEW NOT_SAFEGUARDING>RETENTION_REVIEW", "DISPOSE": "RETENTION_REVIEW>DISPOSED",
}

func (m *model) route(verb string) (to string, ok bool) {
	if modelRoutes[verb] == "" {
		verb = "FACT"
	}
	for _, r := range strings.Fields(modelRoutes[verb]) {
		if r == m.state+"=" {
			return m.state, true
		}
		if from, to, found := strings.Cut(r, ">"); found && from == m.state {
			if to == "back" {
				to = map[bool]string{true: "ACTIVE", false: "ACKNOWLEDGED"}[m.triaged]
			}
			return to, true
		}
	}
	return "", false
}

func (m *model) open() (codes []string) {
	for code, open := range m.owed {
		if open {
			codes = append(codes, code)
		}
	}
	slices.Sort(codes)
	return codes
}

func (m *model) owe(codes string) {
	for code := range strings.FieldsSeq(codes) {
		m.owed[code] = true
	}
}

func (m *model) begin() {
	if m.begun {
		return
	}
	m.begun = true
	m.owe("ACK TRIAGE LA_NOTIFY SUPPORT_AFFECTED REVIEW UPDATE_REPORTER LEARNING")
	if m.state != "SUBMITTED" {
		m.owed["ACK"] = false
	}
	m.owed["LA_NOTIFY"] = !m.laTook
}

func (m *model) flag(flag string) {
	m.begin()
	m.flags[flag] = true
	m.owe(modelBrings[flag])
	if flag == "IIOC" || flag == "DANGER" {
		m.severity = 1
	}
}

// second reports whether by may be the second half of what first began.
func second(first, by string, roles string) bool {
	return first != by && slices.Contains(strings.Fields(roles), by)
}

// two is a two-person act: 0 refused, 1 the first half, 2 the second.
func (m *model) two(act, by, roles string) int {
	switch first := m.first[act]; {
	case first == "":
		m.first[act] = by
		return 1
	case first == by:
		return 0
	case second(first, by, roles) || first == "la" && !strings.Contains(roles, "deputy") && by == "senior":
		delete(m.first, act)
		return 2
	}
	return 0
}

// say does what a command does, and reports whether it is obeyed.
func (m *model) say(s saying) bool {
	to, ok := m.route(s.verb)
	if !ok || !m.guard(s) {
		return false
	}
	switch s.verb {
	case "ACK":
		m.took(s.by)
		m.owed["ACK"] = m.owed["ACK"] && m.state != "SUBMITTED" && m.state != "CLOSE_PROPOSED" && m.state != "ACKNOWLEDGED"
	case "NOTE":
	case "CLOSE":
		return m.close(s.by)
	case "RETENTION", "VETO":
	default:
		if !m.begun && (s.verb == "DONE" || s.verb == "REFER") {
			return false // by letter they begin no casework, and no S3 has a time for a referral
		}
		if s.verb != "DISPOSE" {
			m.begin()
		}
		var stays, fine bool
		if stays, fine = m.work(s); !fine {
			return false
		}
		if stays {
			to = m.state
		}
	}
	m.state = to
	return true
}

func (m *model) took(by string) {
	m.laTook = m.laTook || by == "la" && m.state == "SUBMITTED"
	if by == "la" && m.begun {
		m.owed["LA_NOTIFY"] = false
	}
}

// guard is what must hold before anything is written down.
func (m *model) guard(s saying) bool {
	switch s.verb {
	case "TRIAGE":
		return m.facts["FORM"] && m.facts["AGE"] && m.facts["DANGER"]
	case "PLAN":
		return m.state != "REFERRED_OUT" || len(m.asked) == 0 || m.severity > 2
	case "HEARD":
		return m.asked[s.arg]
	case "MONITOR":
		open, known := m.owed["SAFETY_PLAN"]
		return known && !open
	case "UNFLAG":
		return m.flags[s.arg]
	case "NOT-NEEDED", "BLOCKED":
		return m.owed[s.arg] || !m.begun && (s.arg == "REVIEW" || s.arg == "LA_NOTIFY" && !m.laTook)
	case "NOT-SAFEGUARDING":
		for _, code := range m.open() {
			if strings.Contains(modelAgencies, code) {
				return false
			}
		}
	}
	return true
}

// work is the casework of a command; stays is that of a first half.
func (m *model) work(s saying) (stays, ok bool) {
	switch s.verb {
	case "FORM":
		m.facts["FORM"] = true
	case "AGE":
		if m.facts["AGE"] = true; s.arg == "16-17" {
			m.flag("U18")
		}
	case "DANGER":
		if m.facts["DANGER"] = true; s.arg == "yes" {
			m.flag("DANGER")
		}
	case "FLAG":
		m.flag(s.arg)
	case "UNFLAG":
		return m.unflag(s)
	case "TRIAGE":
		m.triaged, m.owed["TRIAGE"] = true, false
	case "REFER":
		m.refer(s.arg)
		m.asked[s.arg] = true
	case "HEARD":
		delete(m.asked, s.arg)
		return len(m.asked) > 0 && m.severity <= 2, true
	case "OWE":
		m.owe(s.arg)
	case "NOT-NEEDED":
		if strings.HasPrefix(s.arg, "POLICE") && m.flags["IIOC"] {
			n := m.two("no "+s.arg, s.by, "la")
			m.owed[s.arg] = n != 2
			return n == 1, n > 0
		}
		m.owed[s.arg] = false
	case "DONE":
		if m.owed[s.arg] = false; strings.Contains(modelAgencies, s.arg) {
			m.refer(s.arg)
		}
	case "REOPEN":
		m.owe("LA_NOTIFY SUPPORT_AFFECTED REVIEW UPDATE_REPORTER LEARNING")
		m.first = map[string]string{}
	case "NOT-SAFEGUARDING":
		n := m.two("none", s.by, "la deputy")
		for code := range m.owed {
			m.owed[code] = m.owed[code] && n != 2
		}
		return n == 1, n > 0
	case "DISPOSE":
		n := m.two("dispose", s.by, "la senior")
		return n == 1, n > 0
	}
	return false, true
}

func (m *model) refer(code string) {
	m.owed[code] = false
	if _, told := m.owed["DFE_24H"]; !told {
		m.owed["DFE_24H"] = true
	}
}

func (m *model) unflag(s saying) (stays, ok bool) {
	if s.arg == "IIOC" {
		if n := m.two("unflag", s.by, "la"); n != 2 {
			return n == 1, n == 1
		}
	}
	delete(m.flags, s.arg)
	for code := range strings.FieldsSeq(modelBrings[s.arg]) {
		still := false
		for f := range m.flags {
			still = still || slices.Contains(strings.Fields(modelBrings[f]), code)
		}
		if _, known := m.owed[code]; known && !still {
			m.owed[code] = false
		}
	}
	return false, true
}

func (m *model) close(by string) bool {
	if m.state != "CLOSE_PROPOSED" {
		if m.begun {
			left := slices.DeleteFunc(m.open(), func(code string) bool { return code == "LEARNING" })
			if len(left) > 0 || len(m.asked) > 0 && m.severity <= 2 {
				return false
			}
			m.owed["LEARNING"] = false
		}
		m.state, m.proposer = "CLOSE_PROPOSED", by
		return true
	}
	grave := m.severity <= 2 || m.flags["U18"] || m.flags["STAFFSUBJ"]
	if by == m.proposer || m.begun && (len(m.open()) > 0 || len(m.asked) > 0 && m.severity <= 2) || grave && by != "la" && (m.proposer != "la" || by != "senior") {
		return false
	}
	m.state = "CLOSED"
	return true
}

var modelSayings = map[string][]string{
	"ACK": {""}, "NOTE": {"he called"}, "FORM": {"THR"}, "AGE": {"25+", "16-17"}, "DANGER": {"no", "yes"}, "FLAG": {"STAFFSUBJ", "CRIME", "IIOC", "LIVE"},
	"UNFLAG": {"STAFFSUBJ", "CRIME", "IIOC", "LIVE", "U18"}, "TRIAGE": {""}, "PLAN": {""}, "REFER": {"POLICE_101", "LADO"}, "HEARD": {"POLICE_101", "LADO"}, "MONITOR": {""}, "OWE": {"HR"},
	"NOT-NEEDED": {"POLICE_101", "POLICE_999", "LADO", "PIPOT", "HR", "CHILD_REF", "PARENT_INFORM", "REVIEW", "DFE_24H", "EVIDENCE_SECURE", "LA_NOTIFY"}, "BLOCKED": {"LADO", "REVIEW"},
	"DONE":  {"LA_NOTIFY", "SUPPORT_AFFECTED", "UPDATE_REPORTER", "REVIEW", "SAFETY_PLAN", "DFE_24H", "PLATFORM_TAKEDOWN", "LADO", "HR"},
	"CLOSE": {""}, "VETO": {""}, "REOPEN": {""}, "NOT-SAFEGUARDING": {""}, "RETENTION": {""}, "DISPOSE": {""},
}

// onward are the sayings that may lead to another state, or to what such a move
// needs, each by everybody.
func (m *model) onward() (all []saying) {
	for _, verb := range slices.Sorted(maps.Keys(modelSayings)) {
		to, ok := m.route(verb)
		missing := (verb == "FORM" || verb == "AGE" || verb == "DANGER") && m.state == "ACKNOWLEDGED" && !m.facts[verb]
		for _, by := range []string{"lead", "deputy", "la", "senior"} {
			if ok && to != m.state || missing {
				all = append(all, saying{by, verb, modelSayings[verb][0]})
			}
		}
	}
	return all
}

// likely draws what leads on more often than what does not.
func (m *model) likely(t *rapid.T) saying {
	by := rapid.SampledFrom([]string{"lead", "deputy", "la", "senior"}).Draw(t, "by")
	verb := rapid.SampledFrom(slices.Sorted(maps.Keys(modelSayings))).Draw(t, "verb")
	if rapid.IntRange(0, 3).Draw(t, "on") == 0 {
		if on := m.onward(); len(on) > 0 {
			return rapid.SampledFrom(on).Draw(t, "onward")
		}
	}
	if open := m.open(); len(open) > 0 && rapid.IntRange(0, 2).Draw(t, "settle") == 0 {
		code := rapid.SampledFrom(open).Draw(t, "owed")
		if slices.Contains(modelSayings["DONE"], code) {
			return saying{by, "DONE", code}
		}
		if slices.Contains(modelSayings["NOT-NEEDED"], code) {
			return saying{by, "NOT-NEEDED", code}
		}
	}
	return saying{by, verb, rapid.SampledFrom(modelSayings[verb]).Draw(t, "arg")}
}

// clone is the model as it stands, for taking back what is refused.
func (m *model) clone() *model {
	n := *m
	n.owed, n.flags, n.asked, n.facts, n.first = maps.Clone(m.owed), maps.Clone(m.flags), maps.Clone(m.asked), maps.Clone(m.facts), maps.Clone(m.first)
	return &n
}

// Random sequences of commands against the model: the same are obeyed, to the
// same state, with the same owed; nothing owed is lost, nothing is closed while
// something is owed, and nobody does both halves of what takes two. How many
// sequences is for -rapid.checks.
func TestCaseworkAgainstModel(t *testing.T) {
	rules := council(t)
	seen := map[State]int{}
	rapid.Check(t, func(t *rapid.T) {
		c := Begin(Report{Ref: "SG-1", Org: "northgate", Severity: "S3"}, rules, noon).Case
		m := &model{state: "SUBMITTED", severity: 3, owed: map[string]bool{}, flags: map[string]bool{}, asked: map[string]bool{}, facts: map[string]bool{}, first: map[string]string{}}
		for n := range rapid.IntRange(10, 60).Draw(t, "length") {
			s, was, before := m.likely(t), c, m.clone()
			out, err := c.Obey(Command{By: s.by, Verb: Verb(s.verb), Text: s.text()}, rules, noon.Add(time.Duration(n)*time.Second))
			if m.say(s) != (err == nil) {
				t.Fatalf("%s %s %s in %s: %v", s.by, s.verb, s.text(), was.State, err)
			}
			if err != nil {
				m = before
				continue
			}
			c = out.Case
			seen[c.State]++
			invariants(t, was, c, s)
			if m.state != string(c.State) || fmt.Sprint(m.open()) != fmt.Sprint(openCodes(c)) {
				t.Fatalf("%s %s %s in %s leads to %s owing %v, want %s owing %v", s.by, s.verb, s.text(), was.State, c.State, openCodes(c), m.state, m.open())
			}
		}
	})
	t.Logf("obeyed in %v", seen)
}

func openCodes(c Case) (codes []string) {
	for _, o := range c.File.Owed.Open() {
		codes = append(codes, o.Code)
	}
	slices.Sort(codes)
	return codes
}

// invariants hold whatever the model says.
func invariants(t *rapid.T, was, now Case, s saying) {
	old, lines := was.File.Owed.List(), now.File.Owed.List()
	for i, o := range old {
		if i >= len(lines) || lines[i].Code != o.Code || !o.Open() && lines[i] != o {
			t.Fatalf("%s lost %+v", s.verb, o)
		}
	}
	if now.State.Over() && len(now.File.Owed.Open()) > 0 {
		t.Fatalf("%s while %v are owed", now.State, now.File.Owed.Open())
	}
	if was.State == CloseProposed && now.State == Closed && was.Proposed == s.by {
		t.Fatalf("%s closed it alone", s.by)
	}
	for _, h := range was.File.Halves.List() {
		_, first, _ := strings.Cut(h, "=")
		if !now.File.Halves.Has(h) && first == s.by && s.verb != "REOPEN" {
			t.Fatalf("%s did both halves of %s", s.by, h)
		}
	}
}
