package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/cmd/internal/app"
)

// errNoPrinter reports that PDF was asked for and WeasyPrint cannot make it.
var errNoPrinter = errors.New(`no PDF can be made here: install WeasyPrint 57 or newer (apt-get install weasyprint), or use "--format html" and print that`)

// chronologyFlags are those of "case chronology".
type chronologyFlags struct {
	flags
	format, file, person, why string
}

func chronologyCommand() *cobra.Command {
	f := &chronologyFlags{}
	c := &cobra.Command{Use: "chronology REF", Short: "What happened on a case, in order: when, who, what and why", Args: cobra.ExactArgs(1),
		Long: `What happened on a case, in order: when (in the service's time zone), who, what and why. Lines are added and never
changed or removed: a correction is a later line. Roles are those the roster has for the moment of the line.

--format text, html (one page that fetches nothing and prints well) or pdf (tagged, by WeasyPrint if it is installed).
-o writes a new file that only you can read; a file that is there is not replaced.

--format json, or --json, prints [{case, seq, at, by, verb, text, arrival, name, role, what}]; by is a person's id, or clock,
post, desk, reporter.

That the chronology was read is noted before it is printed ("case reads REF"); say with --for and --because for whom and
why. Who is kept from the case for a conflict of interest cannot be named with --for.

Exit codes: 0 printed, 64 usage, 65 no such case or kept from it, 69 the ledger is away or there is no WeasyPrint, 78 the configuration.`,
		Example: "  dutydesk case chronology SG-7K3F9\n  dutydesk case chronology SG-7K3F9 --format pdf -o chronology.pdf",
		RunE:    func(c *cobra.Command, args []string) error { return f.run(c, args) }}
	c.Flags().StringVar(&f.format, "format", "text", "text, json, html or pdf")
	c.Flags().StringVarP(&f.file, "output", "o", "", "a new file to write; without, standard output")
	c.Flags().StringVar(&f.person, "for", "", "the id of the person it is read for")
	c.Flags().StringVar(&f.why, "because", "", "why it is read")
	return f.add(c, true)
}

func (f *chronologyFlags) run(c *cobra.Command, args []string) error {
	if err := f.check(c); err != nil {
		return err
	}
	r, cfg, err := f.reader(c)
	if err != nil {
		return err
	}
	x, err := f.read(c.Context(), r, strings.ToUpper(args[0]), cfg.Zone())
	if err = errors.Join(err, r.Ledger.Close()); err != nil {
		return asked(args, err)
	}
	out, err := f.write(c.Context(), x)
	if err != nil {
		return err
	}
	return f.put(c.OutOrStdout(), out)
}

// read notes that the chronology is read, and reads it.
func (f *chronologyFlags) read(ctx context.Context, r app.Reader, ref string, zone *time.Location) (x app.Chronology, err error) {
	r.Asking.Person, r.Asking.Why = f.person, f.why
	if err := r.Note(ctx, ref, "case chronology"); err != nil {
		return x, err
	}
	return r.Chronology(ctx, ref, zone)
}

// check holds the flags against each other.
func (f *chronologyFlags) check(c *cobra.Command) error {
	if f.json && !c.Flags().Changed("format") {
		f.format = "json"
	}
	switch {
	case f.json && f.format != "json":
		return usageError{fmt.Errorf("--json and --format %.20q: choose one", f.format)}
	case f.format == "pdf" && f.file == "":
		return usageError{errors.New("a PDF is no text for a terminal: name a file with -o")}
	case f.format != "text" && f.format != "json" && f.format != "html" && f.format != "pdf":
		return usageError{fmt.Errorf("--format %.20q: text, json, html or pdf", f.format)}
	}
	return nil
}

// write lays the chronology out. What people wrote steers no terminal and turns
// no reading order, in any layout.
func (f *chronologyFlags) write(ctx context.Context, x app.Chronology) (out []byte, err error) {
	var b bytes.Buffer
	switch f.format {
	case "json":
		err = printJSON(&b, x.Lines)
		return b.Bytes(), err
	case "text":
		text, err := x.Words.Text(x.Page)
		return []byte(visible(text)), err
	}
	page, err := x.Words.HTML(x.Page)
	if err != nil || f.format == "html" {
		return []byte(visible(page)), err
	}
	return printed(ctx, visible(page))
}

// printed has WeasyPrint make a tagged PDF (PDF/UA-1, ISO 14289-1) of a page.
// What it complains of is not shown: that may be somebody's words.
func printed(ctx context.Context, page string) ([]byte, error) {
	c := exec.CommandContext(ctx, "weasyprint", "--quiet", "--pdf-variant", "pdf/ua-1", "-", "-")
	var out bytes.Buffer
	c.Stdin, c.Stdout = strings.NewReader(page), &out
	if err := c.Run(); err != nil {
		return nil, fmt.Errorf("%w (%w)", errNoPrinter, err)
	}
	if !bytes.HasPrefix(out.Bytes(), []byte("%PDF-")) {
		return nil, fmt.Errorf("%w (what weasyprint printed is no PDF)", errNoPrinter)
	}
	return out.Bytes(), nil
}

// put writes out to the file that was named, or else to w. The file is for its
// owner only, and a file that is there stays as it is.
func (f *chronologyFlags) put(w io.Writer, out []byte) error {
	if f.file == "" {
		_, err := w.Write(out)
		return err
	}
	file, err := os.OpenFile(f.file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return usageError{fmt.Errorf("write the chronology: %w", err)}
	}
	_, err = file.Write(out)
	return errors.Join(err, file.Close())
}
