package ledgertest

import (
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// daily: what a daily list is made from.
func daily(b *book) {
	b.on("only open cases", func(b *book) {
		open, closed := b.opened(), b.opened()
		for _, c := range []casefile.Case{open, closed} {
			b.store(c, []casefile.Event{{At: noon, By: "post", Verb: casefile.Undelivered, Text: "lead: the mailbox is full"}})
			b.update(func(tx *ledger.Tx) error {
				return tx.Dispose(ledger.Arrival{ID: c.Arrival, State: ledger.Held, Case: c.Ref}, nil)
			})
		}
		closed.State = casefile.Closed
		b.store(closed, nil)
		cs, err := b.OpenCases(b.Context())
		if b.must(err); len(cs) != 1 || cs[0].Ref != open.Ref {
			b.Errorf("open: %+v", cs)
		}
		held, err := b.HeldCases(b.Context())
		if b.must(err); !slices.Equal(held, []casefile.Ref{open.Ref}) {
			b.Errorf("held: %v", held)
		}
		back, err := b.Returns(b.Context(), noon)
		if b.must(err); !slices.Equal(back, []ledger.Return{{Case: open.Ref, Person: "lead"}}) {
			b.Errorf("came back: %+v", back)
		}
		back, err = b.Returns(b.Context(), noon.Add(time.Second))
		if b.must(err); len(back) != 0 {
			b.Errorf("came back later: %+v", back)
		}
	})
	b.on("arrivals that wait", waiting)
	b.on("refused", refused)
	b.on("written anew", rewritten)
	b.on("one turns the page", func(b *book) {
		for i, want := range []bool{true, false, true} {
			b.update(func(tx *ledger.Tx) error {
				first, err := tx.Turn("page", []string{"one", "one", "two"}[i])
				if first != want {
					b.Errorf("turn %d: %v", i, first)
				}
				return err
			})
		}
	})
	b.on("beats", beats)
}

func waiting(b *book) {
	count := func(before time.Time) int {
		n, err := b.WaitingCount(b.Context(), before)
		b.must(err)
		return n
	}
	was := count(noon.Add(time.Second))
	b.arrived()
	a := b.arrived()
	b.finish("dispose/" + a.ID)
	if n, none := count(noon.Add(time.Second)), count(noon); n != was+1 || none != 0 {
		b.Errorf("%d wait, %d from before; want %d, 0", n, none, was+1)
	}
}

func refused(b *book) {
	x := letter(ledger.Stamp(noon)+"refused", "")
	x.Kind = "daily"
	b.update(func(tx *ledger.Tx) error { return tx.Write(x) })
	c, _, err := b.Begin(b.Context(), x, "digest", noon, lease)
	b.must(err)
	b.must(b.Refused(b.Context(), c, 550, noon))
	for since, want := range map[time.Time][]string{noon: {x.Person}, noon.Add(time.Second): nil} {
		if people, err := b.Refusals(b.Context(), since, "daily"); err != nil || !slices.Equal(people, want) {
			b.Errorf("refused since %v: %v, %v", since, people, err)
		}
	}
}

// A letter that was put off is written anew, one that may have gone is not.
func rewritten(b *book) {
	for maybe, want := range map[bool]string{false: "second", true: "first"} {
		x := letter(b.name("letter"), "")
		x.Kind = "daily"
		b.update(func(tx *ledger.Tx) error { return tx.Write(x) })
		c, _, err := b.Begin(b.Context(), x, "first", noon, lease)
		b.must(err)
		b.must(b.Delay(b.Context(), c, maybe, 451, noon))
		b.update(func(tx *ledger.Tx) error { return tx.Rewrite("daily") })
		if _, stands, err := b.Begin(b.Context(), x, "second", noon, lease); err != nil || stands != want {
			b.Errorf("maybe sent %v: %q stands, %v", maybe, stands, err)
		}
	}
}

// F63: a gap between two signs of life is one outage, told to one worker.
func beats(b *book) {
	const gap = 5 * time.Minute
	beat := func(at time.Time, gap time.Duration) (out ledger.Outage) {
		b.update(func(tx *ledger.Tx) (err error) { out, err = tx.Beat(at, gap); return err })
		return out
	}
	for _, after := range []time.Duration{0, time.Minute, 6 * time.Minute, 5 * time.Minute} {
		if out := beat(noon.Add(after), gap); out != (ledger.Outage{}) {
			b.Errorf("after %v: %+v", after, out)
		}
	}
	back := noon.Add(36 * time.Hour)
	want := ledger.Outage{From: noon.Add(5 * time.Minute), To: back}
	outs := make([]ledger.Outage, 4)
	together(len(outs), func(i int) error {
		return b.Update(background(b), func(tx *ledger.Tx) (err error) { outs[i], err = tx.Beat(back, gap); return err })
	})
	slices.SortFunc(outs, func(x, y ledger.Outage) int { return x.From.Compare(y.From) })
	if outs[len(outs)-1] != want || outs[len(outs)-2] != (ledger.Outage{}) {
		b.Errorf("outages %+v", outs)
	}
	if out := beat(back.Add(time.Hour), 0); out != (ledger.Outage{}) {
		b.Errorf("a gap that is none: %+v", out)
	}
	if last, err := b.LastOutage(b.Context()); err != nil || last != want {
		b.Errorf("last %+v, %v", last, err)
	}
}
