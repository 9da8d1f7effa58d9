package main

import (
	"context"
	"errors"
	"io"
	"regexp"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/intake/evidence"
)

// capability is what a letter's reader may act with; it is not for printing.
var capability = regexp.MustCompile(`(?i)dd1\.(?:[a-z0-9]{26}\.)?[a-z2-7]{26}`)

func lettersCommand() *cobra.Command {
	c := &cobra.Command{Use: "letters", Short: "Letters the desk owes or has sent"}
	c.AddCommand(lister("list", "All letters", "CREATED LETTER CASE KIND PERSON ROLE STATE SENT", cobra.NoArgs,
		func(ctx context.Context, r app.Reader, _ []string) ([]app.Letter, error) { return r.Letters(ctx, "") },
		func(xs []app.Letter) (rows [][]string) {
			for _, x := range xs {
				rows = append(rows, []string{stamp(&x.Created), x.ID, x.Case, x.Kind, x.Person, x.Role, x.State, stamp(x.Sent)})
			}
			return rows
		}), showLetter())
	return c
}

// errNotWritten reports a letter that has no bytes yet.
var errNotWritten = errors.New("this letter is not written yet")

func showLetter() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "show LETTER", Short: "One letter as it was kept and sent; its capability is hidden", Args: cobra.ExactArgs(1),
		Long: "One letter as it was kept and sent; its capability is hidden. That it was read is noted on its case.\n" + prints[shownLetter]()}
	c.RunE = func(c *cobra.Command, args []string) error {
		r, cfg, err := f.reader(c)
		if err != nil {
			return err
		}
		defer r.Ledger.Close()
		if err := noteLetter(c.Context(), r, args[0]); err != nil {
			return asked(args, err)
		}
		raw, err := letterBytes(c.Context(), r, cfg.EvidenceDir(), args[0])
		if err != nil {
			return asked(args, err)
		}
		raw = capability.ReplaceAll(raw, []byte("dd1.hidden"))
		if f.json {
			return printShownLetter(c, r, args[0], raw)
		}
		_, err = c.OutOrStdout().Write(raw)
		return err
	}
	return f.add(c, true)
}

// shownLetter is "letters show --json".
type shownLetter struct {
	app.Letter
	Mail string `json:"mail"` // as kept, without its capability
}

func printShownLetter(c *cobra.Command, r app.Reader, id string, raw []byte) error {
	x, err := r.Letter(c.Context(), id)
	if err != nil {
		return err
	}
	return printJSON(c.OutOrStdout(), shownLetter{x, string(raw)})
}

// noteLetter notes that the letter of a case is read.
func noteLetter(ctx context.Context, r app.Reader, id string) error {
	x, err := r.Ledger.Letter(ctx, id)
	if err != nil || x.Case == "" {
		return err
	}
	return r.Note(ctx, string(x.Case), "letters show")
}

// letterBytes reads the letter called id as it was kept in dir.
func letterBytes(ctx context.Context, r app.Reader, dir, id string) ([]byte, error) {
	x, err := r.Ledger.Letter(ctx, id)
	if err != nil {
		return nil, err
	}
	if x.SHA256 == "" {
		return nil, errNotWritten
	}
	return exhibitBytes(ctx, dir, x.SHA256)
}

func exhibitBytes(ctx context.Context, dir, digest string) ([]byte, error) {
	s, err := evidence.OpenReading(dir)
	if err != nil {
		return nil, err
	}
	defer s.Close()
	e, err := s.Open(ctx, evidence.Digest(digest))
	if err != nil {
		return nil, err
	}
	defer e.Close()
	return io.ReadAll(io.NewSectionReader(e, 0, e.Size()))
}
