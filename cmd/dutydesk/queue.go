package main

import (
	"context"
	"errors"
	"fmt"
	"io"

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
		Long: "What waits in Redis; the debts themselves are in the ledger.\nExit code 69 if Redis does not answer. " + prints[queue.Status]()}
	status.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := f.load()
		if err != nil {
			return err
		}
		if cfg.EmbeddedRedis() {
			return usageError{errors.New("redis is embedded in the worker and cannot be asked from here: see /metrics")}
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

func printStatus(w io.Writer, s queue.Status, asJSON bool) error {
	if asJSON {
		return printJSON(w, s)
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
