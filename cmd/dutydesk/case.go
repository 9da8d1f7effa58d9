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
		lister("show REF", "One case, and how much of its report is evidence", heads+" EVIDENCE SENDER", cobra.ExactArgs(1),
			func(ctx context.Context, r app.Reader, args []string) (app.ShownCase, error) {
				return r.ShownCase(ctx, strings.ToUpper(args[0]))
			},
			func(x app.ShownCase) [][]string {
				return [][]string{append(row(x.Case), x.Report.Grade, sender(x.Report))}
			}),
		lister("chronology REF", "What happened on a case, in order", "AT BY WHAT TEXT", cobra.ExactArgs(1),
			func(ctx context.Context, r app.Reader, args []string) ([]app.Event, error) {
				ref := strings.ToUpper(args[0])
				if _, err := r.Case(ctx, ref); err != nil {
					return nil, err
				}
				return r.Events(ctx, ref)
			},
			func(es []app.Event) (rows [][]string) {
				for _, e := range es {
					rows = append(rows, []string{stamp(&e.At), e.By, e.Verb, e.Text})
				}
				return rows
			}),
		actCommand())
	return c
}

// sender says whether the sender of a report is proven.
func sender(a app.Arrival) string {
	if a.Authentic {
		return "proven"
	}
	return "not proven: " + a.AuthWhy
}
