package ledgertest

import (
	"errors"
	"slices"
	"time"

	"dutydesk/workflow/ledger"
)

// What waits for the post is late from when it was first due, and due as soon as
// the post works; what waits for its recipient, or may have gone, is neither.
func relay(b *book) {
	off := func(put func(ledger.Claim) error) ledger.Letter {
		x := b.written()
		c, _, err := b.Begin(b.Context(), x, "digest "+x.ID, noon, lease)
		b.must(err)
		b.must(put(c))
		return x
	}
	again := noon.Add(2*time.Minute + time.Second)
	waits := off(func(c ledger.Claim) error { return b.Await(b.Context(), c, 421, again) })
	grey := off(func(c ledger.Claim) error { return b.Delay(b.Context(), c, false, 451, again) })
	gone := off(func(c ledger.Claim) error { return b.Delay(b.Context(), c, true, 0, again) })
	if got, err := b.Letter(b.Context(), waits.ID); err != nil || got.Code != 421 || got.State != ledger.Due {
		b.Errorf("letter %+v, %v", got, err)
	}
	late, err := b.OverdueCounts(b.Context(), noon.Add(time.Second))
	if err != nil || !slices.Contains(late, ledger.Count{Name: "letter", N: 1}) {
		b.Errorf("late: %v, %v", late, err)
	}
	at := noon.Add(2 * time.Minute)
	if n, err := b.Resume(b.Context(), at); err != nil || n != 1 {
		b.Errorf("resumed %d, %v", n, err)
	}
	for _, x := range []ledger.Letter{grey, gone} {
		if _, err := b.Claim(b.Context(), x.JobID(), at, lease); !errors.Is(err, ledger.ErrEarly) {
			b.Errorf("claim: %v", err)
		}
	}
	c, err := b.Claim(b.Context(), waits.JobID(), at, lease)
	b.must(err)
	if n, err := b.Resume(b.Context(), noon); err != nil || n != 0 {
		b.Errorf("resumed %d that are being sent, %v", n, err)
	}
	b.must(b.Await(b.Context(), c, 0, again))
}
