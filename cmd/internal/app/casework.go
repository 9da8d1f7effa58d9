package app

import (
	"slices"
	"strings"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// Casework is what is known, decided and owed in a case, in "case show --json".
type Casework struct {
	Forms       []string     `json:"forms"`    // codes, as all of these
	Channels    []string     `json:"channels"` // codes
	Platform    string       `json:"platform"`
	Age         string       `json:"age_band"`   // "" is not asked yet
	Needs       string       `json:"care_needs"` // YES, NO, NOT-SURE
	Danger      string       `json:"danger"`
	Flags       []string     `json:"flags"`
	Triaged     bool         `json:"triaged"`
	Obligations []Obligation `json:"obligations"`
	Parties     []Party      `json:"parties"`
	Proposed    []string     `json:"proposed"` // acts that wait for a second person: "NOT-SAFEGUARDING by lead"
	Asked       []string     `json:"asked"`    // agencies that have not answered
	Outcome     []string     `json:"outcome"`
	Told        string       `json:"told"` // what the person affected was told, or why not
	Learning    string       `json:"learning"`
}

// Obligation is one thing that is, or was, owed.
type Obligation struct {
	Code   string     `json:"code"`
	Status string     `json:"status"` // PENDING, BLOCKED, DONE, NOT_REQUIRED
	Due    *time.Time `json:"due_at"` // null without a limit of its own
	Missed bool       `json:"missed"` // for ever
	Why    string     `json:"why"`    // what brought it
	By     string     `json:"by"`     // who did it, or said that it is not required
	At     *time.Time `json:"at"`
	Text   string     `json:"text"` // reference, reason, or on whom it waits
}

// Party is a person, or an alias, on one side of a case.
type Party struct {
	N      int      `json:"n"`
	Role   string   `json:"role"`
	Type   string   `json:"type"`
	Name   string   `json:"name"`
	Traces []string `json:"traces"`
}

func caseworkRecord(f casefile.File, rules casefile.Rules, now time.Time) Casework {
	w := Casework{Forms: texts(f.Forms), Channels: texts(f.Channels), Platform: f.Platform, Age: f.Age, Needs: f.Needs, Danger: f.Danger, Flags: texts(f.Flags),
		Triaged: f.Triaged, Obligations: []Obligation{}, Parties: []Party{}, Proposed: []string{}, Asked: texts(f.Asked), Outcome: texts(f.Outcome), Told: f.Told, Learning: f.Learning}
	for _, o := range f.Owed.List() {
		due, missed := o.Due(rules, now)
		w.Obligations = append(w.Obligations, Obligation{o.Code, string(o.Status), maybe(due), missed, o.Why, o.By, maybe(o.At), o.Text})
	}
	for _, p := range f.Parties.List() {
		w.Parties = append(w.Parties, Party{p.N, p.Role, p.Type, p.Name, texts(p.Traces)})
	}
	for _, h := range f.Halves.List() {
		parts := strings.SplitN(h, "=", 3)
		w.Proposed = append(w.Proposed, strings.ReplaceAll(parts[0], "/", " ")+" by "+parts[1])
	}
	return w
}

// texts are codes one by one; never null in JSON.
func texts(ids casefile.IDs) []string { return slices.Concat([]string{}, ids.List()) }

// Act is "case act --json": what one command of an operator led to.
type Act struct {
	Case      string   `json:"case"`
	State     string   `json:"state"`
	Severity  string   `json:"severity"`
	Events    []Event  `json:"events"`    // the new lines of the chronology; seq is 0
	Owed      []string `json:"owed"`      // codes of what is owed now
	Elsewhere []Shared `json:"elsewhere"` // other cases with a party of the same address, number, handle or link
}

// Shared is another case with somebody who is on this one.
type Shared struct {
	Case   string   `json:"case"`
	Days   int      `json:"days"`   // between the arrivals of the two
	Within int      `json:"within"` // 90 or 365 days; 0 if they are further apart
	Course bool     `json:"course"` // both have the same person said to be responsible: possibly a course of conduct
	Traces []string `json:"traces"`
}

// ActRecord is what came of an act, for printing.
func ActRecord(a workflow.Acted) Act {
	x := Act{Case: string(a.Case.Ref), State: string(a.Case.State), Severity: string(a.Case.Severity), Events: []Event{}, Owed: []string{}, Elsewhere: []Shared{}}
	for _, e := range a.Events {
		x.Events = append(x.Events, Event{Case: x.Case, At: e.At, By: e.By, Verb: string(e.Verb), Text: e.Text, Arrival: e.Arrival})
	}
	for _, r := range a.Elsewhere {
		x.Elsewhere = append(x.Elsewhere, Shared{string(r.Ref), r.Days, r.Within, r.Course, texts(r.Traces)})
	}
	for _, o := range a.Case.File.Owed.Open() {
		x.Owed = append(x.Owed, o.Code)
	}
	return x
}
