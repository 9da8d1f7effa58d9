package intake

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/intake/message"
	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// Desk receives deliveries. All fields are set before first use.
type Desk struct {
	Store    *evidence.Store
	Ledger   *ledger.Ledger
	Office   *workflow.Office
	Reminder workflow.Reminder
	Address  string // of the desk itself, lower case
	Reader   message.Reader
	Trust    map[string]message.Trust // by mailbox; a mailbox that is not in it proves nobody
	Now      func() time.Time
}

// Take reads the delivery's body to its end before it returns, so that the door
// is free for the next one. keep makes bytes and debt durable: only when it has
// returned nil may whoever delivered forget them. A body that ends early gives
// an error and leaves nothing behind.
func (d *Desk) Take(ctx context.Context, in Delivery) (keep func(context.Context) error, err error) {
	draft, err := d.Store.Draft(ctx, in.Body)
	if err != nil {
		return nil, fmt.Errorf("take delivery: %w", err)
	}
	return func(ctx context.Context) error { return d.keep(ctx, in, draft) }, nil
}

// Accept takes and keeps a delivery.
func (d *Desk) Accept(ctx context.Context, in Delivery) error {
	keep, err := d.Take(ctx, in)
	if err != nil {
		return err
	}
	return keep(ctx)
}

// keep seals first and writes the debt second: a crash in between leaves an
// exhibit nobody asks for, never a debt without its exhibit.
func (d *Desk) keep(ctx context.Context, in Delivery, draft *evidence.Draft) error {
	sealed, err := draft.Keep(ctx)
	if err != nil {
		return fmt.Errorf("keep delivery: %w", err)
	}
	job, fresh, err := d.Ledger.Arrive(ctx, ledger.Arrival{
		ID: strings.ToLower(rand.Text()), Door: string(in.Door), Mailbox: in.Mailbox, Org: in.Org, Key: in.Key,
		SHA256: string(sealed.Digest), Size: sealed.Size, Received: in.At.UTC(), Backlog: in.Backlog,
	})
	if err != nil {
		return fmt.Errorf("keep delivery: %w", err)
	}
	if fresh {
		d.Reminder.Offer(job)
	}
	return nil
}

// Known reports which delivery keys were taken in before, with the sizes of what
// was sealed under each.
func (d *Desk) Known(ctx context.Context, keys []string) (map[string][]int64, error) {
	return d.Ledger.Known(ctx, keys)
}

// lease is how long a disposition may take before another may begin it.
const lease = 25 * time.Second

// strikes is how often a mail may end the reader's life before a person reads
// it instead (F5).
const strikes = 2

// Dispose pays the debt of one arrival: read it, find whose it is, and let the
// office open a case, obey, or take note. It answers the ledger's sentinels
// when the job is not to be done now.
func (d *Desk) Dispose(ctx context.Context, jobID string) error {
	c, err := d.Ledger.Claim(ctx, jobID, d.Now(), lease)
	if err != nil {
		return err
	}
	if err = d.dispose(ctx, c); err == nil || errors.Is(err, ledger.ErrLost) {
		return err
	}
	again := d.Now().Add(10 * time.Second)
	return errors.Join(err, d.Ledger.Release(context.WithoutCancel(ctx), c, again, "could not be disposed of"))
}

func (d *Desk) dispose(ctx context.Context, c ledger.Claim) error {
	row, err := d.Ledger.Arrival(ctx, c.Subject)
	if err != nil {
		return fmt.Errorf("read arrival: %w", err)
	}
	a := workflow.Arrived{Arrival: row, Claim: c}
	if c.Attempts > strikes {
		return d.Office.Open(ctx, a, "it could not be read twice; the raw mail is kept")
	}
	return d.read(ctx, a)
}
