package main

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/templates"
	"dutydesk/workflow/sla"
)

func guidanceCommand() *cobra.Command {
	c := &cobra.Command{Use: "guidance", Short: "The register of guidance links: owner, last checked, status"}
	c.AddCommand(guidanceListCommand(), &cobra.Command{Use: "example", Short: "Print the register that comes with the program, to begin the council's own", Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprint(c.OutOrStdout(), templates.Guidance())
			return err
		}})
	return c
}

func guidanceListCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "list", Short: "Every link of the register, and what is wrong with it", Args: cobra.NoArgs,
		Long: `Every link of the register of guidance (guidance under [service]; without, the one that comes with the program), and what
is wrong with it. Nothing is asked of the network: somebody opens a link and writes down the day. Only a link that works
and was looked at within a year may be shown to anybody.

` + prints[[]app.Link]() + `
Exit codes: 0, 64 usage, 78 the configuration or the register.`}
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := f.load()
		if err != nil {
			return err
		}
		links, err := app.Guidance(cfg, sla.DayOf(time.Now().In(cfg.Zone())))
		if err != nil {
			return err
		}
		if f.json {
			return printJSON(c.OutOrStdout(), links)
		}
		var rows [][]string
		for _, l := range links {
			rows = append(rows, []string{l.ID, l.For, l.URL, dash(l.Owner), dash(l.Checked), l.Status, dash(l.Replacement), dash(l.Doubt)})
		}
		return table(c.OutOrStdout(), "LINK FOR URL OWNER CHECKED STATUS INSTEAD DOUBT", rows)
	}
	return f.add(c, true)
}
