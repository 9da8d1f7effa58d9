package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
)

// errUnwell reports that the doctor found a failure.
var errUnwell = errors.New("the desk is not well, see the FAIL lines")

func doctorCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "doctor", Short: "Check everything the desk rests on; each line: ok, warn or FAIL, why, and the fix", Args: cobra.NoArgs,
		Long: "Check everything the desk rests on, within ten seconds, changing nothing.\nExit code 69 if anything FAILs. --json prints [{grade, what, why, fix}]."}
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := f.load()
		if err != nil {
			return err
		}
		found := app.Doctor(c.Context(), cfg)
		if f.json {
			err = printJSON(c.OutOrStdout(), found)
		} else {
			printFindings(c, found)
		}
		for _, x := range found {
			if x.Grade == app.Fail && err == nil {
				err = errUnwell
			}
		}
		return err
	}
	return f.add(c, true)
}

func printFindings(c *cobra.Command, found []app.Finding) {
	for _, x := range found {
		fmt.Fprintf(c.OutOrStdout(), "%-5s %s\n", x.Grade, oneLine(x.What))
		if x.Why != "" {
			fmt.Fprintf(c.OutOrStdout(), "      why: %s\n      fix: %s\n", oneLine(x.Why), oneLine(x.Fix))
		}
	}
}
