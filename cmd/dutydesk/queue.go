package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/workflow/queue"
)

// errNoRedis reports a Redis that cannot be asked.
var errNoRedis = errors.New("redis does not answer; what is owed stands in the ledger, and the sweep does it")

func queueCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "queue", Short: "The queue that rings jobs in time"}
	status := &cobra.Command{Use: "status", Short: "What waits in Redis; the debts themselves are in the ledger", Args: cobra.NoArgs,
		Long: "What waits in Redis; the debts themselves are in the ledger.\nExit code 69 if Redis does not answer; one that is embedded in the\nworker cannot be asked from here (/metrics has its numbers). " + prints[queue.Status]()}
	status.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := f.load()
		if err != nil {
			return err
		}
		if cfg.EmbeddedRedis() {
			return printStatus(c.OutOrStdout(), queue.Status{Embedded: true, Queues: []queue.Counts{}}, f.json)
		}
		r, err := app.Redis(cfg)
		if err != nil {
			return err
		}
		s := queue.ReadStatus(c.Context(), r)
		if err := printStatus(c.OutOrStdout(), s, f.json); err != nil || s.Reachable {
			return err
		}
		return unreachable(c.Context(), r)
	}
	c.AddCommand(f.add(status, true))
	return c
}

// printedStatus is a status as --json prints it: null where no sweep is known.
type printedStatus struct {
	queue.Status
	LastSweep *time.Time `json:"last_sweep"`
}

func sweptAt(s queue.Status) *time.Time {
	if s.LastSweep.IsZero() {
		return nil
	}
	return &s.LastSweep
}

func printStatus(w io.Writer, s queue.Status, asJSON bool) error {
	if asJSON {
		return printJSON(w, printedStatus{s, sweptAt(s)})
	}
	if s.Embedded {
		_, err := fmt.Fprintln(w, "redis is embedded in the worker and cannot be asked from here: see /metrics")
		return err
	}
	var rows [][]string
	for _, q := range s.Queues {
		rows = append(rows, []string{q.Name, fmt.Sprint(q.Pending), fmt.Sprint(q.Active), fmt.Sprint(q.Scheduled)})
	}
	fmt.Fprintf(w, "redis reachable: %v, last sweep %s\n", s.Reachable, stamp(&s.LastSweep))
	return table(w, "QUEUE PENDING ACTIVE SCHEDULED", rows)
}

// unreachable says why Redis cannot be asked.
func unreachable(ctx context.Context, r queue.Redis) error {
	if _, err := queue.Inspect(ctx, r); err != nil {
		return fmt.Errorf("%w: %w", errNoRedis, err)
	}
	return errNoRedis
}
