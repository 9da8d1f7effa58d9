package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/intake/evidence"
)

// errDiffers reports evidence that is not as it was sealed.
var errDiffers = errors.New("evidence is not as it was sealed")

// verdict is one row of "evidence verify --json".
type verdict struct {
	SHA256 string `json:"sha256"` // "" for a stray
	Of     string `json:"of"`     // "arrival ID", "letter ID", the stray's name, or "" for an orphan
	Found  string `json:"found"`  // ok, missing, changed, orphan, unowned, stray, or why it could not be read
}

// What is in the folder and in no row of the ledger. An orphan and a stray are no
// exhibits that are wrong: a crash between the seal and the row leaves an orphan.
const (
	orphan  = "orphan"
	unowned = "unowned"
	stray   = "stray"
)

// orphanLife is how long an exhibit may have no row: mail comes again sooner.
const orphanLife = time.Hour

const verifyHelp = `Hash everything kept again and compare it with the ledger, both ways. It changes nothing.

  missing  a row names an exhibit that is not in the folder
  changed  the exhibit's bytes are not those that were sealed
  orphan   an exhibit that no row owns: a crash between the seal and the row
           leaves one (the mail comes again)
  unowned  an orphan that is older than an hour: rows were taken out of the
           ledger, or the ledger was restored from before the exhibit
  stray    a file among the exhibits that is none

Exit code 65 if anything is missing, changed or unowned. Orphans and strays are listed.
It does not cover the ledger itself: rows that were altered, or taken out
together with their exhibits, are not found. That is for the custody log.
`

func evidenceCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "evidence", Short: "What was kept, byte for byte"}
	verify := &cobra.Command{Use: "verify", Short: "Hash everything kept again and compare; changes nothing", Args: cobra.NoArgs,
		Long: verifyHelp + prints[[]verdict]()}
	verify.RunE = func(c *cobra.Command, _ []string) error {
		r, cfg, err := f.reader(c)
		if err != nil {
			return err
		}
		defer r.Ledger.Close()
		s, err := evidence.OpenReading(cfg.EvidenceDir())
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

// verifyAll checks every arrival and letter that was kept, and then whatever
// else is in the folder. The folder is listed first: what a worker seals
// meanwhile has its row before the rows are read, or is not listed.
func verifyAll(ctx context.Context, r app.Reader, s *evidence.Store) ([]verdict, error) {
	listed, err := digests(ctx, s)
	if err != nil {
		return nil, err
	}
	vs, err := owned(ctx, r)
	if err != nil {
		return nil, err
	}
	rows := map[evidence.Digest]bool{}
	for i, v := range vs {
		d := evidence.Digest(v.SHA256)
		rows[d] = true
		vs[i].Found = found(s.Verify(ctx, d), "ok")
	}
	for _, d := range listed {
		if !rows[d] {
			vs = append(vs, verdict{SHA256: string(d), Found: found(s.Verify(ctx, d), rowless(s, d))})
		}
	}
	return strays(ctx, s, vs)
}

// rowless is the word for an exhibit that no row names.
func rowless(s *evidence.Store, d evidence.Digest) string {
	if at, err := s.SealedAt(d); err == nil && time.Since(at) > orphanLife {
		return unowned
	}
	return orphan
}

func digests(ctx context.Context, s *evidence.Store) (listed []evidence.Digest, err error) {
	for d, err := range s.Digests(ctx) {
		if err != nil {
			return nil, err
		}
		listed = append(listed, d)
	}
	return listed, nil
}

// owned are the exhibits that a row of the ledger names.
func owned(ctx context.Context, r app.Reader) ([]verdict, error) {
	vs := []verdict{}
	arrivals, err := r.Arrivals(ctx)
	if err != nil {
		return nil, err
	}
	for _, a := range arrivals {
		vs = append(vs, verdict{SHA256: a.SHA256, Of: "arrival " + a.ID})
	}
	letters, err := r.Letters(ctx, "")
	for _, x := range letters {
		if x.SHA256 != "" {
			vs = append(vs, verdict{SHA256: x.SHA256, Of: "letter " + x.ID})
		}
	}
	return vs, err
}

func strays(ctx context.Context, s *evidence.Store, vs []verdict) ([]verdict, error) {
	for name, err := range s.Strays(ctx) {
		if err != nil {
			return nil, err
		}
		vs = append(vs, verdict{Of: name, Found: stray})
	}
	return vs, nil
}

// found names what a verification found; whole is the word for bytes that are
// as they were sealed.
func found(err error, whole string) string {
	switch {
	case err == nil:
		return whole
	case errors.Is(err, evidence.ErrMissing):
		return "missing"
	case errors.Is(err, evidence.ErrTampered):
		return "changed"
	}
	return err.Error()
}

// sum counts verdicts: those that are bad, and those nobody owns.
func sum(vs []verdict) (bad, unowned int) {
	for _, v := range vs {
		switch v.Found {
		case "ok":
		case orphan, stray:
			unowned++
		default:
			bad++
		}
	}
	return bad, unowned
}

func report(c *cobra.Command, vs []verdict, asJSON bool) error {
	var err error
	if asJSON {
		err = printJSON(c.OutOrStdout(), vs)
	} else {
		err = say(c.OutOrStdout(), vs)
	}
	if bad, _ := sum(vs); err == nil && bad > 0 {
		return fmt.Errorf("%d of %d items: %w", bad, len(vs), errDiffers)
	}
	return err
}

// say prints what is not ok, a line each, and the sum.
func say(w io.Writer, vs []verdict) error {
	for _, v := range vs {
		switch v.Found {
		case "ok":
		case orphan:
			fmt.Fprintf(w, "orphan: no row owns it (sha256 %s)\n", v.SHA256)
		case stray:
			fmt.Fprintf(w, "stray: %q is no exhibit\n", v.Of)
		default:
			fmt.Fprintf(w, "%s: %s (sha256 %s)\n", v.Found, cmp.Or(v.Of, "no row owns it"), v.SHA256)
		}
	}
	bad, unowned := sum(vs)
	_, err := fmt.Fprintf(w, "%d items verified, %d not as sealed, %d that no row owns\n", len(vs), bad, unowned)
	return err
}
