// Package workflow is the office where decisions are carried out: open a case,
// obey a lead, answer an alarm, take note that a letter came back.
//
// It knows the ledger, the pure case file and who may command. One decision is
// one transaction, with its letters and alarms. It owns the clock. It must never
// know how a mail is fetched, read, written or sent, nor which queue rings.
package workflow

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// Reminder is what the office asks of the queue. An offer may be lost; the
// sweep repairs it. Offering never blocks and is only done after a commit.
type Reminder interface {
	Offer(jobs ...ledger.Job)
}

// Office carries out decisions. All fields are set before first use.
type Office struct {
	Ledger   *ledger.Ledger
	Rules    casefile.Rules
	Key      Key
	Prefix   string // of case references, "SG-"
	Now      func() time.Time
	Reminder Reminder

	// Reopen reads every policy of the ledger again, when a case runs by one that
	// another worker has taken into force since this one began; nil for none.
	Reopen func(context.Context) (policy.Books, error)

	books  atomic.Pointer[policy.Books]  // as they were read again; nil while Rules has them all
	lost   atomic.Pointer[casefile.IDs]  // cases whose policy is not in the ledger either
	absent atomic.Pointer[absences]      // nil when they must be read again
	hidden atomic.Pointer[casefile.IDs]  // who must not hear of cases that are nobody's
	slept  atomic.Pointer[ledger.Outage] // the last time nobody ran the desk; nil before the first Beat

	summing sync.Mutex // one list at a time: each reads every open case
	sums    sums       // guarded by summing
}

// Detail is what a letter's words need beyond the case. It is kept with the
// letter as JSON; names may be added, never changed.
type Detail struct {
	Reason     string    `json:"reason,omitempty"`
	By         string    `json:"by,omitempty"` // person id
	State      string    `json:"state,omitempty"`
	Due        time.Time `json:"due,omitzero"`
	Stage      sla.Stage `json:"stage,omitempty"` // what is due then; "" is the acknowledgement
	Why        string    `json:"why,omitempty"`   // which rule set that
	Note       string    `json:"note,omitempty"`  // what the policy asks besides
	Ask        string    `json:"ask,omitempty"`   // the reply that is asked for
	Back       time.Time `json:"back,omitzero"`   // when the case goes back if nothing follows
	Deeds      []Deed    `json:"deeds,omitempty"`
	Understood []string  `json:"understood,omitempty"` // these three are written no more, and still read
	Changed    []string  `json:"changed,omitempty"`
	Next       []string  `json:"next,omitempty"`
	Nearest    string    `json:"nearest,omitempty"`
	List       string    `json:"list,omitempty"` // the digest that an answer was an answer to, by letter id
	Trouble    string    `json:"trouble,omitempty"`
	Since      time.Time `json:"since,omitzero"`
	Tallies    []Tally   `json:"tallies,omitempty"`

	Period time.Time     `json:"period,omitzero"` // when a letter that comes by the clock was to come
	Outage ledger.Outage `json:"outage,omitzero"` // because of which it is told late
}

// newID names a letter: 26 small letters and digits, of which nine tell when it
// was written, as its Date does, and 17 are random. Names that rise with time
// keep the ledger's indexes compact.
func newID(now time.Time) string { return ledger.Stamp(now) + strings.ToLower(rand.Text())[:17] }

// newRef draws a case reference: five Crockford base32 characters, never
// sequential, not secret.
func (o *Office) newRef() casefile.Ref {
	const crockford = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	b := make([]byte, 5)
	rand.Read(b)
	for i := range b {
		b[i] = crockford[b[i]%32]
	}
	return casefile.Ref(o.Prefix + string(b))
}

// store writes an outcome with its letters. Whatever was decided, nobody in
// conflict gets one.
func (o *Office) store(tx *ledger.Tx, out casefile.Outcome, by string, now time.Time) error {
	return o.storeLate(tx, out, ledger.Outage{}, by, now)
}

// storeLate is store for what is told late because of an outage.
func (o *Office) storeLate(tx *ledger.Tx, out casefile.Outcome, late ledger.Outage, by string, now time.Time) error {
	if err := o.knows(out.Case, now); err != nil {
		return err
	}
	letters := make([]ledger.Letter, 0, len(out.Notices))
	for _, n := range out.Notices {
		if out.Case.Excluded.Has(n.To) {
			continue
		}
		more, err := o.gather(tx, o.letter(out, n, late, by, now), now)
		if err != nil {
			return err
		}
		letters = append(letters, more...)
	}
	more, err := o.vacancies(tx, out, now)
	if err != nil {
		return err
	}
	astray, err := o.astray(tx, out.Case, now)
	if err != nil {
		return err
	}
	more = append(more, astray...)
	return tx.Store(out, append(letters, more...), now)
}

// letter is the debt of telling what n decides. Its id, and with it its
// Message-ID, is fixed here, before anything is sent.
func (o *Office) letter(out casefile.Outcome, n casefile.Notice, late ledger.Outage, by string, now time.Time) ledger.Letter {
	d := Detail{Reason: n.Reason, By: by, State: string(out.Case.State), Stage: n.Stage, Due: n.Due, Why: n.Why, Note: n.Note, Ask: n.Ask, Outage: late}
	if out.Case.State == casefile.Submitted && d.Due.IsZero() && n.Stage == "" {
		d.Stage, d.Due, d.Why = out.Case.Owed(o.rules(now), now)
	}
	x := o.blank(n.Kind, n.To, d, now)
	x.Case, x.Role, x.Rung, x.Urgent, x.GiveUp, x.Crowd = out.Case.Ref, n.Role, n.Rung, n.Urgent, n.Before, n.Crowd
	if x.GiveUp.IsZero() {
		x.GiveUp = now.Add(o.Rules.Pace())
	}
	return x
}

// blank is a letter to a person, with a new name and capability.
func (o *Office) blank(kind casefile.Kind, to string, d Detail, now time.Time) ledger.Letter {
	id := newID(now)
	detail, err := json.Marshal(d)
	if err != nil { // strings and times always marshal
		detail = []byte("{}")
	}
	return ledger.Letter{ID: id, Kind: kind, Person: to, Detail: string(detail), TokenHash: Hash(o.Key.Token(id)), Created: now}
}

// update runs one decision and offers what it owes at once. Offering comes
// after the commit and may be lost.
func (o *Office) update(ctx context.Context, f func(tx *ledger.Tx, now time.Time) error) error {
	if err := o.learn(ctx); err != nil {
		return err
	}
	return o.carry(ctx, f, func(f func(*ledger.Tx) error) error { return o.Ledger.Update(ctx, f) })
}

// carry runs f in the transaction that run opens, and once more where it needed a
// policy that has to be read first.
func (o *Office) carry(ctx context.Context, f func(tx *ledger.Tx, now time.Time) error, run func(func(*ledger.Tx) error) error) error {
	err := o.attempt(f, run)
	var unread unreadError
	if !errors.As(err, &unread) {
		return err
	}
	if err := o.reread(ctx, unread.c); err != nil {
		return err
	}
	return o.attempt(f, run)
}

func (o *Office) attempt(f func(tx *ledger.Tx, now time.Time) error, run func(func(*ledger.Tx) error) error) error {
	var owed []ledger.Job
	err := run(func(tx *ledger.Tx) error {
		err := f(tx, o.Now().UTC())
		owed = tx.Owed()
		return err
	})
	if err == nil && len(owed) > 0 {
		o.Reminder.Offer(owed...)
	}
	return err
}

// Elapse answers the alarm that a job rings: read, decide, store, as one
// transaction. It answers ledger.ErrDone or ErrEarly when nothing rings now. An
// alarm that the case does not wait for, or not yet because the policy has
// changed since, is replaced by the one it waits for.
func (o *Office) Elapse(ctx context.Context, jobID string) error {
	if err := o.learn(ctx); err != nil {
		return fmt.Errorf("elapse: %w", err)
	}
	elapse := func(tx *ledger.Tx, now time.Time) error {
		a, err := tx.Alarm(jobID, now)
		if err != nil {
			return err
		}
		c, err := tx.Case(a.Ref)
		if err != nil {
			return err
		}
		out, _ := c.Elapse(a, o.rules(now), now)
		return o.storeLate(tx, out, o.outage(a.Due, now), "", now)
	}
	err := o.carry(ctx, elapse, func(f func(*ledger.Tx) error) error { return o.Ledger.Ring(ctx, jobID, f) })
	if err != nil {
		return fmt.Errorf("elapse: %w", err)
	}
	return nil
}

// Undelivered records that a letter did not reach its person: the next rung is
// told now. The same letter moves the ladder once, however often it comes back.
func (o *Office) Undelivered(ctx context.Context, letterID, why string) error {
	x, err := o.Ledger.Letter(ctx, letterID)
	if err != nil || x.Case == "" && x.Kind != casefile.Digest {
		return err
	}
	err = o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		if x.Kind == casefile.Digest {
			return o.unread(tx, x, why, now)
		}
		return o.undelivered(tx, x, why, now)
	})
	if err != nil {
		return fmt.Errorf("undelivered: %w", err)
	}
	return nil
}

func (o *Office) undelivered(tx *ledger.Tx, x ledger.Letter, why string, now time.Time) error {
	first, err := tx.Overtaken(x.ID)
	if err != nil || !first {
		return err
	}
	c, err := tx.Case(x.Case)
	if err != nil {
		return err
	}
	if x.Address != "" { // nobody climbs for a receipt
		return o.store(tx, c.Remark("post", "the receipt did not reach the reporter: "+why, "", o.rules(now), now), "", now)
	}
	if x.Kind == casefile.NotDelivered && c.State != casefile.Submitted {
		return o.store(tx, c.Remark("post", x.Person+": "+why, "", o.rules(now), now), "", now) // bounces do not breed letters
	}
	return o.store(tx, c.Undelivered(x.Person, why, o.rules(now), now), x.Person, now)
}
