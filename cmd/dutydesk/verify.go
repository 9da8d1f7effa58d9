package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/intake/evidence"
)

// errDiffers reports evidence that is not as it was sealed.
var errDiffers = errors.New("evidence is not as it was sealed")

// verdict is one row of "evidence verify --json".
type verdict struct {
	SHA256 string `json:"sha256"`
	Of     string `json:"of"` // "arrival ID" or "letter ID"
	Found  string `json:"found"`
}

func evidenceCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "evidence", Short: "What was kept, byte for byte"}
	verify := &cobra.Command{Use: "verify", Short: "Hash everything kept again and compare; changes nothing", Args: cobra.NoArgs,
		Long: "Hash everything kept again and compare with the ledger. It changes nothing.\nExit code 65 if anything is missing or changed; --json prints every item with found: ok, missing or changed."}
	verify.RunE = func(c *cobra.Command, _ []string) error {
		r, cfg, err := f.reader(c)
		if err != nil {
			return err
		}
		defer r.Ledger.Close()
		s, err := evidence.Open(cfg.EvidenceDir())
		if err != nil {
			return err
		}
		defer s.Close()
		vs, err := verifyAll(c.Context(), r, s)
		if err != nil {
			return err
		}
		return report(c, vs, f.json)
	}
	c.AddCommand(f.add(verify, true))
	return c
}

// verifyAll checks every arrival and every letter that was kept.
func verifyAll(ctx context.Context, r app.Reader, s *evidence.Store) (vs []verdict, err error) {
	vs = []verdict{}
	arrivals, err := r.Arrivals(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range arrivals {
		vs = append(vs, verdict{a.SHA256, "arrival " + a.ID, found(s.Verify(ctx, evidence.Digest(a.SHA256)))})
	}
	letters, err := r.Letters(ctx, "")
	for _, x := range letters {
		if x.SHA256 != "" {
			vs = append(vs, verdict{x.SHA256, "letter " + x.ID, found(s.Verify(ctx, evidence.Digest(x.SHA256)))})
		}
	}
	return vs, err
}

func found(err error) string {
	switch {
	case err == nil:
		return "ok"
	case errors.Is(err, evidence.ErrMissing):
		return "missing"
	case errors.Is(err, evidence.ErrTampered):
		return "changed"
	}
	return err.Error()
}

func report(c *cobra.Command, vs []verdict, asJSON bool) error {
	bad := 0
	for _, v := range vs {
		if v.Found != "ok" {
			bad++
			if !asJSON {
				fmt.Fprintf(c.OutOrStdout(), "%s: %s (sha256 %s)\n", v.Found, v.Of, v.SHA256)
			}
		}
	}
	if asJSON {
		if err := printJSON(c.OutOrStdout(), vs); err != nil {
			return err
		}
	} else {
		fmt.Fprintf(c.OutOrStdout(), "%d items verified, %d not as sealed\n", len(vs), bad)
	}
	if bad > 0 {
		return fmt.Errorf("%d of %d items: %w", bad, len(vs), errDiffers)
	}
	return nil
}
