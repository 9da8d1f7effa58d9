package ledger

import (
	"context"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
)

const caseColumns = `ref, org, severity, state, arrival, opened_at, climbed, reached, reviews, acknowledged_at, acknowledged_by, proposed_by, breached_at, barred, lifting,
	policy_version, story, rungs, turn, since_at, grading, casework`

// standingColumns are those of a case with what the ledger keeps of it.
const standingColumns = caseColumns + `, next_seq, alarms`

// standingUpdate changes a case that is there. What a case began with stays.
const standingUpdate = ` ON CONFLICT (ref) DO UPDATE SET severity = excluded.severity, state = excluded.state, climbed = excluded.climbed,
	reached = excluded.reached, reviews = excluded.reviews, acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by,
	proposed_by = excluded.proposed_by, breached_at = excluded.breached_at, barred = excluded.barred, lifting = excluded.lifting, story = excluded.story,
	rungs = excluded.rungs, turn = excluded.turn, since_at = excluded.since_at, grading = excluded.grading, casework = excluded.casework, next_seq = excluded.next_seq, alarms = excluded.alarms`

func scanCase(s scanner, more ...any) (c casefile.Case, err error) {
	var opened, acknowledged, breached, since int64
	var work string
	err = s.Scan(append([]any{&c.Ref, &c.Org, &c.Severity, &c.State, &c.Arrival, &opened, &c.Climbed, &c.Reached, &c.Reviews,
		&acknowledged, &c.By, &c.Proposed, &breached, &c.Excluded, &c.Lifting,
		&c.Version, &c.Story, &c.Rungs, &c.Turn, &since, &c.Grading, &work}, more...)...)
	c.Opened, c.Acknowledged, c.Breached, c.Since = instant(opened), instant(acknowledged), instant(breached), instant(since)
	if err == nil {
		c.File, err = readFile(work)
	}
	return c, notFound(err)
}

func scanStanding(row scanner, more ...any) (s standing, err error) {
	s.Case, err = scanCase(row, append([]any{&s.next, &s.alarms}, more...)...)
	return s, err
}

// row is what standingColumns hold.
func (s standing) row() []any {
	c := s.Case
	work, err := keptFile(c.File)
	if err != nil { // strings always marshal
		work = ""
	}
	return []any{string(c.Ref), c.Org, string(c.Severity), string(c.State), c.Arrival, ms(c.Opened), c.Climbed, c.Reached, c.Reviews,
		ms(c.Acknowledged), c.By, c.Proposed, ms(c.Breached), string(c.Excluded), string(c.Lifting),
		c.Version, string(c.Story), string(c.Rungs), c.Turn, ms(c.Since), c.Grading, work, s.next, s.alarms}
}

// Case reads a case and keeps others from changing it until the decision ends.
func (t *Tx) Case(ref casefile.Ref) (casefile.Case, error) {
	s, err := t.standing(ref)
	if err != nil {
		return s.Case, fmt.Errorf("case %s: %w", ref, err)
	}
	return s.Case, nil
}

// standing reads a case as this commit has it so far.
func (t *Tx) standing(ref casefile.Ref) (standing, error) {
	for _, known := range []map[casefile.Ref]standing{t.read, t.before.cases} {
		if s, ok := known[ref]; ok {
			return s, nil
		}
	}
	s, err := scanStanding(t.ask(`SELECT `+standingColumns+` FROM cases WHERE ref = $1`+t.l.d.lock, string(ref)))
	if err == nil {
		t.know(s)
	}
	return s, err
}

// know keeps what was read or written, for the rest of the decision.
func (t *Tx) know(s standing) {
	if t.read == nil {
		t.read = make(map[casefile.Ref]standing, 1)
	}
	t.read[s.Ref] = s
}

// Case reads a case.
func (l *Ledger) Case(ctx context.Context, ref casefile.Ref) (casefile.Case, error) {
	return scanCase(l.read.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM cases WHERE ref = $1`, string(ref)))
}

// Create writes a new case; fresh is false when the reference is in use.
func (t *Tx) Create(c casefile.Case) (fresh bool, err error) {
	s := standing{Case: c, next: 1}
	n, err := t.run(`INSERT INTO cases (`+standingColumns+`) VALUES (`+places(1, caseWidth)+`) ON CONFLICT (ref) DO NOTHING`, s.row()...)
	if err != nil {
		return false, fmt.Errorf("create case: %w", err)
	}
	if n == 1 {
		t.know(s)
	}
	return n == 1, nil
}

// Store writes an outcome: the case as it now is, its new events, its letters
// with the jobs that send them, and its alarms in place of all earlier ones.
func (t *Tx) Store(out casefile.Outcome, letters []Letter, now time.Time) error {
	s, err := t.standing(out.Case.Ref)
	if err != nil {
		return fmt.Errorf("store case %s: %w", out.Case.Ref, err)
	}
	for i, e := range out.Events {
		t.own.events = append(t.own.events, string(s.Ref), s.next+i, ms(e.At), e.By, string(e.Verb), clean(e.Text), e.Arrival)
	}
	jobs, settled := t.alarms(&s, out)
	for _, id := range settled {
		t.own.key(id)
		t.own.settled = append(t.own.settled, id)
	}
	if err := t.trace(s.Case, out.Case); err != nil {
		return err
	}
	t.own.at = max(t.own.at, ms(now))
	s.Case, s.next = out.Case, s.next+len(out.Events)
	t.know(s)
	t.own.stand(s)
	return errors.Join(t.Write(letters...), t.Owe(jobs...))
}
