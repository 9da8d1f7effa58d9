package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
)

// OpenCases lists the cases that are not closed, oldest first.
func (l *Ledger) OpenCases(ctx context.Context) (cs []casefile.Case, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT `+caseColumns+` FROM cases WHERE state NOT IN (`+over+`) ORDER BY opened_at, ref`)
	if err != nil {
		return nil, fmt.Errorf("list open cases: %w", err)
	}
	err = each(rows, func() error {
		c, err := scanCase(rows)
		cs = append(cs, c)
		return err
	})
	return cs, err
}

// HeldCases lists the open cases whose report could not be read.
func (l *Ledger) HeldCases(ctx context.Context) (refs []casefile.Ref, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT ref FROM cases JOIN arrivals ON arrivals.id = cases.arrival
		WHERE cases.state NOT IN (`+over+`) AND arrivals.state = 'hold' ORDER BY opened_at, ref`)
	if err != nil {
		return nil, fmt.Errorf("list held cases: %w", err)
	}
	err = each(rows, func() error {
		var ref casefile.Ref
		err := rows.Scan(&ref)
		refs = append(refs, ref)
		return err
	})
	return refs, err
}

// WaitingCount counts the arrivals that came before a moment and are not
// disposed of.
func (l *Ledger) WaitingCount(ctx context.Context, before time.Time) (n int, err error) {
	err = l.read.QueryRowContext(ctx, `SELECT count(*) FROM jobs JOIN arrivals ON arrivals.id = jobs.subject
		WHERE jobs.done_at = 0 AND jobs.kind = 'dispose' AND arrivals.received_at < $1`, ms(before)).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count waiting arrivals: %w", err)
	}
	return n, nil
}

// Return is a letter that did not reach its person.
type Return struct {
	Case   casefile.Ref
	Person string
}

// Returns lists what did not reach people since a moment, of letters about cases
// that are open, oldest first.
func (l *Ledger) Returns(ctx context.Context, since time.Time) (rs []Return, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT case_ref, note FROM cases JOIN events ON events.case_ref = cases.ref
		WHERE cases.state NOT IN (`+over+`) AND events.verb = 'UNDELIVERED' AND events.at >= $1 ORDER BY events.at, case_ref, seq`, ms(since))
	if err != nil {
		return nil, fmt.Errorf("list returns: %w", err)
	}
	err = each(rows, func() error {
		var r Return
		err := rows.Scan(&r.Case, &r.Person)
		r.Person, _, _ = strings.Cut(r.Person, ":") // as casefile writes it
		rs = append(rs, r)
		return err
	})
	return rs, err
}

// Refusals lists the people to whom a letter of a kind, about no case, was
// refused since a moment, each once.
func (l *Ledger) Refusals(ctx context.Context, since time.Time, kind casefile.Kind) (people []string, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT DISTINCT person FROM letters WHERE id >= $1 AND kind = $2 AND state = 'failed' AND case_ref = '' ORDER BY person`,
		Stamp(since), string(kind))
	if err != nil {
		return nil, fmt.Errorf("list refusals: %w", err)
	}
	err = each(rows, func() error {
		var p string
		err := rows.Scan(&p)
		people = append(people, p)
		return err
	})
	return people, err
}

// Turn writes down value under name and reports whether another stood there: of
// several workers one turns the page.
func (t *Tx) Turn(name, value string) (bool, error) {
	n, err := t.exec(`INSERT INTO marks (name, value) VALUES ($1, $2)
		ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE marks.value <> excluded.value`, name, value)
	if err != nil {
		return false, fmt.Errorf("turn %s: %w", name, err)
	}
	return n == 1, nil
}

// Rewrite has the letters of a kind about no case that did not go out yet written
// anew when they are tried next: what they say is not right any more. One that
// may have gone stays as it is; what a try that is under way sends is recorded
// by Posted.
func (t *Tx) Rewrite(kind casefile.Kind) error {
	_, err := t.exec(`UPDATE letters SET sha256 = '' WHERE kind = $1 AND case_ref = '' AND state = 'due' AND sha256 <> ''
		AND id IN (SELECT subject FROM jobs WHERE kind = 'letter' AND done_at = 0)`, string(kind))
	if err != nil {
		return fmt.Errorf("rewrite letters: %w", err)
	}
	return nil
}
