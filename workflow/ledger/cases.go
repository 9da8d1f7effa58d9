package ledger

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

const caseColumns = `ref, org, severity, state, arrival, opened_at, climbed, reached, reviews, acknowledged_at, acknowledged_by, proposed_by, breached_at`

func scanCase(s scanner) (c casefile.Case, err error) {
	var opened, acknowledged, breached int64
	err = s.Scan(&c.Ref, &c.Org, &c.Severity, &c.State, &c.Arrival, &opened, &c.Climbed, &c.Reached, &c.Reviews, &acknowledged, &c.By, &c.Proposed, &breached)
	c.Opened, c.Acknowledged, c.Breached = instant(opened), instant(acknowledged), instant(breached)
	return c, notFound(err)
}

// Case reads a case and keeps others from changing it until the decision ends.
func (t *Tx) Case(ref casefile.Ref) (casefile.Case, error) {
	c, err := scanCase(t.row(`SELECT `+caseColumns+` FROM cases WHERE ref = $1`+t.l.d.lock, string(ref)))
	if err != nil {
		return c, fmt.Errorf("case %s: %w", ref, err)
	}
	return c, nil
}

// Case reads a case.
func (l *Ledger) Case(ctx context.Context, ref casefile.Ref) (casefile.Case, error) {
	return scanCase(l.read.QueryRowContext(ctx, `SELECT `+caseColumns+` FROM cases WHERE ref = $1`, string(ref)))
}

// Create writes a new case; fresh is false when the reference is in use.
func (t *Tx) Create(c casefile.Case) (fresh bool, err error) {
	n, err := t.exec(`INSERT INTO cases (`+caseColumns+`, next_seq) VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11,$12,$13,1) ON CONFLICT (ref) DO NOTHING`,
		string(c.Ref), c.Org, string(c.Severity), string(c.State), c.Arrival, ms(c.Opened), c.Climbed, c.Reached, c.Reviews, ms(c.Acknowledged), c.By, c.Proposed, ms(c.Breached))
	if err != nil {
		return false, fmt.Errorf("create case: %w", err)
	}
	return n == 1, nil
}

// Store writes an outcome: the case as it now is, its new events, its letters
// with the jobs that send them, and its alarms in place of all earlier ones.
func (t *Tx) Store(out casefile.Outcome, letters []Letter, now time.Time) error {
	c := out.Case
	var next int
	err := t.change(`UPDATE cases SET severity=$1, state=$2, climbed=$3, reached=$4, reviews=$5, acknowledged_at=$6, acknowledged_by=$7, proposed_by=$8,
		breached_at=$9, next_seq = next_seq + $10 WHERE ref=$11 RETURNING next_seq`, string(c.Severity), string(c.State), c.Climbed, c.Reached, c.Reviews,
		ms(c.Acknowledged), c.By, c.Proposed, ms(c.Breached), len(out.Events), string(c.Ref)).Scan(&next)
	if err != nil {
		return fmt.Errorf("store case %s: %w", c.Ref, notFound(err))
	}
	if err := t.events(c.Ref, next-len(out.Events), out.Events); err != nil {
		return fmt.Errorf("store events of %s: %w", c.Ref, err)
	}
	jobs, err := t.letters(letters)
	if err != nil {
		return fmt.Errorf("store letters of %s: %w", c.Ref, err)
	}
	return t.alarms(c.Ref, out.Alarms, jobs, now)
}

// events appends to the chronology.
func (t *Tx) events(ref casefile.Ref, seq int, events []casefile.Event) error {
	if len(events) == 0 {
		return nil
	}
	args := make([]any, 0, 7*len(events))
	for i, e := range events {
		args = append(args, string(ref), seq+i, ms(e.At), e.By, string(e.Verb), clean(e.Text), e.Arrival)
	}
	_, err := t.exec(`INSERT INTO events (case_ref, seq, at, actor, verb, note, arrival) VALUES `+tuples(len(events), 7), args...)
	return err
}

// alarms settles what the case no longer waits for and writes down what it
// waits for now, together with other jobs.
func (t *Tx) alarms(ref casefile.Ref, alarms []casefile.Alarm, jobs []Job, now time.Time) error {
	keep := make([]string, 0, len(alarms))
	for _, a := range alarms {
		j := alarmJob(a)
		keep, jobs = append(keep, j.ID), append(jobs, j)
	}
	text := `UPDATE jobs SET done_at = $1 WHERE subject = $2 AND kind = 'alarm' AND done_at = 0`
	args := []any{ms(now), string(ref)}
	if len(keep) > 0 {
		text += ` AND id NOT IN (` + places(3, len(keep)) + `)`
		for _, id := range keep {
			args = append(args, id)
		}
	}
	if _, err := t.exec(text, args...); err != nil {
		return fmt.Errorf("settle alarms of %s: %w", ref, err)
	}
	return t.Owe(jobs...)
}

// alarmJob is the job that rings a. Its id is the alarm itself, so that setting
// it again is no second alarm.
func alarmJob(a casefile.Alarm) Job {
	id := "alarm/" + string(a.Ref) + "/" + string(a.Stage) + "/" + strconv.Itoa(a.Rung)
	return Job{ID: id, Kind: AlarmJob, Subject: string(a.Ref), Due: a.Due, Urgent: a.Stage == sla.Acknowledge}
}

// alarmName takes stage and rung back out of an alarm's job id.
func alarmName(id string) (sla.Stage, int) {
	id, rung, _ := cutLast(id)
	_, stage, _ := cutLast(id)
	n, err := strconv.Atoi(rung)
	if err != nil {
		return "", 0
	}
	return sla.Stage(stage), n
}

func cutLast(s string) (before, after string, ok bool) {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		return s[:i], s[i+1:], true
	}
	return s, "", false
}

// Alarm reads the alarm that job id rings. It answers ErrDone or ErrEarly when
// there is nothing to ring at now.
func (t *Tx) Alarm(id string, now time.Time) (a casefile.Alarm, err error) {
	var due, done int64
	err = t.row(`SELECT subject, due_at, done_at FROM jobs WHERE id = $1 AND kind = 'alarm'`, id).Scan(&a.Ref, &due, &done)
	if err != nil {
		return a, fmt.Errorf("alarm %s: %w", id, notFound(err))
	}
	if done != 0 {
		return a, ErrDone
	}
	if due > ms(now) {
		return a, ErrEarly
	}
	a.Due = instant(due)
	a.Stage, a.Rung = alarmName(id)
	return a, nil
}
