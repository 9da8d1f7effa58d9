package ledgertest

import (
	"time"

	"dutydesk/workflow/ledger"
)

// What could not be written is counted while it is owed and nothing else kept
// it back; what was gathered is no debt of its own.
func unwritten(b *book) {
	count := func(after time.Duration) int {
		n, err := b.UnwrittenCount(b.Context(), noon.Add(after), noon.Add(after-2*time.Minute))
		b.must(err)
		return n
	}
	x := b.written()
	c, _, err := b.Begin(b.Context(), x, "digest", noon, lease)
	b.must(err)
	b.must(b.Release(b.Context(), c, noon.Add(time.Minute), ledger.Unwritten))
	if soon, late := count(time.Minute), count(3*time.Minute); soon != 0 || late != 1 {
		b.Errorf("counted %d after a minute, %d after three; want 0, 1", soon, late)
	}
	c, _, err = b.Begin(b.Context(), x, "digest", noon.Add(time.Minute), lease)
	b.must(err)
	b.must(b.Delay(b.Context(), c, false, 451, noon.Add(2*time.Minute)))
	if n := count(3 * time.Minute); n != 0 {
		b.Errorf("a letter that the post put off counts as unwritten")
	}
}

// A letter keeps the address it goes to, and one that was gathered has no job.
func addressed(b *book) {
	x := letter(b.name("letter"), b.opened().Ref)
	x.Person, x.Address, x.Digest = "", "learner@college.example", "another"
	b.update(func(tx *ledger.Tx) error { return tx.Write(x) })
	if got, err := b.Letter(b.Context(), x.ID); err != nil || got != without(x) {
		b.Errorf("got %+v, %v\nwant %+v", got, err, x)
	}
	for _, id := range b.owed(noon.Add(time.Hour)) {
		if id == x.JobID() {
			b.Errorf("%s is owed by itself", id)
		}
	}
}
