package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

func policyShowCommand() *cobra.Command {
	var f policyFlags
	c := &cobra.Command{Use: "show [FILE]", Short: "Print the default policy, or that of a file, as a file that explains itself", Args: cobra.MaximumNArgs(1),
		Long: `Print the default policy, or that of a file, as a file that explains itself: take it and change it.

--json prints version, title, next_review, time_zone, closure_days, stages: stage, s1 to s4, out_of_hours, if_raised,
target, each_time, by_desk, with, tell, note; rungs: percent, severities, stages, tell, note; repeat, stale, pause:
s1 to s4 ("" for none); pause_reasons.

Exit codes: 0, 64 usage, 65 bank holidays cannot be read, 78 the policy is wrong.`,
		Example: "  dutydesk policy show > policy.toml",
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) > 0 {
				f.policy = args[0]
			}
			b, err := f.book("")
			switch {
			case err != nil:
				return err
			case f.json:
				return printJSON(c.OutOrStdout(), shownPolicy(b))
			}
			_, err = fmt.Fprintf(c.OutOrStdout(), "# version %s\n%s", b.Version, b.Policy.Describe())
			return err
		}}
	f.addHolidays(c)
	c.Flags().BoolVar(&f.json, "json", false, "print JSON; the names are stable")
	return c
}

// policyShown is "policy show --json".
type policyShown struct {
	Version    string       `json:"version"`
	Title      string       `json:"title"`
	NextReview sla.Day      `json:"next_review"`
	Zone       string       `json:"time_zone"`
	Closures   []sla.Day    `json:"closure_days"`
	Stages     []stageShown `json:"stages"`
	Rungs      []rungShown  `json:"rungs"`
	Repeat     grades       `json:"repeat"`
	Stale      grades       `json:"stale"`
	Pause      grades       `json:"pause"`
	Reasons    []string     `json:"pause_reasons"`
}

// grades are allowances by severity.
type grades struct {
	S1 sla.Allowance `json:"s1"`
	S2 sla.Allowance `json:"s2"`
	S3 sla.Allowance `json:"s3"`
	S4 sla.Allowance `json:"s4"`
}

type stageShown struct {
	Stage sla.Stage `json:"stage"`
	grades
	OutOfHours bool       `json:"out_of_hours"`
	Raised     bool       `json:"if_raised"`
	Soft       bool       `json:"target"`
	Repeats    bool       `json:"each_time"`
	Desk       bool       `json:"by_desk"`
	With       sla.Stage  `json:"with"`
	Tell       []sla.Role `json:"tell"`
	Note       string     `json:"note"`
}

type rungShown struct {
	Percent    int            `json:"percent"`
	Severities []sla.Severity `json:"severities"`
	Stages     []sla.Stage    `json:"stages"`
	Tell       []sla.Role     `json:"tell"`
	Note       string         `json:"note"`
}

func shownPolicy(b *policy.Book) policyShown {
	p := b.Policy
	of := func(a [4]sla.Allowance) grades { return grades{a[0], a[1], a[2], a[3]} }
	out := policyShown{Version: b.Version, Title: p.Title, NextReview: p.NextReview, Zone: p.Zone.String(), Closures: listed(p.Closures),
		Repeat: of(p.Repeat), Stale: of(p.Stale), Pause: of(p.Pause), Reasons: listed(p.Reasons)}
	for _, t := range p.Stages {
		out.Stages = append(out.Stages, stageShown{t.Stage, of(t.S), t.OutOfHours, t.Raised, t.Soft, t.Repeats, t.Desk, t.With, listed(t.Tell), t.Note})
	}
	for _, r := range p.Ladder {
		out.Rungs = append(out.Rungs, rungShown{r.Percent, r.Severities, listed(r.Stages), r.Tell, r.Note})
	}
	return out
}

// listed is a list that is never null in JSON.
func listed[T any](all []T) []T { return append([]T{}, all...) }
