package ledgertest

import (
	"errors"
	"slices"
	"time"

	"dutydesk/workflow/ledger"
)

// A folder is remembered as it was seen last, its totals grow, and what managers
// were told of they are not told again.
func folders(b *book) {
	if f, err := b.Folder(b.Context(), "main"); err != nil || f != (ledger.Folder{Name: "main"}) {
		b.Errorf("before it was seen: %+v, %v", f, err)
	}
	const highest = 1<<32 - 1
	b.must(b.SeeFolder(b.Context(), ledger.Folder{Name: "main", Validity: highest, Next: highest, Settled: 4, Seen: noon, Vanished: 2}))
	b.must(b.SeeFolder(b.Context(), ledger.Folder{Name: "main", Validity: 8, Next: 3, Settled: 2, Seen: noon.Add(time.Hour), Vanished: 1, Removed: 5}))
	want := ledger.Folder{Name: "main", Validity: 8, Next: 3, Settled: 2, Seen: noon.Add(time.Hour), Vanished: 3, Removed: 5}
	if f, err := b.Folder(b.Context(), "main"); err != nil || f != want {
		b.Errorf("%+v, %v", f, err)
	}
	for _, want := range [][2]uint64{{3, 5}, {0, 0}} {
		b.update(func(tx *ledger.Tx) error {
			vanished, removed, err := tx.Missing("main", noon.Add(2*time.Hour))
			if err == nil && [2]uint64{vanished, removed} != want {
				b.Errorf("missing %d and %d, want %v", vanished, removed, want)
			}
			return err
		})
	}
	for _, want := range [][2]uint64{{3, 5}, {0, 0}} {
		b.update(func(tx *ledger.Tx) error {
			vanished, removed, err := tx.Reconciled("main")
			if err == nil && [2]uint64{vanished, removed} != want {
				b.Errorf("since last reconciled %d and %d, want %v", vanished, removed, want)
			}
			return err
		})
	}
	want.ToldVanished, want.ToldRemoved, want.Told = 3, 5, noon.Add(2*time.Hour)
	a := b.arrived()
	b.reused(a, "other bytes", 99)
	other := b.arrival()
	other.Mailbox = "another"
	if _, _, err := b.Arrive(b.Context(), other); err != nil {
		b.Error(err)
	}
	var sealed []string
	b.must(b.SealedFrom(b.Context(), a.Mailbox, func(s ledger.Sealed) { sealed = append(sealed, s.Key+" "+s.SHA256) }))
	if len(sealed) != 2 || sealed[0] != a.Key+" "+a.SHA256 || sealed[1] != a.Key+" other bytes" {
		b.Errorf("sealed %q", sealed)
	}
	if fs, err := b.Folders(b.Context()); err != nil || len(fs) != 1 || fs[0] != want {
		b.Errorf("%+v, %v", fs, err)
	}
}

// Each sign of a key is noted once, beside the others, and across lives.
func signs(b *book) {
	keys := []string{b.name("key"), b.name("key"), b.name("absent")}
	for _, sign := range []string{"10 1", "10 1", "10 2"} {
		b.must(b.Sign(b.Context(), map[string]string{keys[0]: sign, keys[1]: "7 7"}))
	}
	for range 700 {
		keys = append(keys, b.name("absent"))
	}
	noted, err := b.Signs(b.Context(), keys)
	slices.Sort(noted[keys[0]])
	if err != nil || len(noted) != 2 || !slices.Equal(noted[keys[0]], []string{"10 1", "10 2"}) || !slices.Equal(noted[keys[1]], []string{"7 7"}) {
		b.Errorf("noted %v, %v", noted, err)
	}
}

// A canary comes back as it was sent: others before and after it are not it.
func canaries(b *book) {
	if _, err := b.LastCanary(b.Context(), noon); !errors.Is(err, ledger.ErrNotFound) {
		b.Errorf("before the first: %v", err)
	}
	for _, id := range []string{"first", "second"} {
		b.update(func(tx *ledger.Tx) error {
			return errors.Join(tx.LetFly(id, "a", noon), tx.LetFly(id, "x", noon.Add(-time.Hour)))
		})
	}
	for _, tt := range []struct {
		id, bytes string
		want      bool
	}{{"nobody", "a", false}, {"first", "b", false}, {"first", "", false}, {"first", "a", true}, {"first", "a", true}, {"first", "b", false}} {
		b.update(func(tx *ledger.Tx) error {
			back, err := tx.CameBack(tt.id, tt.bytes, "", noon.Add(-time.Minute))
			if back != tt.want {
				b.Errorf("%s as %s: back %v", tt.id, tt.bytes, back)
			}
			return err
		})
	}
	b.update(func(tx *ledger.Tx) error { return tx.LetFly("third", "", noon.Add(time.Hour)) })
	if c, err := b.LastCanary(b.Context(), noon.Add(time.Hour)); err != nil || c.ID != "third" || !c.Back.IsZero() {
		b.Errorf("last %+v, %v", c, err)
	}
	if c, err := b.LastCanary(b.Context(), noon); err != nil || c.ID == "third" || !c.Due.Equal(noon) {
		b.Errorf("before that %+v, %v", c, err)
	}
}
