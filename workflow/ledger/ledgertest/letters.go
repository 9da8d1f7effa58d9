package ledgertest

import (
	"errors"
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// letter is one to the lead.
func letter(id string, ref casefile.Ref) ledger.Letter {
	return ledger.Letter{ID: id, Case: ref, Kind: casefile.Opened, Person: "lead", Role: sla.Lead, Rung: 1, Urgent: true,
		Detail: `{"reason":"x"}`, TokenHash: "hash/" + id, Created: noon, GiveUp: noon.Add(time.Hour), State: ledger.Due}
}

// A letter is a debt until the server took it, once.
func letters(b *book) {
	b.on("every field is kept", func(b *book) {
		x := b.written()
		if got, err := b.Letter(b.Context(), x.ID); err != nil || got != without(x) {
			b.Errorf("got %+v, %v\nwant %+v", got, err, x)
		}
		if xs, err := b.Letters(b.Context(), x.Case); err != nil || len(xs) != 1 || xs[0].ID != x.ID {
			b.Errorf("letters of %s: %v, %v", x.Case, xs, err)
		}
	})
	b.on("its token counts from when it is begun", tokens)
	b.on("the first digest stands", func(b *book) {
		x := b.written()
		c, stands, err := b.Begin(b.Context(), x, "first", noon, lease)
		if err != nil || stands != "first" {
			b.Fatalf("stands %q, %v", stands, err)
		}
		if _, _, err := b.Begin(b.Context(), x, "other", noon, lease); !errors.Is(err, ledger.ErrTaken) {
			b.Errorf("begin twice: %v", err)
		}
		b.must(b.Delay(b.Context(), c, false, 451, noon))
		if c, stands, err := b.Begin(b.Context(), x, "second", noon, lease); err != nil || stands != "first" || c.Attempts != 2 {
			b.Errorf("stands %q, attempt %d, %v", stands, c.Attempts, err)
		}
	})
	b.on("what became of it", became)
	b.on("overtaken once", func(b *book) {
		x := b.written()
		b.wantOnce(func(tx *ledger.Tx) (bool, error) { return tx.Overtaken(x.ID) })
	})
	b.on("used once", func(b *book) {
		x := b.written()
		b.wantOnce(func(tx *ledger.Tx) (bool, error) { return tx.Use(x.ID, noon) })
	})
	b.on("told", told)
	b.on("unwritten", unwritten)
	b.on("to an address, gathered", addressed)
}

// written is a letter on a case.
func (b *book) written() ledger.Letter {
	b.Helper()
	x := letter(b.name("letter"), b.opened().Ref)
	b.update(func(tx *ledger.Tx) error { return tx.Write(x) })
	return x
}

// without is a letter as it is read: urgency is the job's.
func without(x ledger.Letter) ledger.Letter {
	x.Urgent = false
	return x
}

func (b *book) wantOnce(f func(*ledger.Tx) (bool, error)) {
	b.Helper()
	times := 0
	for range 3 {
		b.update(func(tx *ledger.Tx) error {
			first, err := f(tx)
			if first {
				times++
			}
			return err
		})
	}
	if times != 1 {
		b.Errorf("recorded %d times, want once", times)
	}
}

func tokens(b *book) {
	x := b.written()
	if _, err := b.LetterOf(b.Context(), x.TokenHash); !errors.Is(err, ledger.ErrNotFound) {
		b.Errorf("before: %v, want ErrNotFound", err)
	}
	_, _, err := b.Begin(b.Context(), x, "digest", noon, lease)
	b.must(err)
	if got, err := b.LetterOf(b.Context(), x.TokenHash); err != nil || got.ID != x.ID {
		b.Errorf("after: %q, %v", got.ID, err)
	}
	b.update(func(tx *ledger.Tx) error {
		got, err := tx.LetterOf(x.TokenHash)
		if got.ID != x.ID {
			b.Errorf("in a decision: %q", got.ID)
		}
		return err
	})
	if _, err := b.LetterOf(b.Context(), "no such"); !errors.Is(err, ledger.ErrNotFound) {
		b.Errorf("unknown token: %v, want ErrNotFound", err)
	}
}

func became(b *book) {
	type end func(ledger.Claim) error
	for _, tt := range []struct {
		name string
		end  end
		want ledger.LetterState
		code int
		owed bool
	}{
		{"posted", func(c ledger.Claim) error { return b.Posted(b.Context(), c, noon) }, ledger.Sent, 250, false},
		{"refused", func(c ledger.Claim) error { return b.Refused(b.Context(), c, 550, noon) }, ledger.Failed, 550, false},
		{"unsure", func(c ledger.Claim) error { return b.Unsure(b.Context(), c, noon) }, ledger.MaybeSent, 0, false},
		{"delayed", func(c ledger.Claim) error { return b.Delay(b.Context(), c, false, 451, noon) }, ledger.Due, 451, true},
		{"F54 perhaps sent", func(c ledger.Claim) error { return b.Delay(b.Context(), c, true, 0, noon) }, ledger.MaybeSent, 0, true},
	} {
		x := b.written()
		c, _, err := b.Begin(b.Context(), x, "digest", noon, lease)
		b.must(err)
		b.must(tt.end(c))
		got, err := b.Letter(b.Context(), x.ID)
		b.must(err)
		sent := tt.want != ledger.Failed && !tt.owed
		if got.State != tt.want || got.Code != tt.code || got.SHA256 != "digest" || got.SentAt.IsZero() == sent {
			b.Errorf("%s: %+v", tt.name, got)
		}
		if owed := slices.Contains(b.owed(noon.Add(time.Millisecond)), x.JobID()); owed != tt.owed {
			b.Errorf("%s: owed %v, want %v", tt.name, owed, tt.owed)
		}
	}
}

// Letters that answer a person are counted, those of a decision are not.
func told(b *book) {
	count := func(since time.Time) (n int) {
		b.update(func(tx *ledger.Tx) (err error) {
			n, err = tx.Told("lead", "help", since)
			return err
		})
		return n
	}
	for i, role := range []sla.Role{"", "", sla.Lead} {
		x := letter(b.name("letter"), "")
		x.Kind, x.Role, x.Created = "help", role, noon.Add(time.Duration(i)*time.Hour)
		b.update(func(tx *ledger.Tx) error { return tx.Write(x) })
	}
	if all, late := count(noon), count(noon.Add(time.Minute)); all != 2 || late != 1 {
		b.Errorf("told %d, of them late %d; want 2, 1", all, late)
	}
	b.update(func(tx *ledger.Tx) error {
		x := letter(b.name("letter"), "")
		x.Kind, x.Role = "help", ""
		err := tx.Write(x)
		n, asked := tx.Told("lead", "help", noon)
		if n != 3 {
			b.Errorf("a decision counts %d with its own, want 3", n)
		}
		return errors.Join(err, asked)
	})
}
