package ledgertest

import (
	"errors"
	"reflect"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// whole: what is asked of everything at once is what is asked of each.
func whole(b *book) {
	cases := []casefile.Case{b.opened(), b.opened(), b.opened()}
	b.update(func(tx *ledger.Tx) error { // one waits for two alarms, one for none
		two := casefile.Outcome{Case: cases[1], Alarms: []casefile.Alarm{alarm(cases[1], 3), alarm(cases[1], 2)}}
		return errors.Join(tx.Store(two, nil, noon), tx.Store(casefile.Outcome{Case: cases[2]}, nil, noon))
	})
	for n, c := range cases {
		a := ledger.Arrival{ID: c.Arrival, State: ledger.OnCase, Case: c.Ref}
		var xs []ledger.Exhibit
		for i := range n {
			xs = append(xs, ledger.Exhibit{N: i + 1, Name: "photo", How: "mime", Size: int64(i), SHA256: b.name("sha")})
		}
		b.update(func(tx *ledger.Tx) error { return tx.Dispose(a, xs) })
	}
	next, err := b.NextOfAll(b.Context())
	b.must(err)
	exhibits, err := b.ExhibitsOfAll(b.Context())
	b.must(err)
	for _, c := range cases {
		due, err := b.Next(b.Context(), c.Ref)
		if err != nil || !next[c.Ref].Equal(due) {
			b.Errorf("%s: next of all is %v, its own %v, %v", c.Ref, next[c.Ref], due, err)
		}
		xs, err := b.Exhibits(b.Context(), c.Arrival)
		if err != nil || !reflect.DeepEqual(exhibits[c.Arrival], xs) {
			b.Errorf("%s: of all %v, its own %v, %v", c.Arrival, exhibits[c.Arrival], xs, err)
		}
	}
	if len(next) != 2 || len(exhibits) != 2 {
		b.Errorf("%d cases wait, want 2; %d arrivals hold something, want 2", len(next), len(exhibits))
	}
}
