package ledgertest

import (
	"slices"
	"time"

	"dutydesk/workflow/ledger"
)

// What is owed is offered to the queue once, and found when it is late.
func offers(b *book) {
	var ids []string
	for _, minutes := range []time.Duration{5, 1, 4, 2, 3, 90} {
		ids = append(ids, b.job(noon.Add(minutes*time.Minute)).ID)
	}
	byTime := []string{ids[1], ids[3], ids[4], ids[2], ids[0], ids[5]}

	b.on("upcoming, soonest first, once", func(b *book) {
		b.wantOffers(2, byTime[:2], 1)
		b.wantOffers(10, byTime[2:5], 1)
		b.wantOffers(10, nil, 0)
	})
	b.on("forgotten offers are made again", func(b *book) {
		b.must(b.Forget(b.Context()))
		b.wantOffers(10, byTime[:5], 2)
	})
	b.on("overdue, longest first", func(b *book) {
		if got := b.owed(noon.Add(time.Hour)); !slices.Equal(got, byTime[:5]) {
			b.Errorf("overdue %q, want %q", got, byTime[:5])
		}
		if got := b.owed(noon.Add(2 * time.Minute)); !slices.Equal(got, byTime[:1]) {
			b.Errorf("due at the moment itself is not overdue: %q", got)
		}
	})
	b.on("overdue leaves out what somebody holds", func(b *book) {
		c, err := b.Claim(b.Context(), byTime[0], noon.Add(time.Minute), lease)
		b.must(err)
		if got := b.owed(noon.Add(time.Hour)); !slices.Equal(got, byTime[1:5]) {
			b.Errorf("overdue %q", got)
		}
		b.must(b.Update(b.Context(), func(tx *ledger.Tx) error { return tx.Finish(c, noon) }))
		jobs, err := b.Overdue(b.Context(), noon.Add(2*time.Hour), noon.Add(2*time.Hour), 3)
		if err != nil || len(jobs) != 3 || jobs[0].ID != byTime[1] {
			b.Errorf("what is done is not overdue: %v, %v", jobs, err)
		}
	})
	b.on("put off is offered anew", func(b *book) {
		c, err := b.Claim(b.Context(), byTime[1], noon.Add(time.Hour), lease)
		b.must(err)
		b.must(b.Release(b.Context(), c, noon.Add(10*time.Minute), ""))
		b.wantOffers(10, byTime[1:2], 3)
	})
	b.on("what is due at once is offered by whoever wrote it", atOnce)
	b.on("F60 two sweepers never offer the same", sweepers)
}

// wantOffers asks for what comes within the hour.
func (b *book) wantOffers(limit int, want []string, offer int) {
	b.Helper()
	jobs, err := b.Upcoming(b.Context(), noon, noon.Add(time.Hour), limit)
	b.must(err)
	var got []string
	for _, j := range jobs {
		got = append(got, j.ID)
		if j.Offer != offer {
			b.Errorf("%s: offer %d, want %d", j.ID, j.Offer, offer)
		}
	}
	if !slices.Equal(got, want) {
		b.Errorf("offered %q, want %q", got, want)
	}
}

func atOnce(b *book) {
	var owed []ledger.Job
	b.update(func(tx *ledger.Tx) error {
		err := tx.Write(letter(b.name("letter"), ""))
		owed = tx.Owed()
		return err
	})
	if len(owed) != 1 || owed[0].Kind != ledger.LetterJob || owed[0].Offer != 1 {
		b.Fatalf("owed %+v", owed)
	}
	jobs, err := b.Upcoming(b.Context(), noon, noon.Add(time.Hour), 100)
	b.must(err)
	if slices.ContainsFunc(jobs, func(j ledger.Job) bool { return j.ID == owed[0].ID }) {
		b.Error("it was offered a second time")
	}
	if !slices.Contains(b.owed(noon.Add(time.Millisecond)), owed[0].ID) {
		b.Error("it is not found when it is late")
	}
}

func sweepers(b *book) {
	for range 40 {
		b.job(noon.Add(time.Minute))
	}
	got := make([][]ledger.Job, 4)
	together(len(got), func(i int) (err error) {
		got[i], err = b.Upcoming(background(b), noon, noon.Add(2*time.Minute), 10)
		if err != nil {
			b.Error(err)
		}
		return err
	})
	seen := map[string]bool{}
	for _, j := range slices.Concat(got...) {
		if seen[j.ID] {
			b.Errorf("%s was offered twice", j.ID)
		}
		seen[j.ID] = true
	}
}
