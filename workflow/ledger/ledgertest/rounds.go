package ledgertest

import (
	"time"

	"dutydesk/workflow/ledger"
)

// A round is owed once for a period, keeps it when it is put off, and is not
// owed when it is done.
func rounds(b *book) {
	name := "daily"
	due := func() (at time.Time) {
		b.update(func(tx *ledger.Tx) (err error) {
			at, err = tx.RoundDue(name)
			return err
		})
		return at
	}
	owe := func(at time.Time) {
		b.update(func(tx *ledger.Tx) error { return tx.OweRound(name, at) })
	}
	if at := due(); !at.IsZero() {
		b.Errorf("owed at %v before it was owed", at)
	}
	owe(noon.Add(time.Hour))
	owe(noon)
	owe(noon)
	if at := due(); !at.Equal(noon) {
		b.Errorf("owed at %v, want noon", at)
	}
	c, err := b.Claim(b.Context(), ledger.RoundID(name, noon), noon, lease)
	b.must(err)
	if at, err := c.Period(); err != nil || !at.Equal(noon) || c.Subject != name {
		b.Errorf("period %v of %q, %v", at, c.Subject, err)
	}
	b.must(b.Release(b.Context(), c, noon.Add(time.Minute), "put off"))
	if at := due(); !at.Equal(noon.Add(time.Minute)) {
		b.Errorf("put off to %v", at)
	}
	b.update(func(tx *ledger.Tx) error {
		c, err := tx.Claim(c.ID, noon.Add(time.Minute), lease)
		if err != nil {
			return err
		}
		return tx.Finish(c, noon.Add(time.Minute))
	})
	owe(noon) // a period that is done stays done
	if at := due(); !at.Equal(noon.Add(time.Hour)) {
		b.Errorf("after the first is done: %v", at)
	}
}
