package main

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
)

func rosterCommand() *cobra.Command {
	c := &cobra.Command{Use: "roster", Short: "Who is told, who is away, who leaves"}
	c.AddCommand(
		lister("list", "Who is told now, in every role", "ORGANISATION ROLE PERSON NAME AWAY", cobra.NoArgs,
			func(ctx context.Context, r app.Reader, _ []string) ([]app.Holder, error) {
				return r.Holders(ctx, time.Now())
			},
			func(hs []app.Holder) (rows [][]string) {
				for _, x := range hs {
					rows = append(rows, []string{x.Organisation, x.Role, x.Person, x.Name, said(x.Away)})
				}
				return rows
			}),
		lister("warnings", "What is wrong with the roster, or will be within 90 days", "FROM UNTIL WHAT ORGANISATION ROLE PERSON BY-MAIL", cobra.NoArgs,
			func(ctx context.Context, r app.Reader, _ []string) ([]app.Warning, error) {
				return r.Warnings(ctx, time.Now())
			},
			func(ws []app.Warning) (rows [][]string) {
				for _, x := range ws {
					rows = append(rows, []string{stamp(&x.At), stamp(x.Until), x.What, x.Organisation, x.Role, x.Person, said(x.Learnt)})
				}
				return rows
			}))
	return c
}

// said is what only a mail said of somebody.
func said(yes bool) string {
	if yes {
		return "a mail said so"
	}
	return ""
}
