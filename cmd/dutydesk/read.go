package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
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

func mailCommand() *cobra.Command {
	c := &cobra.Command{Use: "mail", Short: "Look at raw mails as the intake does"}
	var asJSON bool
	read := &cobra.Command{Use: "read FILE…|-", Short: "What intake sees in a raw message", Args: cobra.MinimumNArgs(1),
		Long: "What intake sees in a raw message. Reading never fails; what could not be read is listed as a defect.\nExit code 65 if a file cannot be opened; the others are read all the same.\nOne line of JSON per file: " + prints[message.Message](),
		RunE: func(c *cobra.Command, files []string) error {
			return eachMail(c, files, func(_ string, m message.Message) error { return printMail(c.OutOrStdout(), m, asJSON) })
		}}
	read.Flags().BoolVar(&asJSON, "json", false, "print one line of JSON per file")
	c.AddCommand(read)
	return c
}

// eachMail does something with each of some files, and returns the first error:
// the rest is read all the same.
func eachMail(c *cobra.Command, files []string, do func(file string, m message.Message) error) (wrong error) {
	for _, f := range files {
		m, err := readMail(c.Context(), c.InOrStdin(), f)
		if err == nil {
			err = do(f, m)
		} else if len(files) > 1 {
			fmt.Fprintln(c.ErrOrStderr(), visible(err.Error()))
		}
		wrong = cmp.Or(wrong, err)
	}
	return wrong
}

// readMail reads one file, or standard input for "-".
func readMail(ctx context.Context, stdin io.Reader, file string) (message.Message, error) {
	if file == "-" {
		raw, err := io.ReadAll(stdin)
		return message.Read(ctx, bytes.NewReader(raw), int64(len(raw))), err
	}
	f, err := os.Open(file)
	if err != nil {
		return message.Message{}, dataError{err}
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return message.Message{}, err
	}
	if !info.Mode().IsRegular() {
		return message.Message{}, dataError{fmt.Errorf("%s is no file", file)}
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
	say := func(what, format string, args ...any) {
		fmt.Fprintf(w, "%-9s%s\n", what, oneLine(fmt.Sprintf(format, args...)))
	}
	say("sha256", "%s (%d bytes)", m.SHA256, m.Size)
	say("from", "%s", senders(m.From))
	say("subject", "%q", m.Subject)
	say("id", "%s", m.MessageID)
	say("written", "by %s %s", m.Machine.Class, m.Machine.Why)
	say("evidence", "%s", m.Grade)
	for _, s := range m.DKIM {
		say("dkim", "%s by %s: %s", s.Domain, s.Selector, checked(s))
	}
	for _, a := range m.Attachments {
		say("part", "%s %q %s (%s) %d bytes %s", a.Part, a.Name, a.DeclaredType, a.SniffedType, a.Size, a.How)
	}
	for _, d := range m.Defects {
		say("defect", "%s at byte %d: %s", d.Code, d.Offset, d.Detail)
	}
	_, err := fmt.Fprintf(w, "\n%s\n", visible(strings.ReplaceAll(m.Text, "\r\n", "\n")))
	return err
}

// senders are addresses as people write them.
func senders(all []message.Address) string {
	var each []string
	for _, a := range all {
		each = append(each, strings.TrimSpace(fmt.Sprintf("%s <%s>", a.Name, a.Addr)))
	}
	return strings.Join(each, ", ")
}
