package workflow

import (
	"context"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// absences are what mails told of, as it was read at a moment.
type absences struct {
	list []casefile.Absence
	at   time.Time
}

// fresh is how long the absences that were read are good for: another worker
// may have learnt of one.
const fresh = 10 * time.Second

// learn reads which absences mails have told of, unless that was done just now.
func (o *Office) learn(ctx context.Context) error {
	now := o.Now()
	if a := o.absent.Load(); a != nil && !now.Before(a.at) && now.Sub(a.at) < fresh {
		return nil
	}
	list, err := o.Ledger.Absences(ctx, now)
	if err == nil {
		o.absent.Store(&absences{list, now})
	}
	return err
}

// rules are the council's at the moment now: who has left, who is new, who is
// away. No decision is made by others.
func (o *Office) rules(now time.Time) casefile.Rules {
	r := o.Rules
	if books := o.books.Load(); books != nil {
		r.Books = *books
	}
	if a := o.absent.Load(); a != nil {
		r.Roster = r.Roster.With(a.list...)
	}
	r.Roster = r.Roster.On(now)
	return r
}

// longest is how far ahead a mail may say that somebody is away.
const longest = 60 * 24 * time.Hour

// miss keeps that an automatic answer said somebody is away.
func (o *Office) miss(tx *ledger.Tx, person string, a Arrived, now time.Time) error {
	if person == "" || !a.Away.After(now) {
		return nil
	}
	until := a.Away
	if last := now.Add(longest); until.After(last) {
		until = last
	}
	return tx.AddAbsence(casefile.Absence{Term: casefile.Term{From: now, Until: until}, Person: person, Learnt: true}, a.ID)
}

// Exclude keeps people from a case from now on, by the word of somebody who may
// act on it, also of themselves: letters to them that did not go out are
// withdrawn, and those to whom the case is led instead are told.
func (o *Office) Exclude(ctx context.Context, ref casefile.Ref, people []string, by, why string) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		rules := o.rules(now)
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		if !c.MayAct(rules.Roster, by) {
			return fmt.Errorf("%s by %s: %w", casefile.Exclude, by, casefile.ErrNotAllowed)
		}
		out := c.Exclude(people, by, why, rules, now)
		if err := o.store(tx, out, by, now); err != nil {
			return err
		}
		return o.conceal(tx, out.Case, now)
	})
	if err != nil {
		return fmt.Errorf("exclude from %s: %w", ref, err)
	}
	return nil
}

// Readmit lifts an exclusion once two people have said so who may act on the
// case; the first call proposes. It answers casefile.ErrNotAllowed or
// ErrSamePerson.
func (o *Office) Readmit(ctx context.Context, ref casefile.Ref, person, by, why string) error {
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		c, err := tx.Case(ref)
		if err != nil {
			return err
		}
		out, err := c.Readmit(person, by, why, o.rules(now), now)
		if err != nil {
			return err
		}
		return o.store(tx, out, by, now)
	})
	if err != nil {
		return fmt.Errorf("readmit to %s: %w", ref, err)
	}
	return nil
}
