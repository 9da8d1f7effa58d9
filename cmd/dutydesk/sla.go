package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// dataError is a file that was given and cannot be used as it is.
type dataError struct{ error }

// planFlags are those of "sla plan".
type planFlags struct {
	rules
	flags
	severity, received, csv string
}

func slaCommand() *cobra.Command {
	c := &cobra.Command{Use: "sla", Short: "By when people must act, and who hears if they do not"}
	c.AddCommand(planCommand(), simulateCommand(), replayCommand())
	return c
}

func planCommand() *cobra.Command {
	var f planFlags
	c := &cobra.Command{Use: "plan", Short: "Every deadline of something received at a given instant", Args: cobra.NoArgs,
		Long: `Every deadline that starts at receipt, by the default policy, that of --policy or that of a configuration (-c): real
time (15m, 2h), working hours (4wh) or working days (1wd), in England and Wales. No ledger or network is needed.

--json prints policy (its version), severity, received, received_words, in_hours, time_zone, holidays_until and
stages: stage, allowance, due (UTC), due_words, known, soft, repeats, note. "known": false means that bank holidays
of that year are not published yet: every weekday counts as working, so the deadline is early rather than late.

--csv reads columns received (2026-11-27T18:00:00Z) and allow (4wh) and prints the table with a column due; a due
column that is there is replaced. Rows that cannot be read are left out and named by line.

Exit codes: 0 planned, 64 usage, 65 a row or a file of bank holidays cannot be read, 78 policy or configuration is wrong.`,
		Example: "  dutydesk sla plan --severity S2 --received 2026-11-27T18:00:00Z\n  dutydesk sla plan --csv deadlines.csv > due.csv",
		RunE:    func(c *cobra.Command, _ []string) error { return f.run(c) }}
	f.rules.add(c)
	c.Flags().StringVarP(&f.config, "config", "c", "", "a configuration, whose policy and bank holidays count")
	c.Flags().StringVar(&f.severity, "severity", "S2", "S1 (emergency), S2 (high), S3 (standard) or S4 (low); undecided counts as S2")
	c.Flags().StringVar(&f.received, "received", "", receivedUsage)
	c.Flags().StringVar(&f.csv, "csv", "", "plan the rows of this file instead; - is standard input")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON; the names are stable")
	return c
}

func (f *planFlags) run(c *cobra.Command) error {
	b, err := f.book(f.config)
	if err != nil {
		return err
	}
	if c.Flags().Changed("csv") {
		return f.table(c, b.Calendar)
	}
	p, err := f.plan(b, time.Now())
	if err != nil {
		return usageError{err}
	}
	if f.json {
		return printJSON(c.OutOrStdout(), p)
	}
	return p.print(c.OutOrStdout())
}

// plan is "sla plan --json".
type plan struct {
	Policy        string       `json:"policy"`
	Severity      sla.Severity `json:"severity"`
	Received      string       `json:"received"`
	ReceivedWords string       `json:"received_words"`
	InHours       bool         `json:"in_hours"`
	Zone          string       `json:"time_zone"`
	HolidaysUntil sla.Day      `json:"holidays_until"`
	Stages        []planStage  `json:"stages"`
}

type planStage struct {
	Stage     sla.Stage     `json:"stage"`
	Allowance sla.Allowance `json:"allowance"`
	Due       string        `json:"due"`
	DueWords  string        `json:"due_words"`
	Known     bool          `json:"known"`
	Soft      bool          `json:"soft"`
	Repeats   bool          `json:"repeats"`
	Note      string        `json:"note"`
}

func (f *planFlags) plan(b *policy.Book, now time.Time) (plan, error) {
	cal := b.Calendar
	severity, received, err := severityAndMoment(f.severity, f.received, cal, now)
	if err != nil {
		return plan{}, err
	}
	p := plan{Policy: b.Version, Severity: severity, Received: received.UTC().Format(time.RFC3339Nano), ReceivedWords: spoken(received, cal.Zone()),
		InHours: cal.IsOpen(received), Zone: cal.Zone().String(), HolidaysUntil: cal.Horizon(received), Stages: []planStage{}}
	for _, d := range b.Policy.Stages.Plan(cal, severity, received) {
		p.Stages = append(p.Stages, planStage{d.Stage, d.Allowance, d.Due.Format(time.RFC3339), spoken(d.Due, cal.Zone()), d.Known, d.Soft, d.Repeats, d.Note})
	}
	return p, nil
}

// print writes the plan for people.
func (p plan) print(w io.Writer) error {
	hours := "out of hours"
	if p.InHours {
		hours = "in hours"
	}
	fmt.Fprintf(w, "%s received %s, %s (%s)\n", p.Severity, p.ReceivedWords, hours, p.Zone)
	var rows [][]string
	unsure := false
	for _, s := range p.Stages {
		note := s.Note
		if s.Soft {
			note = "a target"
		}
		if s.Repeats {
			note = "then again"
		}
		if !s.Known {
			note, unsure = strings.TrimPrefix(note+"; not sure", "; "), true
		}
		rows = append(rows, []string{string(s.Stage), s.Allowance.String(), s.Due, s.DueWords, note})
	}
	if err := table(w, "STAGE ALLOWANCE DUE BY NOTE", rows); err != nil || !unsure {
		return err
	}
	_, err := fmt.Fprintf(w, "not sure: %s\n", beyond(p.HolidaysUntil))
	return err
}

// beyond says why a deadline is not sure, and what to do.
func beyond(until sla.Day) string {
	return fmt.Sprintf("bank holidays are known to %s; from then on every weekday counts as working, so nothing is late. Give a newer file with --holidays", until)
}

// spoken says t in full as people do: "9:30am GMT on Monday 30 November 2026".
func spoken(t time.Time, zone *time.Location) string {
	t = t.In(zone)
	clock := t.Format("3:04pm MST")
	switch h, m, _ := t.Clock(); {
	case m == 0 && h == 12:
		clock = t.Format("midday MST")
	case m == 0 && h != 0:
		clock = t.Format("3pm MST")
	}
	return clock + t.Format(" on Monday 2 January 2006")
}
