package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
	"dutydesk/workflow/ledger"
)

func arrivalsCommand() *cobra.Command {
	c := &cobra.Command{Use: "arrivals", Short: "Everything that ever arrived"}
	c.AddCommand(listArrivals(), showArrival(), reconcileArrivals())
	return c
}

func listArrivals() *cobra.Command {
	var canary bool
	c := lister("list", "Everything that ever arrived and what became of it", "RECEIVED DOOR STATE CASE SIZE SHA256 ID WHY", cobra.NoArgs,
		func(ctx context.Context, r app.Reader, _ []string) ([]app.Arrival, error) {
			all, err := r.Arrivals(ctx)
			if canary {
				return all, err
			}
			return app.WithoutCanaries(all), err
		},
		func(as []app.Arrival) (rows [][]string) {
			for _, a := range as {
				rows = append(rows, arrivalRow(a))
			}
			return rows
		})
	c.Flags().BoolVar(&canary, "canary", false, "also the desk's own test mails that came back")
	return c
}

func arrivalRow(a app.Arrival) []string {
	return []string{stamp(&a.Received), a.Door, a.State, a.Case, fmt.Sprint(a.Size), a.SHA256[:12], a.ID, a.Why}
}

func showArrival() *cobra.Command {
	return lister("show ID", "One arrival: where it came from, what is in it, and what it proves", "WHAT VALUE", cobra.ExactArgs(1),
		func(ctx context.Context, r app.Reader, args []string) (app.ArrivalDetail, error) {
			return r.Arrival(ctx, args[0])
		},
		func(a app.ArrivalDetail) [][]string {
			rows := [][]string{{"id", a.ID}, {"received", stamp(&a.Received)}, {"door", a.Door}, {"mailbox", a.Mailbox}, {"key", a.Key},
				{"sha256", a.SHA256}, {"size", fmt.Sprint(a.Size)}, {"state", a.State}, {"case", a.Case}, {"why", a.Why}, {"defects", a.Defects},
				{"grade", a.Grade}, {"authentic", fmt.Sprint(a.Authentic)}, {"because", a.AuthWhy}}
			for _, x := range a.Exhibits {
				rows = append(rows, []string{"exhibit", fmt.Sprintf("%q %s %d bytes %.12s", x.Name, x.Sniffed, x.Size, x.SHA256)})
			}
			return rows
		})
}

// errGaps reports mail that is in one place and not in the next; errUnasked a
// server that could not be asked.
var (
	errGaps    = errors.New("mailboxes and ledger do not agree")
	errUnasked = errors.New("not every mail server answered")
)

const reconcileHelp = `Compare every watched folder, and its folder for kept messages, with the ledger:
what is on the server must be in the ledger, and what is in the ledger must be
disposed of. It changes nothing, here or on the server, and may run beside the
worker, which does the same once a day (desk.reconcile) and writes to managers.

  not-in-ledger  on the server, and nobody knows its bytes: the worker does not
                 run, or it lay in the folder for kept messages before it was
                 taken in. Move it back to the watched folder.
  not-disposed   in the ledger for more than two minutes, and nothing became of it

Messages are known by the size sealed under their UID, and where that does not
fit by their bytes: of 500 in one look, the newest first. NOT-LOOKED are those
beyond, of which nothing is known; they are no gap. Exit code 65 if there are gaps, 69 if a server was not asked.
`

func reconcileArrivals() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "reconcile", Short: "Whether all that is on the server is in the ledger and disposed of", Args: cobra.NoArgs,
		Long: reconcileHelp + prints[[]app.Reconciliation]()}
	c.RunE = func(c *cobra.Command, _ []string) error {
		r, cfg, err := f.reader(c)
		if err != nil {
			return err
		}
		defer r.Ledger.Close()
		all, err := reconciled(c.Context(), cfg, r.Ledger)
		if err != nil {
			return err
		}
		if f.json {
			err = printJSON(c.OutOrStdout(), all)
		} else {
			err = table(c.OutOrStdout(), "MAILBOX ASKED SERVER KEPT LEDGER DISPOSED VANISHED REMOVED NOT-LOOKED GAP FOLDER UID SIZE SHA256 ARRIVAL", reconcileRows(all))
		}
		return errors.Join(err, verdictOf(all))
	}
	return f.add(c, true)
}

func reconciled(ctx context.Context, cfg *config.Config, l *ledger.Ledger) ([]app.Reconciliation, error) {
	r := app.Reconciler{Ledger: l, Now: time.Now, Patience: 5 * time.Second}
	all := make([]app.Reconciliation, 0, len(cfg.Mailboxes))
	for i := range cfg.Mailboxes {
		w, err := app.Watcher(cfg, &cfg.Mailboxes[i])
		if err != nil {
			return nil, err
		}
		one, err := r.Reconcile(ctx, w)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

// reconcileRows has a line for each mailbox and one for each gap in it.
func reconcileRows(all []app.Reconciliation) (rows [][]string) {
	for _, r := range all {
		asked := "yes"
		if !r.Asked {
			asked = "no: " + r.Why
		}
		rows = append(rows, []string{r.Mailbox, asked, fmt.Sprint(r.Server), fmt.Sprint(r.Kept), fmt.Sprint(r.Ledger), fmt.Sprint(r.Disposed), fmt.Sprint(r.Vanished), fmt.Sprint(r.Removed), fmt.Sprint(r.NotLooked)})
		for _, g := range r.Gaps {
			rows = append(rows, []string{r.Mailbox, "", "", "", "", "", "", "", "", g.What, g.Folder, fmt.Sprint(g.UID), fmt.Sprint(g.Size), g.SHA256[:12], g.Arrival})
		}
	}
	return rows
}

func verdictOf(all []app.Reconciliation) (err error) {
	for _, r := range all {
		switch {
		case len(r.Gaps) > 0:
			return errGaps
		case !r.Asked:
			err = errUnasked
		}
	}
	return err
}
