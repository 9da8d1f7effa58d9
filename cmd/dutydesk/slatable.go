package main

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"dutydesk/workflow/sla"
)

// maxBadRows is how many bad rows are named one by one.
const maxBadRows = 20

// table plans a CSV file row by row.
func (f *planFlags) table(c *cobra.Command, cal *sla.Calendar) error {
	for _, other := range []string{"severity", "received", "json"} {
		if c.Flags().Changed(other) {
			return usageError{fmt.Errorf("--csv has its own rows and form: leave out --%s", other)}
		}
	}
	in := c.InOrStdin()
	if f.csv != "-" {
		file, err := os.Open(f.csv)
		if err != nil {
			return usageError{err}
		}
		defer file.Close()
		in = file
	}
	w := csv.NewWriter(c.OutOrStdout())
	t, err := newPlanTable(in, w, cal)
	if err == nil {
		err = t.rows(c.ErrOrStderr())
	}
	w.Flush()
	return errors.Join(err, w.Error())
}

// planTable is a CSV file that is being planned.
type planTable struct {
	in                   *csv.Reader
	out                  *csv.Writer
	cal                  *sla.Calendar
	received, allow, due int // columns; due may be one past the last
}

// newPlanTable reads the header and writes it with the column due.
func newPlanTable(in io.Reader, out *csv.Writer, cal *sla.Calendar) (*planTable, error) {
	t := &planTable{in: csv.NewReader(in), out: out, cal: cal}
	head, err := t.in.Read()
	if err != nil {
		return nil, dataError{fmt.Errorf("line 1: want a header with the columns received,allow: %w", err)}
	}
	head[0] = strings.TrimPrefix(head[0], "\ufeff") // Excel's
	t.received, t.allow, t.due = slices.Index(head, "received"), slices.Index(head, "allow"), slices.Index(head, "due")
	if t.received < 0 || t.allow < 0 {
		return nil, dataError{fmt.Errorf("line 1: %q: want a header with the columns received,allow", strings.Join(head, ","))}
	}
	if t.due < 0 {
		t.due = len(head)
		head = append(head, "due")
	}
	return t, out.Write(head)
}

// rows plans all rows and names the bad ones on warn.
func (t *planTable) rows(warn io.Writer) error {
	all, bad, unsure := 0, 0, 0
	for row, err := t.in.Read(); !errors.Is(err, io.EOF); row, err = t.in.Read() {
		var malformed *csv.ParseError
		if err != nil && !errors.As(err, &malformed) {
			return fmt.Errorf("read rows: %w", err)
		}
		known := true
		if all++; err == nil {
			known, err = t.row(row)
		}
		if !known {
			unsure++
		}
		if err != nil {
			bad++
		}
		if err != nil && bad <= maxBadRows {
			fmt.Fprintln(warn, err)
		}
	}
	if unsure > 0 {
		fmt.Fprintf(warn, "%d of %d deadlines are not sure: they lie in years whose bank holidays are not known, where every weekday counts as working\n", unsure, all)
	}
	if bad > 0 {
		return dataError{fmt.Errorf("%d of %d rows could not be planned", bad, all)}
	}
	return nil
}

// row plans one row and writes it; known is as Calendar.Due says. Trouble with
// writing stays with the writer, which is asked at the end.
func (t *planTable) row(row []string) (known bool, err error) {
	line, _ := t.in.FieldPos(0)
	received, err := instant(row[t.received])
	if err != nil {
		return true, fmt.Errorf("line %d: received: %w", line, err)
	}
	a, err := sla.ParseAllowance(row[t.allow])
	if err != nil {
		return true, fmt.Errorf("line %d: allow: %w", line, err)
	}
	due, known := t.cal.Due(received, a)
	if t.due == len(row) {
		row = append(row, "")
	}
	row[t.due] = due.Format(time.RFC3339)
	_ = t.out.Write(row)
	return known, nil
}
