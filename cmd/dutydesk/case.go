package main

import (
	"context"
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
		lister("show REF", "One case, and how much of its report is evidence; noted as read", heads+" EVIDENCE SENDER", cobra.ExactArgs(1),
			func(ctx context.Context, r app.Reader, args []string) (app.ShownCase, error) {
				ref := strings.ToUpper(args[0])
				if err := r.Note(ctx, ref, "case show"); err != nil {
					return app.ShownCase{}, err
				}
				return r.ShownCase(ctx, ref)
			},
			func(x app.ShownCase) [][]string {
				return [][]string{append(row(x.Case), x.Report.Grade, sender(x.Report))}
			}),
		chronologyCommand(), readsCommand())
	return c
}

// sender says whether the sender of a report is proven.
func sender(a app.Arrival) string {
	if a.Authentic {
		return "proven"
	}
	return "not proven: " + a.AuthWhy
}
