package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/workflow/casefile/law"
	"dutydesk/workflow/sla"
)

// lawFlags are those of the law commands.
type lawFlags struct {
	on           string
	forms, flags []string
	json         bool
}

func lawCommand() *cobra.Command {
	c := &cobra.Command{Use: "law", Short: "Laws that may have to do with a concern; police and CPS decide"}
	c.AddCommand(lawListCommand(), lawHintsCommand())
	return c
}

func (f *lawFlags) add(c *cobra.Command, on string) *cobra.Command {
	c.Flags().StringVar(&f.on, "on", "", on)
	c.Flags().BoolVar(&f.json, "json", false, "print JSON; the names are stable")
	return c
}

// day is the day of --on; given is false without.
func (f *lawFlags) day() (day sla.Day, given bool, err error) {
	if f.on == "" {
		return sla.DayOf(time.Now()), false, nil
	}
	day, err = sla.ParseDay(f.on)
	if err != nil {
		err = usageError{fmt.Errorf("--on: %w", err)}
	}
	return day, true, err
}

func lawListCommand() *cobra.Command {
	f := &lawFlags{}
	c := &cobra.Command{Use: "list", Short: "The dated list of laws, and what became of the five acts that the policy names", Args: cobra.NoArgs,
		Long: `The dated list of laws of England and Wales, and what became of the five acts that the policy names. Basis: read (on a
public page), known (common knowledge, not checked again), verify (must be confirmed first). It is not legal advice.

--json prints ` + strings.TrimSuffix(strings.TrimPrefix(prints[law.List](), "--json prints "), ".") + `.
valid_from is the first day in force, valid_to the first on which it is not the law any more. Exit codes: 0, 64 usage.`,
		RunE: func(c *cobra.Command, _ []string) error { return f.list(c.OutOrStdout()) }}
	return f.add(c, "only what is in force on this day, such as 2026-11-22")
}

func (f *lawFlags) list(w io.Writer) error {
	l, err := law.Published()
	if err != nil {
		return err
	}
	day, given, err := f.day()
	if err != nil {
		return err
	}
	kept := []law.Entry{}
	for _, e := range l.Entries {
		if !given || e.Holds(day) {
			kept = append(kept, e)
		}
	}
	if l.Entries = kept; f.json {
		return printJSON(w, l)
	}
	var rows [][]string
	for _, e := range kept {
		rows = append(rows, []string{e.Code, dash(e.From), dash(e.To), e.Basis, e.Law})
	}
	if err := table(w, "CODE FROM UNTIL BASIS LAW", rows); err != nil {
		return err
	}
	for _, a := range l.Acts {
		fmt.Fprintf(w, "\n%s: %s\n", a.Act, a.Since)
	}
	return f.foot(w, l)
}

func lawHintsCommand() *cobra.Command {
	f := &lawFlags{}
	c := &cobra.Command{Use: "hints", Short: "Which laws may have to do with what happened on a day", Args: cobra.NoArgs,
		Long: `Which laws of England and Wales may have to do with what happened on a day. Every hint is only possible: police and CPS
decide. The day is when it happened, not when it was reported. A law whose commencement nobody confirmed is no hint, or
says so. It is not legal advice.

--json prints ` + strings.TrimSuffix(strings.TrimPrefix(prints[[]law.Hint](), "--json prints "), ".") + `.
Exit codes: 0, 64 usage or no such code.`,
		Example: "  dutydesk law hints --form SXT --flag U18 --on 2026-11-22",
		RunE:    func(c *cobra.Command, _ []string) error { return f.hints(c.OutOrStdout()) }}
	c.Flags().StringSliceVar(&f.forms, "form", nil, "what happened: THR, HAR, SEX, DEF, EXC, IMP, PRV, TRL, OTH, or a kind of it such as SXT or SEX-DPF")
	c.Flags().StringSliceVar(&f.flags, "flag", nil, "what else is known: IIOC, INTIM, SELFHARM, STAFFVIC, HATE, DA …")
	return f.add(c, "the day on which it happened, such as 2026-11-22; today if it is left out")
}

func (f *lawFlags) hints(w io.Writer) error {
	l, err := law.Published()
	if err != nil {
		return err
	}
	day, _, err := f.day()
	if err != nil {
		return err
	}
	if len(f.forms)+len(f.flags) == 0 {
		return usageError{fmt.Errorf("say what happened, with --form or --flag")}
	}
	hs, err := l.Hints(day, upper(f.forms), upper(f.flags))
	if err != nil {
		return usageError{err}
	}
	if f.json {
		return printJSON(w, append([]law.Hint{}, hs...))
	}
	var rows [][]string
	for _, h := range hs {
		rows = append(rows, []string{h.Code, h.Law, h.What, h.Label})
	}
	if err := table(w, "CODE LAW WHAT HINT", rows); err != nil {
		return err
	}
	return f.foot(w, l)
}

// foot says of which day the list is and what is doubtful about it.
func (f *lawFlags) foot(w io.Writer, l *law.List) error {
	_, err := fmt.Fprintf(w, "\nList of %s, %s. Not legal advice.\n", l.Version, l.Place)
	if l.Overdue(sla.DayOf(time.Now())) {
		fmt.Fprintf(w, "It was to be reviewed by %s.\n", l.NextReview)
	}
	if codes := l.Unconfirmed(); len(codes) > 0 {
		fmt.Fprintf(w, "Not confirmed to be in force: %s.\n", strings.Join(codes, ", "))
	}
	return err
}

func upper(words []string) (out []string) {
	for _, w := range words {
		out = append(out, strings.ToUpper(strings.TrimSpace(w)))
	}
	return out
}

// dash is a cell of a table that has nothing in it.
func dash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}
