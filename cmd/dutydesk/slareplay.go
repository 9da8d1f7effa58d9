package main

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
)

// errOtherwise reports a case whose chronology is not what its policy says.
var errOtherwise = errors.New("what happened is not what the policy says")

func replayCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "replay REF", Short: "Recompute every clock of a case, and hold its chronology against them", Args: cobra.ExactArgs(1),
		Long: `Recompute every clock of a case from its events, by the policies that it ran under, and hold its chronology against
them: no rung was told before its time, every limit that was missed was announced, and every alarm that it waits for is
set for its time.

--json prints case, policy (the version it began under), severity, clocks: stage, turn, severity, from, due_at, done_at,
dropped_at, missed_at, why; and differences: at, line, what.

Exit codes: 0 they agree, 64 usage, 65 they differ or there is no such case, 69 the ledger is away, 78 the configuration.`,
		Example: "  dutydesk sla replay SG-7K3F9"}
	c.RunE = func(c *cobra.Command, args []string) error {
		r, _, err := f.reader(c)
		if err != nil {
			return err
		}
		x, err := r.Replay(c.Context(), args[0])
		if err != nil {
			return errors.Join(dataError{fmt.Errorf("%.80q: %w", args[0], err)}, r.Ledger.Close())
		}
		if f.json {
			err = printJSON(c.OutOrStdout(), x)
		} else {
			err = printReplay(c.OutOrStdout(), x)
		}
		if err == nil && len(x.Differences) > 0 {
			err = dataError{errOtherwise}
		}
		return errors.Join(err, r.Ledger.Close())
	}
	return f.add(c, true)
}

func printReplay(w io.Writer, x app.Replay) error {
	var rows [][]string
	for _, k := range x.Clocks {
		rows = append(rows, []string{k.Stage, strconv.Itoa(k.Turn), k.Due.Format(time.RFC3339), stamp(k.Done), stamp(k.Dropped), stamp(k.Breached), k.Why})
	}
	if err := table(w, "STAGE TURN DUE DONE DROPPED MISSED RULE", rows); err != nil {
		return err
	}
	for _, d := range x.Differences {
		fmt.Fprintf(w, "differs: %s %q: %s\n", d.At.Format(time.RFC3339), d.Line, d.What)
	}
	return nil
}
