package ledgertest

import (
	"errors"
	"time"

	"dutydesk/workflow/ledger"
)

const lease = 30 * time.Second

// finish begins and ends a job.
func (b *book) finish(id string) {
	b.Helper()
	c, err := b.Claim(b.Context(), id, noon, lease)
	b.must(err)
	b.update(func(tx *ledger.Tx) error { return tx.Finish(c, noon) })
}

// A job is begun by one at a time, and who lost it cannot end it.
func claims(b *book) {
	b.on("fifty want it, one gets it", func(b *book) {
		j := b.job(noon)
		won := together(50, func(int) error {
			_, err := b.Claim(b.Context(), j.ID, noon, lease)
			if err != nil && !errors.Is(err, ledger.ErrTaken) {
				b.Error(err)
			}
			return err
		})
		if won != 1 {
			b.Errorf("%d won", won)
		}
	})
	b.on("answers", answers)
	b.on("what is done stays done when it is owed again", func(b *book) {
		j := b.job(noon)
		b.finish(j.ID)
		b.update(func(tx *ledger.Tx) error { return tx.Owe(j) })
		if _, err := b.Claim(b.Context(), j.ID, noon, lease); !errors.Is(err, ledger.ErrDone) {
			b.Errorf("claim: %v, want ErrDone", err)
		}
	})
	b.on("a lease ends by itself", func(b *book) {
		j := b.job(noon)
		_, err := b.Claim(b.Context(), j.ID, noon, lease)
		b.must(err)
		if _, err := b.Claim(b.Context(), j.ID, noon.Add(lease-time.Millisecond), lease); !errors.Is(err, ledger.ErrTaken) {
			b.Errorf("before its end: %v", err)
		}
		if c, err := b.Claim(b.Context(), j.ID, noon.Add(lease), lease); err != nil || c.Attempts != 2 {
			b.Errorf("after its end: attempt %d, %v", c.Attempts, err)
		}
	})
	b.on("F62 a lost claim writes nothing", fencing)
	b.on("extended", func(b *book) {
		j := b.job(noon)
		c, err := b.Claim(b.Context(), j.ID, noon, lease)
		b.must(err)
		b.must(b.Extend(b.Context(), c, noon.Add(time.Hour)))
		if _, err := b.Claim(b.Context(), j.ID, noon.Add(time.Hour-1), lease); !errors.Is(err, ledger.ErrTaken) {
			b.Errorf("claim: %v, want ErrTaken", err)
		}
	})
	b.on("released", released)
	b.on("abandoned", abandoned)
}

// Every reason why a job is not begun has its own answer.
func answers(b *book) {
	done, early, taken := b.job(noon), b.job(noon.Add(time.Second)), b.job(noon)
	b.finish(done.ID)
	_, err := b.Claim(b.Context(), taken.ID, noon, lease)
	b.must(err)
	for id, want := range map[string]error{
		done.ID: ledger.ErrDone, early.ID: ledger.ErrEarly, taken.ID: ledger.ErrTaken, "nothing": ledger.ErrNotFound,
	} {
		if _, err := b.Claim(b.Context(), id, noon, lease); !errors.Is(err, want) {
			b.Errorf("claim %s: %v, want %v", id, err, want)
		}
	}
	if _, err := b.Claim(b.Context(), early.ID, noon.Add(time.Second), lease); err != nil {
		b.Errorf("at its time: %v", err)
	}
}

// fencing lets a second process take a job whose first holder was frozen. The
// first wakes and tries everything.
func fencing(b *book) {
	j := b.job(noon)
	lost, err := b.Claim(b.Context(), j.ID, noon, lease)
	b.must(err)
	held, err := b.Claim(b.Context(), j.ID, noon.Add(lease), lease)
	b.must(err)
	for name, err := range map[string]error{
		"finish":  b.Update(b.Context(), func(tx *ledger.Tx) error { return tx.Finish(lost, noon) }),
		"release": b.Release(b.Context(), lost, noon, ""),
		"extend":  b.Extend(b.Context(), lost, noon.Add(time.Hour)),
		"delay":   b.Delay(b.Context(), lost, false, 451, noon),
		"posted":  b.Posted(b.Context(), lost, noon),
		"refused": b.Refused(b.Context(), lost, 550, noon),
		"unsure":  b.Unsure(b.Context(), lost, noon),
	} {
		if !errors.Is(err, ledger.ErrLost) {
			b.Errorf("%s: %v, want ErrLost", name, err)
		}
	}
	b.update(func(tx *ledger.Tx) error { return tx.Finish(held, noon) })
	if err := b.Release(b.Context(), held, noon, ""); !errors.Is(err, ledger.ErrLost) {
		b.Errorf("release after finish: %v, want ErrLost", err)
	}
}

// A job put off is begun anew at its new time, and the attempt did not count.
func released(b *book) {
	j := b.job(noon)
	c, err := b.Claim(b.Context(), j.ID, noon, lease)
	b.must(err)
	later := noon.Add(time.Minute)
	b.must(b.Release(b.Context(), c, later, "evidence is away"))
	if _, err := b.Claim(b.Context(), j.ID, noon, lease); !errors.Is(err, ledger.ErrEarly) {
		b.Errorf("claim: %v, want ErrEarly", err)
	}
	c, err = b.Claim(b.Context(), j.ID, later, lease)
	if err != nil || c.Attempts != 1 || c.Gen != j.Gen+1 || !c.Due.Equal(later) {
		b.Errorf("claim: %+v, %v", c, err)
	}
}

// An instance that starts takes back its own claims and nobody else's.
func abandoned(b *book) {
	mine, finished, other := b.job(noon), b.job(noon), b.job(noon)
	_, err := b.Claim(b.Context(), mine.ID, noon, lease)
	b.must(err)
	b.finish(finished.ID)
	b.As("two")
	_, err = b.Claim(b.Context(), other.ID, noon, lease)
	b.As("one")
	b.must(err)
	b.must(b.Abandon(b.Context()))
	if _, err := b.Claim(b.Context(), mine.ID, noon, lease); err != nil {
		b.Errorf("my own: %v", err)
	}
	if _, err := b.Claim(b.Context(), other.ID, noon, lease); !errors.Is(err, ledger.ErrTaken) {
		b.Errorf("another's: %v, want ErrTaken", err)
	}
	if _, err := b.Claim(b.Context(), finished.ID, noon, lease); !errors.Is(err, ledger.ErrDone) {
		b.Errorf("finished: %v, want ErrDone", err)
	}
}
