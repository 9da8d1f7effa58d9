package ledgertest

import (
	"errors"
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// Letters to somebody who must not learn of the case any more are owed no more,
// also those that the same decision wrote; everybody else's are, and theirs about
// other cases.
func withdrawn(b *book) {
	c := b.opened()
	elsewhere := b.written()
	now, later := letter(b.name("letter"), c.Ref), letter(b.name("letter"), c.Ref)
	gone, stranger := letter(b.name("letter"), c.Ref), letter(b.name("letter"), c.Ref)
	stranger.Person, stranger.Address = "", "robin@mail.example"
	other := letter(b.name("letter"), c.Ref)
	other.Person = "deputy"
	b.update(func(tx *ledger.Tx) error { return tx.Write(now, gone, other, stranger) })
	claim, _, err := b.Begin(b.Context(), gone, "digest", noon, lease)
	b.must(err)
	b.must(b.Posted(b.Context(), claim, noon))
	var people []string
	b.update(func(tx *ledger.Tx) (err error) {
		if err = tx.Write(later); err == nil {
			people, err = tx.Withdraw(c.Ref, func(p string) bool { return p != "lead" }, noon)
		}
		return err
	})
	if !slices.Equal(people, []string{"lead"}) {
		b.Errorf("withdrawn from %v", people)
	}
	for id, want := range map[string]ledger.LetterState{now.ID: ledger.Withdrawn, later.ID: ledger.Withdrawn, gone.ID: ledger.Sent,
		other.ID: ledger.Due, stranger.ID: ledger.Due, elsewhere.ID: ledger.Due} {
		x, err := b.Letter(b.Context(), id)
		if b.must(err); x.State != want {
			b.Errorf("a letter to %q is %s, want %s", x.Person, x.State, want)
		}
		if _, err := b.Claim(b.Context(), x.JobID(), noon, lease); errors.Is(err, ledger.ErrDone) != (want != ledger.Due) {
			b.Errorf("the job of a letter that is %s: %v", want, err)
		}
	}
}

// A digest of which every line is withdrawn is not sent, and takes no more lines;
// one with a line left is.
func emptied(b *book) {
	hidden, shown := b.opened(), b.opened()
	none, some := b.listing("emptied", hidden.Ref), b.listing("spared", hidden.Ref, shown.Ref)
	b.update(func(tx *ledger.Tx) error {
		_, err := tx.Withdraw(hidden.Ref, func(string) bool { return false }, noon)
		return err
	})
	for _, tt := range []struct {
		digest ledger.Letter
		want   ledger.LetterState
	}{{none, ledger.Withdrawn}, {some, ledger.Due}} {
		x, err := b.Letter(b.Context(), tt.digest.ID)
		if b.must(err); x.State != tt.want {
			b.Errorf("the digest to %s is %s, want %s", x.Person, x.State, tt.want)
		}
		if _, err := b.Claim(b.Context(), x.JobID(), noon, lease); errors.Is(err, ledger.ErrDone) != (tt.want == ledger.Withdrawn) {
			b.Errorf("its job: %v", err)
		}
		b.update(func(tx *ledger.Tx) error {
			into, err := tx.Gather(x.Person)
			if (into == "") != (tt.want == ledger.Withdrawn) {
				b.Errorf("the next line of %s goes into %q", x.Person, into)
			}
			return err
		})
	}
}

// Open cases that somebody is kept from are listed, and nothing is said twice in
// its time.
func barred(b *book) {
	c, shut, free := b.opened(), b.opened(), b.opened()
	c.Excluded, shut.Excluded, shut.State = "lead", "lead", casefile.Closed
	b.store(c, nil)
	b.store(shut, nil)
	cs, err := b.Barred(b.Context())
	has := func(ref casefile.Ref) bool {
		return slices.ContainsFunc(cs, func(x casefile.Case) bool { return x.Ref == ref })
	}
	if err != nil || !has(c.Ref) || has(shut.Ref) || has(free.Ref) {
		b.Errorf("barred: %+v, %v", cs, err)
	}
	for after, want := range []bool{true, false, false, true, false} {
		var first bool
		b.update(func(tx *ledger.Tx) (err error) {
			first, err = tx.Once("vacant", noon.Add(time.Duration(after)*time.Hour), 3*time.Hour)
			return err
		})
		if first != want {
			b.Errorf("after %d hours: %v", after, first)
		}
	}
}

// Absences that mails told of are kept, and count until they are over.
func absences(b *book) {
	add := func(person string, from, days int) {
		a := casefile.Absence{Term: casefile.Term{From: noon.AddDate(0, 0, from), Until: noon.AddDate(0, 0, days)}, Person: person, Learnt: true}
		b.update(func(tx *ledger.Tx) error { return tx.AddAbsence(a, "arrival") })
	}
	add("lead", 0, 3)
	add("lead", 0, 9) // said at the same moment: what stands stands
	add("deputy", 0, 1)
	for at, want := range map[time.Time][]string{noon: {"deputy", "lead"}, noon.AddDate(0, 0, 1): {"lead"}, noon.AddDate(0, 0, 3): nil} {
		as, err := b.Absences(b.Context(), at)
		b.must(err)
		var got []string
		for _, a := range as {
			if got = append(got, a.Person); !a.Learnt || !a.From.Equal(noon) {
				b.Errorf("%+v", a)
			}
		}
		if !slices.Equal(got, want) {
			b.Errorf("away at %v: %v, want %v", at, got, want)
		}
	}
}

// listing writes a digest to a person with a line for each case.
func (b *book) listing(person string, refs ...casefile.Ref) (digest ledger.Letter) {
	b.Helper()
	digest = letter(b.name("digest"), "")
	digest.Person, digest.Kind = person, casefile.Digest
	b.update(func(tx *ledger.Tx) error {
		if opened, err := tx.OpenDigest(digest); err != nil || !opened {
			b.Errorf("opened %v, %v", opened, err)
		}
		xs := []ledger.Letter{digest}
		for _, ref := range refs {
			x := letter(b.name("line"), ref)
			x.Person, x.Digest = person, digest.ID
			xs = append(xs, x)
		}
		return tx.Write(xs...)
	})
	return digest
}

// A digest that was put off after it was written is written anew when one of its
// lines is withdrawn, also if it may have gone; another person's and one that
// went stay.
func recomposed(b *book) {
	for name, tt := range map[string]struct {
		try  func(ledger.Claim) error
		want string
	}{
		"put off":   {func(c ledger.Claim) error { return b.Delay(b.Context(), c, false, 451, noon) }, "second"},
		"in doubt":  {func(c ledger.Claim) error { return b.Delay(b.Context(), c, true, 0, noon) }, "second"},
		"went":      {func(c ledger.Claim) error { return b.Posted(b.Context(), c, noon) }, ""},
		"elsewhere": {func(c ledger.Claim) error { return b.Delay(b.Context(), c, false, 451, noon) }, "first"},
	} {
		hidden, shown := b.opened(), b.opened()
		x := b.listing(b.name(name), hidden.Ref, shown.Ref)
		c, _, err := b.Begin(b.Context(), x, "first", noon, lease)
		b.must(err)
		b.must(tt.try(c))
		b.update(func(tx *ledger.Tx) error {
			_, err := tx.Withdraw(hidden.Ref, func(p string) bool { return p != x.Person || name == "elsewhere" }, noon)
			return err
		})
		if tt.want == "" {
			if x, err := b.Letter(b.Context(), x.ID); err != nil || x.SHA256 != "first" {
				b.Errorf("%s: %q is on record, %v", name, x.SHA256, err)
			}
			continue
		}
		if _, stands, err := b.Begin(b.Context(), x, "second", noon, lease); err != nil || stands != tt.want {
			b.Errorf("%s: %q stands, %v", name, stands, err)
		}
	}
}

// What a try sent is on record though the letter was to be written anew
// meanwhile, and its lines can be answered.
func sentMeanwhile(b *book) {
	hidden, shown := b.opened(), b.opened()
	daily := letter(b.name("letter"), "")
	daily.Kind = "daily"
	b.update(func(tx *ledger.Tx) error { return tx.Write(daily) })
	for _, x := range []ledger.Letter{daily, b.listing(b.name("list"), hidden.Ref, shown.Ref)} {
		c, _, err := b.Begin(b.Context(), x, "first", noon, lease)
		b.must(err)
		b.update(func(tx *ledger.Tx) error {
			_, err := tx.Withdraw(hidden.Ref, func(p string) bool { return p != x.Person }, noon)
			return errors.Join(err, tx.Rewrite("daily"))
		})
		if x, err := b.Letter(b.Context(), x.ID); err != nil || x.SHA256 != "" {
			b.Fatalf("%s: %q stands, %v", x.Kind, x.SHA256, err)
		}
		b.must(b.Posted(b.Context(), c, noon))
		if x, err := b.Letter(b.Context(), x.ID); err != nil || x.SHA256 != "first" || x.State != ledger.Sent {
			b.Errorf("%s: %q is on record, %v", x.Kind, x.SHA256, err)
		}
		lines, err := b.Lines(b.Context(), x.ID)
		b.must(err)
		for _, l := range lines {
			if _, err := b.LetterOf(b.Context(), l.TokenHash); err != nil {
				b.Errorf("a line that was sent: %v", err)
			}
		}
	}
}
