package policy

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

// file is a policy as it stands in TOML. The tags are those that package config
// knows: what is allowed, and what a key is when it is left out.
type file struct {
	Title        string         `toml:"title" example:"Response times"`
	NextReview   string         `toml:"next_review" example:"2027-09-01"`
	Zone         string         `toml:"time_zone" default:"Europe/London" form:"zone"`
	Open         []string       `toml:"open" example:"Monday-Thursday 08:30-17:00"`
	ClosureDays  []string       `toml:"closure_days" default:"[]"`
	PauseReasons []string       `toml:"pause_reasons" default:"[]"`
	Stages       []stageTable   `toml:"stage"`
	Rungs        []rungTable    `toml:"rung"`
	Repeat       allowanceTable `toml:"repeat"`
	Stale        allowanceTable `toml:"stale"`
	Pause        allowanceTable `toml:"pause"`
}

type allowanceTable struct {
	S1 string `toml:"s1" default:""`
	S2 string `toml:"s2" default:""`
	S3 string `toml:"s3" default:""`
	S4 string `toml:"s4" default:""`
}

type stageTable struct {
	Name   string   `toml:"name" example:"acknowledge" allowed:"receipt|acknowledge|out-of-hours-screen|triage|la-told|la-acknowledged|protective-action|referral|referral-in-writing|reporter-update|review|closure"`
	S1     string   `toml:"s1" default:""`
	S2     string   `toml:"s2" default:""`
	S3     string   `toml:"s3" default:""`
	S4     string   `toml:"s4" default:""`
	Runs   string   `toml:"runs" default:"always" allowed:"always|out-of-hours|if-raised"`
	Missed string   `toml:"missed" default:"breach" allowed:"breach|target"`
	Again  string   `toml:"again" default:"once" allowed:"once|each-time"`
	DoneBy string   `toml:"done_by" default:"person" allowed:"person|desk"`
	With   string   `toml:"with" default:"" allowed:"|receipt|acknowledge|out-of-hours-screen|triage|la-told|la-acknowledged|protective-action|referral|referral-in-writing|reporter-update|review|closure"`
	Tell   []string `toml:"tell" default:"[]" allowed:"assignee|on-call|lead|deputy|service-lead|la-lead|senior-officer|executive|manager"`
	Note   string   `toml:"note" default:""`
}

type rungTable struct {
	At         string   `toml:"at" example:"50%"`
	Severities []string `toml:"severities" default:"[]" allowed:"S1|S2|S3|S4"`
	Stages     []string `toml:"stages" default:"[]" allowed:"receipt|acknowledge|out-of-hours-screen|triage|la-told|la-acknowledged|protective-action|referral|referral-in-writing|reporter-update|review|closure"`
	Tell       []string `toml:"tell" default:"[]" allowed:"assignee|on-call|lead|deputy|service-lead|la-lead|senior-officer|executive|manager"`
	Note       string   `toml:"note" default:""`
}

// Decode reads TOML into a struct with such tags and says where a key such as
// "stage[2].s1" stands; config.Decode does it. Its errors go to people as they are.
type Decode func(name string, text []byte, into any) (at func(key string) (line, column int), err error)

// File is a policy and where each part of it stood.
type File struct {
	Policy
	name string
	at   func(key string) (line, column int)
}

// Read reads a policy file. The error is decode's, or Problems: all that makes
// the policy unfit to run by. What is only doubtful is left to Doubts.
func Read(name string, text []byte, decode Decode) (*File, error) {
	var raw file
	at, err := decode(name, text, &raw)
	if err != nil {
		return nil, err
	}
	f := &File{name: name, at: at}
	r := &reading{File: f}
	r.head(raw)
	r.stages(raw.Stages)
	r.rungs(raw.Rungs)
	f.Repeat, f.Stale, f.Pause = r.table("repeat", raw.Repeat), r.table("stale", raw.Stale), r.table("pause", raw.Pause)
	if len(r.problems) == 0 {
		r.problems = f.located(f.faults())
	}
	if len(r.problems) > 0 {
		return nil, r.problems.sorted()
	}
	return f, nil
}

// reading is a file on its way to a policy.
type reading struct {
	*File
	problems Problems
}

func (r *reading) wrong(key, what, fix string) {
	r.problems = append(r.problems, r.located(Problems{{Key: key, What: what, Fix: fix}})...)
}

func (r *reading) head(raw file) {
	var err error
	r.Title, r.Reasons = raw.Title, raw.PauseReasons
	if r.NextReview, err = sla.ParseDay(raw.NextReview); err != nil {
		r.wrong("next_review", fmt.Sprintf("%q is no date", raw.NextReview), `write it like "2027-09-01"`)
	}
	r.Zone, _ = time.LoadLocation(raw.Zone) // decode has tried it
	for i, s := range raw.ClosureDays {
		day, err := sla.ParseDay(s)
		if err != nil {
			r.wrong(fmt.Sprintf("closure_days[%d]", i), fmt.Sprintf("%q is no date", s), `write it like "2026-12-29"`)
		}
		r.Closures = append(r.Closures, day)
	}
	for i, s := range raw.Open {
		r.hours(fmt.Sprintf("open[%d]", i), s)
	}
}

// stages reads the rows of the table.
func (r *reading) stages(rows []stageTable) {
	for i, row := range rows {
		key := fmt.Sprintf("stage[%d]", i)
		r.Stages = append(r.Stages, sla.Term{Stage: sla.Stage(row.Name), S: r.table(key, allowanceTable{row.S1, row.S2, row.S3, row.S4}),
			OutOfHours: row.Runs == "out-of-hours", Raised: row.Runs == "if-raised", Soft: row.Missed == "target", Repeats: row.Again == "each-time",
			Desk: row.DoneBy == "desk", With: sla.Stage(row.With), Tell: named[sla.Role](row.Tell), Note: row.Note})
	}
}

func (r *reading) rungs(rows []rungTable) {
	for i, row := range rows {
		percent, err := percentage(row.At)
		if err != nil {
			r.wrong(fmt.Sprintf("rung[%d].at", i), fmt.Sprintf("%q %s", row.At, err), `write it like "50%", from "0%" (at once) to "10000%"`)
		}
		r.Ladder = append(r.Ladder, Rung{Severities: named[sla.Severity](row.Severities), Stages: named[sla.Stage](row.Stages),
			Percent: percent, Tell: named[sla.Role](row.Tell), Note: row.Note})
	}
}

// table reads the allowances of the four severities.
func (r *reading) table(key string, t allowanceTable) (of BySeverity) {
	for i, s := range []string{t.S1, t.S2, t.S3, t.S4} {
		if s == "" {
			continue
		}
		var err error
		if of[i], err = sla.ParseAllowance(s); err != nil {
			_, want, _ := strings.Cut(err.Error(), ": want ")
			r.wrong(fmt.Sprintf("%s.s%d", key, i+1), fmt.Sprintf("%q is no allowance", s), "write "+want)
		}
	}
	return of
}

var percents = regexp.MustCompile(`^([0-9]{1,5}) ?%$`)

// errPercent is why a text is no share of an allowance.
var errPercent = errors.New("is no percentage")

func percentage(s string) (int, error) {
	m := percents.FindStringSubmatch(s)
	if m == nil {
		return 0, errPercent
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n > 10000 {
		return 0, errPercent
	}
	return n, nil
}

// named are texts as names; none stay none.
func named[T ~string](all []string) (out []T) {
	for _, s := range all {
		out = append(out, T(s))
	}
	return out
}
