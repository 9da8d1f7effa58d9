package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/workflow/sla"
)

// dataError is a file that was given and cannot be used as it is.
type dataError struct{ error }

// maxBadRows is how many bad rows are named one by one.
const maxBadRows = 20

// planFlags are those of "sla plan".
type planFlags struct {
	severity, received, csv, holidays string
	closed                            []string
	json                              bool
}

func slaCommand() *cobra.Command {
	var f planFlags
	c := &cobra.Command{Use: "sla", Short: "By when people must act"}
	plan := &cobra.Command{Use: "plan", Short: "Every deadline of something received at a given instant", Args: cobra.NoArgs,
		Long: `Every deadline that starts at receipt, by the default table: real time (15m, 2h), working hours (4wh) or working
days (1wd), in England and Wales. No configuration, ledger or network is needed.

--json prints severity, received, received_words, in_hours, time_zone, holidays_until and stages: stage, allowance,
due (UTC), due_words, known, soft, repeats, note. "known": false means that bank holidays of that year are not
published yet: every weekday counts as working, so the deadline is early rather than late.

--csv reads columns received (2026-11-27T18:00:00Z) and allow (4wh) and prints the table with a column due; a due
column that is there is replaced. Rows that cannot be read are left out and named by line.

Exit codes: 0 planned, 64 usage, 65 a row or a file of bank holidays cannot be read.`,
		Example: "  dutydesk sla plan --severity S2 --received 2026-11-27T18:00:00Z\n  dutydesk sla plan --csv deadlines.csv > due.csv",
		RunE:    func(c *cobra.Command, _ []string) error { return f.run(c) }}
	plan.Flags().StringVar(&f.severity, "severity", "S2", "S1 (emergency), S2 (high), S3 (standard) or S4 (low); undecided counts as S2")
	plan.Flags().StringVar(&f.received, "received", "", "when it was received, such as 2026-11-27T18:00:00Z")
	plan.Flags().StringVar(&f.csv, "csv", "", "plan the rows of this file instead; - is standard input")
	plan.Flags().StringVar(&f.holidays, "holidays", "", "a newer https://www.gov.uk/bank-holidays.json")
	plan.Flags().StringSliceVar(&f.closed, "closed", nil, "further dates on which the service is closed, such as 2026-12-29")
	plan.Flags().BoolVar(&f.json, "json", false, "print JSON; the names are stable")
	c.AddCommand(plan)
	return c
}

func (f *planFlags) run(c *cobra.Command) error {
	cal, err := f.calendar()
	if errors.Is(err, sla.ErrHolidays) {
		return dataError{err}
	}
	if err != nil {
		return usageError{err}
	}
	if c.Flags().Changed("csv") {
		return f.table(c, cal)
	}
	p, err := f.plan(cal)
	if err != nil {
		return usageError{err}
	}
	if f.json {
		return printJSON(c.OutOrStdout(), p)
	}
	return p.print(c.OutOrStdout())
}

// calendar is that of England and Wales with what the flags change.
func (f *planFlags) calendar() (*sla.Calendar, error) {
	var closed []sla.Day
	for _, s := range f.closed {
		day, err := sla.ParseDay(strings.TrimSpace(s))
		if err != nil {
			return nil, fmt.Errorf("--closed: %w", err)
		}
		closed = append(closed, day)
	}
	cal, err := sla.EnglandAndWales(closed...)
	if err != nil || f.holidays == "" {
		return cal, err
	}
	file, err := os.Open(f.holidays)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	days, err := sla.ReadHolidays(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.holidays, err)
	}
	return sla.NewCalendar(cal.Zone(), sla.OfficeWeek(), days, closed...)
}

// plan is "sla plan --json".
type plan struct {
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

func (f *planFlags) plan(cal *sla.Calendar) (plan, error) {
	severity, err := sla.ParseSeverity(f.severity)
	if err != nil {
		return plan{}, fmt.Errorf("--severity: %w", err)
	}
	received, err := instant(f.received)
	if err != nil {
		return plan{}, fmt.Errorf("--received: %w", err)
	}
	p := plan{Severity: severity, Received: received.UTC().Format(time.RFC3339Nano), ReceivedWords: spoken(received, cal.Zone()),
		InHours: cal.IsOpen(received), Zone: cal.Zone().String(), HolidaysUntil: cal.Horizon(received), Stages: []planStage{}}
	for _, d := range sla.DefaultTerms().Plan(cal, severity, received) {
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

// instant reads an instant with its zone.
func instant(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, fmt.Errorf("%q: want an instant with its zone, such as 2026-11-27T18:00:00Z", s)
	}
	return t, nil
}

// table plans a CSV file row by row.
func (f *planFlags) table(c *cobra.Command, cal *sla.Calendar) error {
	for _, other := range []string{"severity", "received", "json"} {
		if c.Flags().Changed(other) {
			return usageError{fmt.Errorf("--csv has its own rows and form: leave out --%s", other)}
		}
	}
	in := c.InOrStdin()
	if f.csv != "-" {
		file, err := os.Open(f.csv)
		if err != nil {
			return usageError{err}
		}
		defer file.Close()
		in = file
	}
	w := csv.NewWriter(c.OutOrStdout())
	t, err := newPlanTable(in, w, cal)
	if err == nil {
		err = t.rows(c.ErrOrStderr())
	}
	w.Flush()
	return errors.Join(err, w.Error())
}

// planTable is a CSV file that is being planned.
type planTable struct {
	in                   *csv.Reader
	out                  *csv.Writer
	cal                  *sla.Calendar
	received, allow, due int // columns; due may be one past the last
}

// newPlanTable reads the header and writes it with the column due.
func newPlanTable(in io.Reader, out *csv.Writer, cal *sla.Calendar) (*planTable, error) {
	t := &planTable{in: csv.NewReader(in), out: out, cal: cal}
	head, err := t.in.Read()
	if err != nil {
		return nil, dataError{fmt.Errorf("line 1: want a header with the columns received,allow: %w", err)}
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff") // Excel's
	t.received, t.allow, t.due = slices.Index(head, "received"), slices.Index(head, "allow"), slices.Index(head, "due")
	if t.received < 0 || t.allow < 0 {
		return nil, dataError{fmt.Errorf("line 1: %q: want a header with the columns received,allow", strings.Join(head, ","))}
	}
	if t.due < 0 {
		t.due = len(head)
		head = append(head, "due")
	}
	return t, out.Write(head)
}

// rows plans all rows and names the bad ones on warn.
func (t *planTable) rows(warn io.Writer) error {
	all, bad, unsure := 0, 0, 0
	for row, err := t.in.Read(); !errors.Is(err, io.EOF); row, err = t.in.Read() {
		var malformed *csv.ParseError
		if err != nil && !errors.As(err, &malformed) {
			return fmt.Errorf("read rows: %w", err)
		}
		known := true
		if all++; err == nil {
			known, err = t.row(row)
		}
		if !known {
			unsure++
		}
		if err != nil {
			bad++
		}
		if err != nil && bad <= maxBadRows {
			fmt.Fprintln(warn, err)
		}
	}
	if unsure > 0 {
		fmt.Fprintf(warn, "%d of %d deadlines are not sure: they lie in years whose bank holidays are not known, where every weekday counts as working\n", unsure, all)
	}
	if bad > 0 {
		return dataError{fmt.Errorf("%d of %d rows could not be planned", bad, all)}
	}
	return nil
}

// row plans one row and writes it; known is as Calendar.Due says. Trouble with
// writing stays with the writer, which is asked at the end.
func (t *planTable) row(row []string) (known bool, err error) {
	line, _ := t.in.FieldPos(0)
	received, err := instant(row[t.received])
	if err != nil {
		return true, fmt.Errorf("line %d: received: %w", line, err)
	}
	a, err := sla.ParseAllowance(row[t.allow])
	if err != nil {
		return true, fmt.Errorf("line %d: allow: %w", line, err)
	}
	due, known := t.cal.Due(received, a)
	if t.due == len(row) {
		row = append(row, "")
	}
	row[t.due] = due.Format(time.RFC3339)
	_ = t.out.Write(row)
	return known, nil
}
