package reply

import (
	"regexp"
	"slices"
	"strings"

	"dutydesk/workflow/casefile"
)

// Command is one command as a person wrote it. Whether its codes, persons and
// dates are any is the office's business.
type Command struct {
	Verb     casefile.Verb `json:"verb"`
	Argument string        `json:"argument"`          // what followed the word on its line
	Written  string        `json:"written,omitempty"` // the word, if it was misspelt

	Severity  string         `json:"severity,omitempty"`  // GRADE: S1 to S4
	Codes     []string       `json:"codes,omitempty"`     // FORM, FLAG: in capitals; DONE, NOT-NEEDED, CONFIRM: one, as written
	Refs      []casefile.Ref `json:"refs,omitempty"`      // the cases it is said of, if it names any
	To        string         `json:"to,omitempty"`        // PASS: the person; REFER: the agency; UPDATE: "reporter"
	Reference string         `json:"reference,omitempty"` // REFER, DONE: the other agency's
	Until     string         `json:"until,omitempty"`     // HOLD: as written
	Item      string         `json:"item,omitempty"`      // RESTRICT: as written
	Because   string         `json:"because,omitempty"`   // the reason
	Text      string         `json:"text,omitempty"`      // UPDATE: what to tell; CLOSE: the outcome; CONFLICT, UNCONFLICT: the people; else the rest
	Wants     []string       `json:"wants,omitempty"`     // what it needs and does not say, by the names above

	end int // the line after it
}

// fit is how well what follows a word is what the word takes.
type fit int

const (
	no     fit = iota
	maybe      // if the line is a command at all
	surely     // so that the line is one
)

// because sets off a reason.
var because = regexp.MustCompile(`(?i)(?:^|[\s.,:;!-]+)because\b[\s:,]*`)

// reasoned are the verbs that take a reason.
var reasoned = []casefile.Verb{casefile.Grade, NotNeeded, casefile.Rest, Restrict, casefile.Exclude, casefile.Readmit, casefile.Close, Veto, Reopen, casefile.Resume, Pass, Take}

// levels are what people call the severities.
var levels = map[string]string{"emergency": "S1", "high": "S2", "standard": "S3", "low": "S4"}

// read takes a command's argument apart.
func (r *rule) read(c *Command) fit {
	rest := c.Argument
	if at := because.FindStringIndex(rest); at != nil && slices.Contains(reasoned, r.verb) {
		rest, c.Because = rest[:at[0]], rest[at[1]:]
	}
	c.Refs, _ = Word{Text: rest}.Refs()
	how := no
	for _, p := range []struct {
		pattern *regexp.Regexp
		fit     fit
	}{{r.surely, surely}, {r.takes, maybe}} {
		if p.pattern == nil || how != no {
			continue
		}
		if m := p.pattern.FindStringSubmatch(strings.TrimRight(rest, " .,;:!")); m != nil {
			how = p.fit
			for i, name := range p.pattern.SubexpNames() {
				c.set(name, m[i])
			}
		}
	}
	r.leave(c, rest, how)
	if r.verb == Confirm && how == maybe && !prose.MatchString(rest) {
		return surely
	}
	return how
}

// prose are words of sentences that no code is made of.
var prose = regexp.MustCompile(`(?i)\b(a|an|and|are|has|have|he|her|him|his|i|in|is|it|me|my|no|not|of|on|our|she|that|the|they|this|to|was|we|were|with|yes|you|your)\b`)

// set is one part of an argument.
func (c *Command) set(part, value string) {
	switch value = strings.Trim(value, " .,;:!-"); part {
	case "severity":
		c.Severity = strings.ToUpper(value)
	case "level":
		if value != "" {
			c.Severity = levels[strings.ToLower(value)]
		}
	case "codes":
		c.Codes = split(value)
	case "code":
		c.Codes = []string{value}
	case "to":
		c.To = value
	case "reference":
		c.Reference = value
	case "until":
		c.Until = value
	case "item":
		c.Item = value
	case "text":
		c.Text = value
	}
}

// leave puts what no part took where it belongs, and notes what is missing.
func (r *rule) leave(c *Command, rest string, how fit) {
	switch {
	case r.verb == Reopen && c.Because == "":
		c.Because = rest
	case how == no:
		c.Text = strings.TrimSpace(rest)
	case r.verb == casefile.Grade && c.Because == "":
		c.Because, c.Text = c.Text, ""
	}
	has := map[string]bool{"severity": c.Severity != "", "codes": c.Codes != nil, "code": c.Codes != nil, "to": c.To != "", "until": c.Until != "",
		"item": c.Item != "", "because": c.Because != "", "text": c.Text != ""}
	for want := range strings.FieldsSeq(r.wants) {
		if !has[want] {
			c.Wants = append(c.Wants, want)
		}
	}
}

// codeBreak is what stands between codes.
var codeBreak = regexp.MustCompile(`(?i)` + between)

// split are the codes of a list, in capitals.
func split(list string) (codes []string) {
	for _, one := range codeBreak.Split(list, -1) {
		codes = append(codes, strings.ToUpper(one))
	}
	return codes
}
