package ledgertest

import (
	"errors"
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// An alarm of one stage that is answered leaves those of the others.
func stages(b *book) {
	c := b.opened()
	triage := casefile.Alarm{Ref: c.Ref, Stage: sla.Triage, Rung: 1, Due: noon.Add(4 * time.Hour)}
	b.store(c, nil, alarm(c, 1), triage)
	b.update(func(tx *ledger.Tx) error {
		return tx.Store(casefile.Outcome{Case: c, Alarms: []casefile.Alarm{alarm(c, 2)}, Stage: sla.Acknowledge}, nil, noon)
	})
	next, err := b.Next(b.Context(), c.Ref)
	if err != nil || !next.Equal(sooner(alarm(c, 2).Due, triage.Due)) {
		b.Errorf("next %v, %v", next, err)
	}
	b.update(func(tx *ledger.Tx) error {
		return tx.Store(casefile.Outcome{Case: c, Stage: sla.Acknowledge}, nil, noon)
	})
	if next, err := b.Next(b.Context(), c.Ref); err != nil || !next.Equal(triage.Due) {
		b.Errorf("next %v, %v, want triage", next, err)
	}
}

func sooner(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}

// The same rung of another turn is another alarm, and it says which it is.
func turns(b *book) {
	c := b.opened()
	again := casefile.Alarm{Ref: c.Ref, Stage: sla.Review, Turn: 3, Rung: 2, Due: noon}
	b.store(c, nil, again)
	b.update(func(tx *ledger.Tx) error {
		got, err := tx.Alarm(b.alarmID(c.Ref), noon.Add(time.Hour))
		if got != again {
			b.Errorf("got %+v, want %+v", got, again)
		}
		return err
	})
}

// A policy is kept once and for ever.
func policies(b *book) {
	first := ledger.Policy{Version: "0123456789ab", Text: "title = \"x\"", Holidays: "{}", Since: noon}
	second := ledger.Policy{Version: "ba9876543210", Text: "title = \"y\"", Holidays: "{}", Since: noon.Add(time.Hour)}
	changed := first
	changed.Text = "another"
	for _, p := range []ledger.Policy{second, first, changed} {
		if err := b.KeepPolicy(b.Context(), p); err != nil {
			b.Fatal(err)
		}
	}
	if ps, err := b.Policies(b.Context()); err != nil || !slices.Equal(ps, []ledger.Policy{first, second}) {
		b.Errorf("%+v, %v", ps, err)
	}
}

// Open cases by policy come page by page, each once; those that are over do not,
// nor those that are older than policies.
func clocked(b *book) {
	var want []casefile.Ref
	for i, version := range []string{"0123456789ab", "", "0123456789ab", "ba9876543210", "0123456789ab"} {
		c := b.openedBy(version)
		if over := map[int]casefile.State{2: casefile.Closed, 4: casefile.NoSafeguarding}[i]; over != "" {
			c.State = over
			b.store(c, nil)
		} else if version != "" {
			want = append(want, c.Ref)
		}
	}
	slices.Sort(want)
	var got []casefile.Ref
	for last := casefile.Ref(""); ; last = got[len(got)-1] {
		page, err := b.Clocked(b.Context(), last, 1)
		b.must(err)
		if got = append(got, page...); len(page) != 1 {
			break
		}
	}
	if !slices.Equal(got, want) {
		b.Errorf("%v, want %v", got, want)
	}
}

// The alarms of a case are listed as they will ring, but those that are answered.
func waits(b *book) {
	c := b.opened()
	first := casefile.Alarm{Ref: c.Ref, Stage: sla.Triage, Turn: 1, Rung: 1, Due: noon.Add(time.Hour)}
	second := casefile.Alarm{Ref: c.Ref, Stage: sla.Review, Rung: 2, Due: noon.Add(2 * time.Hour)}
	b.store(c, nil, first, second)
	if as, err := b.Alarms(b.Context(), c.Ref); err != nil || !slices.Equal(as, []casefile.Alarm{first, second}) {
		b.Errorf("%+v, %v", as, err)
	}
	b.update(func(tx *ledger.Tx) error {
		return tx.Store(casefile.Outcome{Case: c, Stage: sla.Triage}, nil, noon)
	})
	if as, err := b.Alarms(b.Context(), c.Ref); err != nil || !slices.Equal(as, []casefile.Alarm{second}) {
		b.Errorf("%+v, %v", as, err)
	}
	if _, err := b.Alarms(b.Context(), "SG-NONE"); !errors.Is(err, ledger.ErrNotFound) {
		b.Errorf("of no case: %v", err)
	}
}
