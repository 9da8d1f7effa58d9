package ledgertest

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"dutydesk/workflow/ledger"
)

var errRefused = errors.New("refused")

// What arrives is written once with its debt, however often it arrives.
func arrivals(b *book) {
	b.on("twice is once", twice)
	b.on("other bytes under the same UID are another mail", reuse)
	b.on("a form sent twice is once, whatever its bytes", formTwice)
	b.on("a backlog makes room", func(b *book) {
		for _, backlog := range []bool{false, true} {
			a := b.arrival()
			a.Backlog = backlog
			if job, _, err := b.Arrive(b.Context(), a); err != nil || job.Urgent == backlog {
				b.Errorf("backlog %v: urgent %v, %v", backlog, job.Urgent, err)
			}
		}
	})
	b.on("at the same moment is once", atTheSameMoment)
	b.on("known", knownKeys)
	b.on("the job done stays done", func(b *book) {
		a := b.arrived()
		b.finish("dispose/" + a.ID)
		if _, _, err := b.Arrive(b.Context(), a); err != nil {
			b.Error(err)
		}
		if _, err := b.Claim(b.Context(), "dispose/"+a.ID, noon, lease); !errors.Is(err, ledger.ErrDone) {
			b.Errorf("claim: %v, want ErrDone", err)
		}
	})
	b.on("earlier", earlier)
}

// An arrival finds the case of the same bytes or the same content, and only
// once that one has a case (F42, F43).
func earlier(b *book) {
	first, bytes, content, other := b.arrived(), b.arrival(), b.arrival(), b.arrival()
	first.Content, content.Content, other.Content = "same", "same", "another"
	bytes.SHA256 = first.SHA256
	look := func(a ledger.Arrival) (ref string) {
		b.update(func(tx *ledger.Tx) error {
			if err := tx.Exclusive(a); err != nil {
				return err
			}
			found, err := tx.Copies(a)
			ref = ""
			for _, x := range found {
				ref += fmt.Sprint(x.Case, x.Same)
			}
			return err
		})
		return ref
	}
	if ref := look(bytes); ref != "" {
		b.Errorf("waiting arrival has case %q", ref)
	}
	c := b.opened()
	first.State, first.Case = ledger.OnCase, c.Ref
	first.Grade, first.Authentic, first.AuthWhy, first.Signatures = "signed", true, "why", `[{"key":"v=DKIM1"}]`
	b.update(func(tx *ledger.Tx) error {
		return tx.Dispose(first, []ledger.Exhibit{{N: 1, Name: "a.png", SHA256: "x"}})
	})
	for _, tt := range []struct {
		a    ledger.Arrival
		want string
	}{{bytes, string(c.Ref) + "true"}, {content, string(c.Ref) + "false"}, {other, ""}, {first, ""}} {
		if ref := look(tt.a); ref != tt.want {
			b.Errorf("%s: case %q, want %q", tt.a.ID, ref, tt.want)
		}
	}
	if got, err := b.Arrival(b.Context(), first.ID); err != nil || got != first {
		b.Errorf("kept %+v, %v, want %+v", got, err, first)
	}
	if got, err := b.Arrival(b.Context(), bytes.ID); err == nil && (got.Authentic || got.Grade != "") {
		b.Errorf("unread arrival is graded: %+v", got)
	}
	if xs, err := b.Exhibits(b.Context(), first.ID); err != nil || len(xs) != 1 || xs[0].Name != "a.png" {
		b.Errorf("exhibits %v, %v", xs, err)
	}
}

// reused is a mail with the key of a and other bytes.
func (b *book) reused(a ledger.Arrival, sha string, size int64) (job ledger.Job, fresh bool) {
	b.Helper()
	a.ID, a.SHA256, a.Size = b.name("reused"), sha, size
	job, fresh, err := b.Arrive(b.Context(), a)
	b.must(err)
	return job, fresh
}

// A server that was restored gives a UID out again: the second mail arrives as
// well, once, with its own debt, and the first is as it was.
func reuse(b *book) {
	a := b.arrived()
	job, fresh := b.reused(a, "other bytes", 99)
	if _, again := b.reused(a, "other bytes", 99); !fresh || again {
		b.Errorf("fresh %v, again %v", fresh, again)
	}
	if _, third := b.reused(a, "third bytes", 7); !third {
		b.Error("the third mail under one UID is lost")
	}
	if owed := b.owed(noon.Add(time.Millisecond)); !slices.Contains(owed, job.ID) {
		b.Errorf("owed %q", owed)
	}
	if first, err := b.Arrival(b.Context(), a.ID); err != nil || first.SHA256 != a.SHA256 || first.Key != a.Key {
		b.Errorf("the first is now %+v, %v", first, err)
	}
}

// blank: a ledger knows whether anything ever arrived.
func blank(b *book) {
	for n, want := range []bool{true, false} {
		if got, err := b.Blank(b.Context()); got != want || err != nil {
			b.Errorf("with %d arrivals: blank %v, %v", n, got, err)
		}
		if _, _, err := b.Arrive(b.Context(), ledger.Arrival{ID: "a", Key: "a", Received: noon}); err != nil {
			b.Fatal(err)
		}
	}
}

func twice(b *book) {
	a := b.arrived()
	again := a
	again.ID = b.name("other")
	if _, fresh, err := b.Arrive(b.Context(), again); fresh || err != nil {
		b.Errorf("again: fresh %v, %v", fresh, err)
	}
	if got, err := b.Arrival(b.Context(), a.ID); err != nil || got.SHA256 != a.SHA256 || got.State != ledger.Waiting {
		b.Errorf("the first is now %+v, %v", got, err)
	}
	if owed := b.owed(noon.Add(time.Millisecond)); slices.Contains(owed, "dispose/"+again.ID) || !slices.Contains(owed, "dispose/"+a.ID) {
		b.Errorf("owed %q", owed)
	}
}

func formTwice(b *book) {
	a := b.arrival()
	a.Door = "form"
	for i := range 2 {
		a.ID, a.SHA256 = b.name("form"), b.name("bytes")
		if _, fresh, err := b.Arrive(b.Context(), a); fresh != (i == 0) || err != nil {
			b.Errorf("%d: fresh %v, %v", i, fresh, err)
		}
	}
	first, err := b.ArrivalUnder(b.Context(), a.Key)
	if err != nil || first.ID == a.ID || first.Key != a.Key {
		b.Errorf("under its key is %+v, %v", first, err)
	}
	if _, err := b.ArrivalUnder(b.Context(), a.Key+"x"); !errors.Is(err, ledger.ErrNotFound) {
		b.Errorf("a key that never came: %v", err)
	}
}

func atTheSameMoment(b *book) {
	a := b.arrival()
	fresh := together(32, func(i int) error {
		mine := a
		mine.ID = a.ID + string(rune('a'+i))
		_, fresh, err := b.Arrive(b.Context(), mine)
		if err != nil {
			b.Error(err)
		}
		if !fresh {
			return errRefused
		}
		return nil
	})
	if fresh != 1 {
		b.Errorf("%d were fresh, want 1", fresh)
	}
}

func knownKeys(b *book) {
	a := b.arrived()
	b.reused(a, "other bytes", 99)
	keys := []string{"nobody", a.Key}
	for range 700 {
		keys = append(keys, b.name("absent"))
	}
	known, err := b.Known(b.Context(), keys)
	if err != nil || len(known) != 1 || !slices.Equal(known[a.Key], []int64{a.Size, 99}) {
		b.Errorf("known %v, %v", known, err)
	}
}
