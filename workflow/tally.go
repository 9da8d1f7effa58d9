package workflow

import (
	"context"
	"fmt"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// The letters about what is in the mailboxes.
const (
	Missing    casefile.Kind = "missing"
	Reconciled casefile.Kind = "reconciled"
)

// Tally is how one mailbox stands, in counts of messages: as notify.Tally.
type Tally struct {
	Mailbox string `json:"mailbox"`
	Asked   bool   `json:"asked"`
	Server  int    `json:"server"`
	Kept    int    `json:"kept"`
	Ledger  int    `json:"ledger"`
	Waiting int    `json:"waiting"`
	Strange int    `json:"strange"`

	NotLooked int `json:"not_looked"`

	Vanished int `json:"vanished"`
	Removed  int `json:"removed"`
}

// missingEvery is how often managers are told of messages that went missing
// from one mailbox. The first are told of at once.
const missingEvery = time.Hour

// Missing tells managers of messages that disappeared from watched folders
// since they were told last. It is called again and again.
func (o *Office) Missing(ctx context.Context) error {
	folders, err := o.Ledger.Folders(ctx)
	if err != nil {
		return fmt.Errorf("tell what is missing: %w", err)
	}
	for _, f := range folders {
		if f.Vanished == f.ToldVanished && f.Removed == f.ToldRemoved || o.Now().Sub(f.Told) < missingEvery {
			continue
		}
		if err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error { return o.missing(tx, f.Name, now) }); err != nil {
			return fmt.Errorf("tell what is missing: %w", err)
		}
	}
	return nil
}

func (o *Office) missing(tx *ledger.Tx, mailbox string, now time.Time) error {
	vanished, removed, err := tx.Missing(mailbox, now)
	if err != nil || vanished+removed == 0 {
		return err
	}
	return o.tell(tx, Missing, Detail{Trouble: "gone " + mailbox, Since: now,
		Tallies: []Tally{{Mailbox: mailbox, Vanished: int(vanished), Removed: int(removed)}}}, now)
}

// Reconciled tells managers how the mailboxes and the ledger agree, with what
// went missing since the last time. Every manager hears the same counts, also one
// who must not know of some case: they are of messages of every kind, answers,
// tests and junk among them, and of no case; and counts that leave one message out
// would tell its subject, who can look into the mailbox, that there is a case.
func (o *Office) Reconciled(tx *ledger.Tx, tallies []Tally, now time.Time) error {
	for i := range tallies {
		vanished, removed, err := tx.Reconciled(tallies[i].Mailbox)
		if err != nil {
			return err
		}
		tallies[i].Vanished, tallies[i].Removed = int(vanished), int(removed)
	}
	return o.tell(tx, Reconciled, Detail{Trouble: "reconciliation", Since: now, Tallies: tallies}, now)
}
