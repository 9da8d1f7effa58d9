package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
)

func caseCommand() *cobra.Command {
	c := &cobra.Command{Use: "case", Short: "Cases and their chronologies"}
	row := func(x app.Case) []string {
		return []string{x.Ref, x.Severity, x.State, x.Organisation, stamp(&x.Opened), stamp(&x.Limit), x.AcknowledgedBy, stamp(x.Breached), stamp(x.Next)}
	}
	const heads = "CASE SEVERITY STATE ORGANISATION OPENED ACKNOWLEDGE-BY BY BREACHED NEXT"
	c.AddCommand(
		lister("list", "All cases", heads, cobra.NoArgs,
			func(ctx context.Context, r app.Reader, _ []string) ([]app.Case, error) { return r.Cases(ctx) },
			func(cs []app.Case) (rows [][]string) {
				for _, x := range cs {
					rows = append(rows, row(x))
				}
				return rows
			}),
		shower("show REF", "One case, what people owe it and why, and how much of its report is evidence; noted as read", cobra.ExactArgs(1),
			func(ctx context.Context, r app.Reader, args []string) (app.ShownCase, error) {
				ref := strings.ToUpper(args[0])
				if err := r.Note(ctx, ref, "case show"); err != nil {
					return app.ShownCase{}, err
				}
				return r.ShownCase(ctx, ref)
			},
			func(w io.Writer, x app.ShownCase) error {
				if err := table(w, heads+" EVIDENCE SENDER", [][]string{append(row(x.Case), x.Report.Grade, sender(x.Report))}); err != nil {
					return err
				}
				return printOwed(w, x.Deadlines)
			}),
		chronologyCommand(), readsCommand(), actCommand())
	return c
}

// printOwed writes what people owe a case, and which rule set each deadline.
func printOwed(w io.Writer, ds []app.Deadline) error {
	if len(ds) == 0 {
		_, err := fmt.Fprintln(w, "nothing is due")
		return err
	}
	var rows [][]string
	for _, d := range ds {
		missed := "-"
		if d.Breached {
			missed = "missed"
		}
		rows = append(rows, []string{d.Stage, stamp(&d.Due), missed, d.Why})
	}
	return table(w, "STAGE DUE MISSED RULE", rows)
}

// sender says whether the sender of a report is proven.
func sender(a app.Arrival) string {
	if a.Authentic {
		return "proven"
	}
	return "not proven: " + a.AuthWhy
}
