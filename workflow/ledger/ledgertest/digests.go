package ledgertest

import (
	"errors"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// Alerts are counted, and a digest takes lines until it is sealed and none is
// left out of it.
func digests(b *book) {
	b.on("alerts are counted up to a number", func(b *book) {
		person, x := b.name("person"), letter(b.name("letter"), "SG-00000")
		x.Person = person
		for i := range 5 {
			at := noon.Add(time.Duration(i) * time.Minute)
			b.update(func(tx *ledger.Tx) error {
				n, err := tx.Alert(x, at, at.Add(-150*time.Second), 2)
				if n != min(i, 2) {
					b.Errorf("alert %d: %d before it", i, n)
				}
				return err
			})
		}
	})
	b.on("alerts of one decision count, of one that failed they do not", func(b *book) {
		person := b.name("person")
		alerts := func(tx *ledger.Tx, first int) {
			for i := range 3 {
				x := letter(b.name("letter"), casefile.Ref(b.name("SG")))
				x.Person = person
				if n, err := tx.Alert(x, noon, noon.Add(-time.Hour), 100); err != nil || n != first+i {
					b.Errorf("alert %d: %d before it, %v", first+i, n, err)
				}
			}
		}
		b.update(func(tx *ledger.Tx) error { alerts(tx, 0); return nil })
		if err := b.Update(background(b), func(tx *ledger.Tx) error { alerts(tx, 3); return errSecond }); !errors.Is(err, errSecond) {
			b.Errorf("update: %v", err)
		}
		b.update(func(tx *ledger.Tx) error { alerts(tx, 3); return nil })
	})
	b.on("lines", lines)
	b.on("two at once", func(b *book) {
		person := b.name("person")
		one, other := b.digest(person), b.digest(person)
		opened := together(2, func(i int) error {
			return b.Update(background(b), func(tx *ledger.Tx) error {
				ok, err := tx.OpenDigest([]ledger.Letter{one, other}[i])
				if err == nil && !ok {
					err = errSecond
				}
				return err
			})
		})
		if opened != 1 {
			b.Errorf("%d digests are open for one person", opened)
		}
	})
}

var errSecond = errors.New("another is open")

func (b *book) digest(person string) ledger.Letter {
	x := letter(b.name("digest"), "")
	x.Kind, x.Person = casefile.Digest, person
	return x
}

// gathered is a line of whatever digest is open for a person.
func (b *book) gathered(person string) (x ledger.Letter) {
	b.Helper()
	x = letter(b.name("line"), b.opened().Ref)
	x.Person = person
	b.update(func(tx *ledger.Tx) (err error) {
		if x.Digest, err = tx.Gather(person); err != nil || x.Digest == "" {
			return err
		}
		return tx.Write(x)
	})
	return x
}

func lines(b *book) {
	person := b.name("person")
	if x := b.gathered(person); x.Digest != "" {
		b.Errorf("gathered into %s before there was one", x.Digest)
	}
	d := b.digest(person)
	b.update(func(tx *ledger.Tx) error {
		if ok, err := tx.OpenDigest(d); !ok || err != nil {
			b.Errorf("opened %v, %v", ok, err)
		}
		return tx.Write(d)
	})
	first, second := b.gathered(person), b.gathered(person)
	b.must(b.SealDigest(b.Context(), d.ID, noon))
	b.must(b.SealDigest(b.Context(), d.ID, noon.Add(time.Hour)))
	if late := b.gathered(person); late.Digest != "" {
		b.Error("a sealed digest takes a line")
	}
	xs, err := b.Lines(b.Context(), d.ID)
	if err != nil || len(xs) != 2 || xs[0].ID != first.ID || xs[1].ID != second.ID {
		b.Errorf("lines %+v, %v", xs, err)
	}
	if _, err := b.LetterOf(b.Context(), first.TokenHash); err == nil {
		b.Error("a line is answerable that nobody was sent")
	}
	c, _, err := b.Begin(b.Context(), d, "mail", noon, lease)
	b.must(err)
	if x, err := b.LetterOf(b.Context(), first.TokenHash); err != nil || x.ID != first.ID {
		b.Errorf("line %s is found as %q, %v", first.ID, x.ID, err)
	}
	b.must(b.Posted(b.Context(), c, noon))
	if x, err := b.Letter(b.Context(), second.ID); err != nil || x.State != ledger.Sent || x.SHA256 != "mail" {
		b.Errorf("line %+v, %v", x, err)
	}
}
