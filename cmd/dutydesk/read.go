package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/intake/message"
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
		Long: "What intake sees in a raw message. Reading never fails; what could not be read is listed as a defect.\nOne line of JSON per file: " + prints[message.Message](),
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

// printedMail is a mail as --json prints it: with a date always, null for none.
type printedMail struct {
	message.Message
	Date *time.Time `json:"date"`
}

func dateOf(m message.Message) *time.Time {
	if m.Date.IsZero() {
		return nil
	}
	return &m.Date
}

// checked says what became of a signature. This command reaches no network.
func checked(s message.Signature) string {
	if s.Result == message.SignatureUnchecked {
		return "not checked"
	}
	return s.Result + " " + s.Detail
}

func printMail(w io.Writer, m message.Message, asJSON bool) error {
	if asJSON {
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		return e.Encode(printedMail{m, dateOf(m)})
	}
	fmt.Fprintf(w, "sha256   %s (%d bytes)\nfrom     %v\nsubject  %q\nid       %s\nwritten  by %s %s\n", m.SHA256, m.Size, m.From, m.Subject, m.MessageID, m.Machine.Class, m.Machine.Why)
	fmt.Fprintf(w, "evidence %s\n", m.Grade)
	for _, s := range m.DKIM {
		fmt.Fprintf(w, "dkim     %s by %s: %s\n", s.Domain, s.Selector, checked(s))
	}
	for _, a := range m.Attachments {
		fmt.Fprintf(w, "part     %s %q %s (%s) %d bytes %s\n", a.Part, a.Name, a.DeclaredType, a.SniffedType, a.Size, a.How)
	}
	for _, d := range m.Defects {
		fmt.Fprintf(w, "defect   %s at byte %d: %s\n", d.Code, d.Offset, d.Detail)
	}
	_, err := fmt.Fprintf(w, "\n%s\n", m.Text)
	return err
}

// stamp is an instant for a table; "-" for none.
func stamp(t *time.Time) string {
	if t == nil || t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02 15:04:05Z")
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
