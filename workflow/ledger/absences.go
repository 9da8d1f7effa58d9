package ledger

import (
	"context"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
)

// AddAbsence keeps that a mail said a person is away. What was said before
// stays.
func (t *Tx) AddAbsence(a casefile.Absence, arrival string) error {
	_, err := t.exec(`INSERT INTO absences (person, from_at, until_at, arrival) VALUES ($1, $2, $3, $4) ON CONFLICT (person, from_at) DO NOTHING`,
		a.Person, ms(a.From), ms(a.Until), arrival)
	if err != nil {
		return fmt.Errorf("add absence: %w", err)
	}
	return nil
}

// Absences lists those that mails told of and that are not over at now, the
// longest last.
func (l *Ledger) Absences(ctx context.Context, now time.Time) (as []casefile.Absence, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT person, from_at, until_at FROM absences WHERE until_at > $1 ORDER BY until_at, person`, ms(now))
	if err != nil {
		return nil, fmt.Errorf("list absences: %w", err)
	}
	err = each(rows, func() error {
		var from, until int64
		a := casefile.Absence{Learnt: true}
		err := rows.Scan(&a.Person, &from, &until)
		a.From, a.Until = instant(from), instant(until)
		as = append(as, a)
		return err
	})
	return as, err
}

// Withdrawn is a letter that its person must not get any more.
const Withdrawn LetterState = "withdrawn"

// Withdraw ends the debt of every letter about a case that did not go out yet
// to a person for whom may answers false, and says whose those were. A list that
// named it is written anew. A try that is under way may still go through.
func (t *Tx) Withdraw(ref casefile.Ref, may func(person string) bool, now time.Time) (people []string, err error) {
	if err := t.flush(); err != nil {
		return nil, fmt.Errorf("withdraw letters of %s: %w", ref, err)
	}
	rows, err := t.list(`SELECT DISTINCT person FROM letters WHERE case_ref = $1 AND person <> '' AND state IN ('due', 'maybe-sent') ORDER BY person`, string(ref))
	if err != nil {
		return nil, fmt.Errorf("withdraw letters of %s: %w", ref, err)
	}
	err = each(rows, func() error {
		var p string
		err := rows.Scan(&p)
		if !may(p) {
			people = append(people, p)
		}
		return err
	})
	for i := 0; i < len(people) && err == nil; i++ {
		err = t.withdraw(ref, people[i], now)
	}
	if err != nil {
		return nil, fmt.Errorf("withdraw letters of %s: %w", ref, err)
	}
	return people, nil
}

// withdraw ends the debt of letters to one person.
func (t *Tx) withdraw(ref casefile.Ref, person string, now time.Time) error {
	const theirs = `FROM letters WHERE case_ref = $2 AND person = $3 AND state IN ('due', 'maybe-sent'))`
	if _, err := t.run(`UPDATE jobs SET done_at = $1, why = 'withdrawn' WHERE done_at = 0 AND id IN (SELECT 'letter/' || id `+theirs, ms(now), string(ref), person); err != nil {
		return err
	}
	_, err := t.run(`UPDATE letters SET state = 'withdrawn', give_up_at = 0 WHERE case_ref = $1 AND person = $2 AND state IN ('due', 'maybe-sent')`, string(ref), person)
	if err != nil {
		return err
	}
	if err := t.withdrawLines(ref, person); err != nil {
		return err
	}
	return t.withdrawEmpty(person, now)
}

// withdrawLines has the person's digests that list the case, and may still go
// out, written anew without it. None of their lines can be answered until then.
func (t *Tx) withdrawLines(ref casefile.Ref, person string) error {
	const lists = `(SELECT letters.digest FROM letters JOIN letters AS list ON list.id = letters.digest
		WHERE letters.case_ref = $1 AND letters.person = $2 AND letters.digest <> '' AND list.state IN ('due', 'maybe-sent'))`
	_, err := t.run(`UPDATE letters SET sha256 = '' WHERE person = $2 AND sha256 <> '' AND (digest IN `+lists+` OR id IN `+lists+`)`, string(ref), person)
	return err
}

// withdrawEmpty ends the debt of a person's digests in which no line is left: an
// empty one would tell that there was something to tell. One that is open is
// locked first, so that it is not gathering a line meanwhile.
func (t *Tx) withdrawEmpty(person string, now time.Time) error {
	const empty = `SELECT letter FROM digests WHERE person = $1
		AND NOT EXISTS (SELECT 1 FROM letters WHERE letters.digest = digests.letter AND letters.state <> 'withdrawn')`
	if _, err := t.run(`UPDATE digests SET lines = lines WHERE person = $1 AND sealed = 0`, person); err != nil {
		return err
	}
	if _, err := t.run(`UPDATE jobs SET done_at = $2, why = 'withdrawn' WHERE done_at = 0 AND id IN (SELECT 'letter/' || letter FROM (`+empty+`) AS gone)`, person, ms(now)); err != nil {
		return err
	}
	if _, err := t.run(`UPDATE letters SET state = 'withdrawn', give_up_at = 0 WHERE state IN ('due', 'maybe-sent') AND id IN (`+empty+`)`, person); err != nil {
		return err
	}
	_, err := t.run(`UPDATE digests SET sealed = $2 WHERE sealed = 0 AND letter IN (`+empty+`)`, person, ms(now))
	return err
}

// Barred lists the open cases that somebody is kept from, oldest first.
func (l *Ledger) Barred(ctx context.Context) (cs []casefile.Case, err error) {
	rows, err := l.read.QueryContext(ctx, `SELECT `+caseColumns+` FROM cases WHERE barred <> '' AND state NOT IN (`+over+`) ORDER BY opened_at, ref`)
	if err != nil {
		return nil, fmt.Errorf("list barred cases: %w", err)
	}
	err = each(rows, func() error {
		c, err := scanCase(rows)
		cs = append(cs, c)
		return err
	})
	return cs, err
}

// Once reports true, and then false for as long as every: it is how often
// something may be said, of several workers together.
func (t *Tx) Once(name string, now time.Time, every time.Duration) (bool, error) {
	n, err := t.exec(`INSERT INTO marks (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE marks.value <= $3`,
		name, Stamp(now), Stamp(now.Add(-every)))
	if err != nil {
		return false, fmt.Errorf("once %s: %w", name, err)
	}
	return n == 1, nil
}
