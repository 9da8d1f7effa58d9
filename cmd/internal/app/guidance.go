package app

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"dutydesk/config"
	"dutydesk/templates"
	"dutydesk/workflow/sla"
)

// guidanceYear is how many days a look at a link counts.
const guidanceYear = 365

// Link is one line of "guidance list --json".
type Link struct {
	ID          string `json:"id"`
	Title       string `json:"title"`
	For         string `json:"for"` // learner, staff, parent or lead
	URL         string `json:"url"`
	Owner       string `json:"owner"`       // who looks after it; "" for nobody
	Checked     string `json:"checked"`     // the day somebody opened it, 2026-11-22; "" for never
	Status      string `json:"status"`      // works, unchecked, doubtful, moved, dead or mistyped
	Replacement string `json:"replacement"` // id of the link to use instead
	Note        string `json:"note"`
	Shown       bool   `json:"shown"` // may be shown: it works, and was looked at within a year
	Doubt       string `json:"doubt"` // what is wrong with it, "" for nothing
}

// register is the file.
type register struct {
	Links []link `toml:"link"`
}

// link is a Link as the file has it.
type link struct {
	ID          string `toml:"id" example:"childnet" form:"id"`
	Title       string `toml:"title" example:"Childnet"`
	For         string `toml:"for" example:"parent" allowed:"learner|staff|parent|lead"`
	URL         string `toml:"url" example:"https://www.childnet.com/"`
	Owner       string `toml:"owner" default:""`
	Checked     string `toml:"checked" default:"" form:"date"`
	Status      string `toml:"status" default:"unchecked" allowed:"works|unchecked|doubtful|moved|dead|mistyped"`
	Replacement string `toml:"replacement" default:""`
	Note        string `toml:"note" default:""`
}

// Guidance reads the register that a configuration names, or the one that comes
// with the program, as it stands on a day. What is wrong with a file is
// config.Problems.
func Guidance(cfg *config.Config, today sla.Day) ([]Link, error) {
	name, text := "register", templates.Guidance()
	if file := cfg.Service.Guidance; file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read register of guidance: %w", err)
		}
		name, text = file, string(b)
	}
	return readGuidance(name, text, today)
}

func readGuidance(name, text string, today sla.Day) ([]Link, error) {
	var r register
	at, err := config.Decode(name, []byte(text), &r)
	if err != nil {
		return nil, err
	}
	var wrong config.Problems
	links := make([]Link, 0, len(r.Links))
	for n, l := range r.Links {
		if p := r.wrong(n); p.What != "" {
			p.File, p.Key = name, fmt.Sprintf("link[%d].%s", n, p.Key)
			p.Line, p.Column = at(p.Key)
			wrong = append(wrong, p)
		}
		links = append(links, l.stands(today))
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	return links, nil
}

// wrong says what is wrong with the link in place n beside the others.
func (r register) wrong(n int) (p config.Problem) {
	l := r.Links[n]
	named := func(id string) int { return slices.IndexFunc(r.Links, func(x link) bool { return x.ID == id }) }
	switch {
	case named(l.ID) != n:
		p.Key, p.What, p.Fix = "id", fmt.Sprintf("%q stands twice", l.ID), "give each link an id of its own"
	case l.Replacement != "" && (l.Replacement == l.ID || named(l.Replacement) < 0):
		p.Key, p.What, p.Fix = "replacement", fmt.Sprintf("%.40q is no other link", l.Replacement), "write the id of the link to use instead"
	case l.Status == "works" && l.Checked == "":
		p.Key, p.What, p.Fix = "status", "nobody looked whether it works", "write the day into checked"
	}
	return p
}

// stands is a link with what is to be thought of it on a day.
func (l link) stands(today sla.Day) Link {
	x := Link{ID: l.ID, Title: l.Title, For: l.For, URL: l.URL, Owner: l.Owner, Checked: l.Checked, Status: l.Status, Replacement: l.Replacement, Note: l.Note}
	looked, err := sla.ParseDay(l.Checked)
	switch {
	case l.Status != "works" && l.Status != "unchecked":
		x.Doubt = l.Status
	case l.Checked == "" || err != nil || l.Status == "unchecked":
		x.Doubt = "never checked"
	case looked > today:
		x.Doubt = "checked on a day to come"
	case today-looked > guidanceYear:
		x.Doubt = "not checked for a year"
	case l.Owner == "":
		x.Doubt = "nobody looks after it"
	}
	x.Shown = x.Doubt == "" || x.Doubt == "nobody looks after it"
	return x
}

// checkGuidance names the links that somebody must look at. One that is known
// to be bad and has a replacement is dealt with.
func checkGuidance(_ context.Context, cfg *config.Config) []Finding {
	links, err := Guidance(cfg, sla.DayOf(time.Now().In(cfg.Zone())))
	if err != nil {
		return []Finding{fail("the register of guidance cannot be used: "+err.Error(), "nobody is pointed to advice", "correct the file under guidance in [service]; dutydesk guidance example prints one")}
	}
	return guidanceFindings(links)
}

func guidanceFindings(links []Link) (out []Finding) {
	doubts := map[string][]string{}
	var order []string
	for _, l := range links {
		if l.Doubt == "" || l.Replacement != "" {
			continue
		}
		if doubts[l.Doubt] == nil {
			order = append(order, l.Doubt)
		}
		doubts[l.Doubt] = append(doubts[l.Doubt], l.ID)
	}
	for _, d := range order {
		out = append(out, warn(fmt.Sprintf("guidance: %s: %s", d, strings.Join(doubts[d], ", ")), "people are shown only links that work and were looked at within a year",
			"open each, and write checked, status and owner into the register; dutydesk guidance list"))
	}
	return append(out, ok("%d links of guidance in the register", len(links)))
}
