package main

import (
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/demo"
)

const demoHelp = `A council in a box: a post office with six mailboxes, and a desk that runs on it.
Everything is on this machine's loopback, in memory and in a temporary folder
that is removed at the end. Nothing is installed and no mail leaves.

dutydesk demo            opens a page on which you can be everybody: report a
                         concern as a learner, read the letters, answer ACK as
                         the deputy, or let the deadline pass. The clock runs
                         sixty times as fast: an hour is a minute.
dutydesk demo --script   plays one concern from its arrival to its
                         acknowledgement at once, prints who got what and when,
                         checks every step, and exits 0 if all of it held.
dutydesk demo --script --json
                         prints the desk's books at the end and nothing else:
                         {"arrivals":[…],"cases":[…],"letters":[…],"events":[…]},
                         with the names of "arrivals list", "case list", "letters
                         list" and "case chronology".

Persons: lead, deputy, service-lead, la-lead, manager.`

func demoCommand() *cobra.Command {
	var o demo.PageOptions
	var script, asJSON bool
	c := &cobra.Command{Use: "demo", Short: "A council in a box: try everything, nothing to install", Long: demoHelp, Args: cobra.NoArgs,
		Example: "  dutydesk demo\n  dutydesk demo --listen 127.0.0.1:8000 --speed 10\n  dutydesk demo --script"}
	c.RunE = func(c *cobra.Command, _ []string) error {
		switch {
		case asJSON && !script:
			return usageError{errors.New("--json prints the books of a script: use it with --script")}
		case !(o.Speed >= 1 && o.Speed <= 3600): // also NaN
			return usageError{fmt.Errorf("--speed %v: must be 1 to 3600", o.Speed)}
		case script:
			return playScript(c, asJSON)
		}
		err := demo.Serve(c.Context(), o, c.OutOrStdout())
		if errors.Is(err, demo.ErrListen) {
			return usageError{err}
		}
		return err
	}
	c.Flags().BoolVar(&script, "script", false, "play the story to its end at once and check it")
	c.Flags().BoolVar(&asJSON, "json", false, "with --script: print the books as one JSON object")
	c.Flags().StringVar(&o.Listen, "listen", "127.0.0.1:0", "host:port of the page, on this machine; port 0 is any that is free")
	c.Flags().Float64Var(&o.Speed, "speed", 60, "how many times faster than real the desk's clock runs, 1 to 3600")
	return c
}

func playScript(c *cobra.Command, asJSON bool) error {
	out := c.OutOrStdout()
	if asJSON {
		out = io.Discard
	}
	books, err := demo.Script(c.Context(), out)
	if err == nil && asJSON {
		err = printJSON(c.OutOrStdout(), books)
	}
	return err
}
