package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
	"dutydesk/intake/evidence"
	"dutydesk/intake/message"
	"dutydesk/workflow/queue"
)

// printJSON prints v. Whoever makes v makes empty lists of it, so that they are
// printed as [] and never as null.
func printJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}

// table prints rows under their headings.
func table(w io.Writer, heads string, rows [][]string) error {
	t := tabwriter.NewWriter(w, 2, 8, 2, ' ', 0)
	fmt.Fprintln(t, strings.ReplaceAll(heads, " ", "\t"))
	for _, r := range rows {
		fmt.Fprintln(t, strings.Join(r, "\t"))
	}
	return t.Flush()
}

func mailCommand() *cobra.Command {
	c := &cobra.Command{Use: "mail", Short: "Look at raw mails as the intake does"}
	var asJSON bool
	read := &cobra.Command{Use: "read FILE…|-", Short: "What intake sees in a raw message", Args: cobra.MinimumNArgs(1),
		Long: "What intake sees in a raw message. Reading never fails; what could not be read is listed as a defect.\nWith --json one line per file: sha256, size, from, to, cc, reply_to, subject, date, message_id, in_reply_to,\nreferences, text, html_only, attachments, machine{class,why}, bounce, dkim, defects{code,detail,offset}.",
		RunE: func(c *cobra.Command, files []string) error {
			for _, f := range files {
				m, err := readMail(c.Context(), c.InOrStdin(), f)
				if err == nil {
					err = printMail(c.OutOrStdout(), m, asJSON)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}}
	read.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON per file")
	c.AddCommand(read)
	return c
}

// readMail reads one file, or standard input for "-".
func readMail(ctx context.Context, stdin io.Reader, file string) (message.Message, error) {
	if file == "-" {
		raw, err := io.ReadAll(stdin)
		return message.Read(ctx, bytes.NewReader(raw), int64(len(raw))), err
	}
	f, err := os.Open(file)
	if err != nil {
		return message.Message{}, usageError{err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return message.Message{}, err
	}
	return message.Read(ctx, f, info.Size()), nil
}

func printMail(w io.Writer, m message.Message, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(m)
	}
	fmt.Fprintf(w, "sha256   %s (%d bytes)\nfrom     %v\nsubject  %q\nid       %s\nwritten  by %s %s\n", m.SHA256, m.Size, m.From, m.Subject, m.MessageID, m.Machine.Class, m.Machine.Why)
	for _, a := range m.Attachments {
		fmt.Fprintf(w, "part     %s %q %s (%s) %d bytes %s\n", a.Part, a.Name, a.DeclaredType, a.SniffedType, a.Size, a.How)
	}
	for _, d := range m.Defects {
		fmt.Fprintf(w, "defect   %s at byte %d: %s\n", d.Code, d.Offset, d.Detail)
	}
	_, err := fmt.Fprintf(w, "\n%s\n", m.Text)
	return err
}

// lister is a command that prints rows of the ledger.
func lister[T any](use, short, heads string, args cobra.PositionalArgs, get func(context.Context, app.Reader, []string) (T, error), rows func(T) [][]string) *cobra.Command {
	var f flags
	c := &cobra.Command{Use: use, Short: short, Args: args}
	c.RunE = func(c *cobra.Command, args []string) error {
		r, _, err := f.reader(c)
		if err != nil {
			return err
		}
		defer r.Ledger.Close()
		v, err := get(c.Context(), r, args)
		if err != nil {
			return err
		}
		if f.json {
			return printJSON(c.OutOrStdout(), v)
		}
		return table(c.OutOrStdout(), heads, rows(v))
	}
	return f.add(c, true)
}

func arrivalsCommand() *cobra.Command {
	c := &cobra.Command{Use: "arrivals", Short: "Everything that ever arrived"}
	c.AddCommand(lister("list", "Everything that ever arrived and what became of it", "RECEIVED DOOR STATE CASE SIZE SHA256 WHY", cobra.NoArgs,
		func(ctx context.Context, r app.Reader, _ []string) ([]app.Arrival, error) { return r.Arrivals(ctx) },
		func(as []app.Arrival) (rows [][]string) {
			for _, a := range as {
				rows = append(rows, []string{stamp(&a.Received), a.Door, a.State, a.Case, fmt.Sprint(a.Size), a.SHA256[:12], a.Why})
			}
			return rows
		}))
	return c
}

func caseCommand() *cobra.Command {
	c := &cobra.Command{Use: "case", Short: "Cases and their chronologies"}
	row := func(x app.Case) []string {
		return []string{x.Ref, x.Severity, x.State, x.Organisation, stamp(&x.Opened), stamp(&x.Limit), x.AcknowledgedBy, stamp(x.Breached), stamp(x.Next)}
	}
	const heads = "CASE SEVERITY STATE ORGANISATION OPENED ACKNOWLEDGE-BY BY BREACHED NEXT"
	c.AddCommand(
		lister("list", "All cases", heads, cobra.NoArgs,
			func(ctx context.Context, r app.Reader, _ []string) ([]app.Case, error) { return r.Cases(ctx) },
			func(cs []app.Case) (rows [][]string) {
				for _, x := range cs {
					rows = append(rows, row(x))
				}
				return rows
			}),
		lister("show REF", "One case", heads, cobra.ExactArgs(1),
			func(ctx context.Context, r app.Reader, args []string) (app.Case, error) { return r.Case(ctx, args[0]) },
			func(x app.Case) [][]string { return [][]string{row(x)} }),
		lister("chronology REF", "What happened on a case, in order", "AT BY WHAT TEXT", cobra.ExactArgs(1),
			func(ctx context.Context, r app.Reader, args []string) ([]app.Event, error) {
				if _, err := r.Case(ctx, args[0]); err != nil {
					return nil, err
				}
				return r.Events(ctx, args[0])
			},
			func(es []app.Event) (rows [][]string) {
				for _, e := range es {
					rows = append(rows, []string{stamp(&e.At), e.By, e.Verb, oneLine(e.Text)})
				}
				return rows
			}))
	return c
}

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
	c := &cobra.Command{Use: "show LETTER", Short: "One letter as it was kept and sent; its capability is hidden", Args: cobra.ExactArgs(1)}
	c.RunE = func(c *cobra.Command, args []string) error {
		r, cfg, err := f.reader(c)
		if err != nil {
			return err
		}
		defer r.Ledger.Close()
		x, err := r.Ledger.Letter(c.Context(), args[0])
		if err != nil {
			return err
		}
		if x.SHA256 == "" {
			return errNotWritten
		}
		raw, err := exhibitBytes(c.Context(), cfg.EvidenceDir(), x.SHA256)
		if err != nil {
			return err
		}
		_, err = c.OutOrStdout().Write(capability.ReplaceAll(raw, []byte("dd1.hidden")))
		return err
	}
	return f.add(c, false)
}

func exhibitBytes(ctx context.Context, dir, digest string) ([]byte, error) {
	s, err := evidence.Open(dir)
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

func queueCommand() *cobra.Command {
	var f flags
	c := &cobra.Command{Use: "queue", Short: "The queue that rings jobs in time"}
	status := &cobra.Command{Use: "status", Short: "What waits in Redis; the debts themselves are in the ledger", Args: cobra.NoArgs}
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
		if f.json {
			return printJSON(c.OutOrStdout(), s)
		}
		var rows [][]string
		for _, q := range s.Queues {
			rows = append(rows, []string{q.Name, fmt.Sprint(q.Pending), fmt.Sprint(q.Active), fmt.Sprint(q.Scheduled)})
		}
		fmt.Fprintf(c.OutOrStdout(), "redis reachable: %v, last sweep %s\n", s.Reachable, stamp(&s.LastSweep))
		return table(c.OutOrStdout(), "QUEUE PENDING ACTIVE SCHEDULED", rows)
	}
	c.AddCommand(f.add(status, true))
	return c
}

// stamp is an instant for a table; "-" for none.
func stamp(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
