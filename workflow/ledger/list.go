package ledger

import (
	"context"
	"fmt"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
)

// Arrivals lists everything that ever arrived, oldest first.
func (l *Ledger) Arrivals(ctx context.Context) (as []Arrival, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT `+arrivalColumns+` FROM arrivals ORDER BY received_at, id`)
	if err != nil {
		return nil, fmt.Errorf("list arrivals: %w", err)
	}
	err = each(rows, func() error {
		a, err := scanArrival(rows)
		as = append(as, a)
		return err
	})
	return as, err
}

// Cases lists all cases, oldest first.
func (l *Ledger) Cases(ctx context.Context) (cs []casefile.Case, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT `+caseColumns+` FROM cases ORDER BY opened_at, ref`)
	if err != nil {
		return nil, fmt.Errorf("list cases: %w", err)
	}
	err = each(rows, func() error {
		c, err := scanCase(rows)
		cs = append(cs, c)
		return err
	})
	return cs, err
}

// Line is one event of a chronology with its place in it.
type Line struct {
	Case casefile.Ref
	Seq  int
	casefile.Event
}

// Chronology lists what happened on a case in order; on all cases if ref is "".
func (l *Ledger) Chronology(ctx context.Context, ref casefile.Ref) (lines []Line, err error) {
	where, args := ofCase(ref)
	rows, err := l.read.QueryContext(ctx, `SELECT case_ref, seq, at, actor, verb, note, arrival FROM events`+where+` ORDER BY at, case_ref, seq`, args...)
	if err != nil {
		return nil, fmt.Errorf("list events: %w", err)
	}
	err = each(rows, func() error {
		var e Line
		var at int64
		err := rows.Scan(&e.Case, &e.Seq, &at, &e.By, &e.Verb, &e.Text, &e.Arrival)
		e.At = instant(at)
		lines = append(lines, e)
		return err
	})
	return lines, err
}

// ofCase narrows a list to one case; to none if ref is "".
func ofCase(ref casefile.Ref) (where string, args []any) {
	if ref == "" {
		return "", nil
	}
	return " WHERE case_ref = $1", []any{string(ref)}
}

// Letters lists the letters of a case, of all cases if ref is "", oldest first.
func (l *Ledger) Letters(ctx context.Context, ref casefile.Ref) (xs []Letter, err error) {
	where, args := ofCase(ref)
	rows, err := l.read.QueryContext(ctx, `SELECT `+letterColumns+` FROM letters`+where+` ORDER BY created_at, id`, args...)
	if err != nil {
		return nil, fmt.Errorf("list letters: %w", err)
	}
	err = each(rows, func() error {
		x, err := scanLetter(rows)
		xs = append(xs, x)
		return err
	})
	return xs, err
}

// Next is the earliest alarm of a case that is still to ring; zero if none.
func (l *Ledger) Next(ctx context.Context, ref casefile.Ref) (time.Time, error) {
	var alarms string
	err := l.read.QueryRowContext(ctx, `SELECT alarms FROM cases WHERE ref = $1`, string(ref)).Scan(&alarms)
	if err != nil {
		return time.Time{}, fmt.Errorf("next alarm of %s: %w", ref, notFound(err))
	}
	args := []any{}
	for id := range strings.FieldsSeq(alarms) {
		args = append(args, id)
	}
	if len(args) == 0 {
		return time.Time{}, nil
	}
	var due int64
	if err := l.read.QueryRowContext(ctx, `SELECT min(due_at) FROM jobs WHERE id IN (`+places(1, len(args))+`)`, args...).Scan(&due); err != nil {
		return time.Time{}, fmt.Errorf("next alarm of %s: %w", ref, err)
	}
	return instant(due), nil
}

// Count is how many rows there are of one state.
type Count struct {
	Name string
	N    int
}

// CaseCounts counts cases by state.
func (l *Ledger) CaseCounts(ctx context.Context) ([]Count, error) {
	return l.counts(ctx, `SELECT state, count(*) FROM cases GROUP BY state`)
}

// LetterCounts counts letters by state.
func (l *Ledger) LetterCounts(ctx context.Context) ([]Count, error) {
	return l.counts(ctx, `SELECT state, count(*) FROM letters GROUP BY state`)
}

// ArrivalCounts counts arrivals by door.
func (l *Ledger) ArrivalCounts(ctx context.Context) ([]Count, error) {
	return l.counts(ctx, `SELECT door, count(*) FROM arrivals GROUP BY door`)
}

const countOverdue = `SELECT kind, count(*) FROM jobs WHERE done_at = 0 AND parked_at = 0 AND due_at < $1 GROUP BY kind`

// OverdueCounts counts the jobs that were due before a moment, by kind. A letter
// that waits for the post counts from when it was first due.
func (l *Ledger) OverdueCounts(ctx context.Context, before time.Time) ([]Count, error) {
	counts, err := l.counts(ctx, countOverdue, ms(before))
	if err != nil {
		return nil, err
	}
	n, err := l.awaited(ctx, before)
	return withAwaited(counts, n), err
}

func (l *Ledger) counts(ctx context.Context, text string, args ...any) (cs []Count, err error) {
	rows, err := l.read.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, fmt.Errorf("count: %w", err)
	}
	err = each(rows, func() error {
		var c Count
		err := rows.Scan(&c.Name, &c.N)
		cs = append(cs, c)
		return err
	})
	return cs, err
}
