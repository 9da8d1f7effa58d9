package workflow_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/ledger"
)

// owedRounds lists the rounds that are owed, soonest first.
func (d *desk) owedRounds() (jobs []ledger.Job) {
	d.t.Helper()
	all, err := d.Ledger.Overdue(d.t.Context(), d.now(), d.now().Add(1000*time.Hour), 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, j := range all {
		if j.Kind == ledger.TickJob {
			jobs = append(jobs, j)
		}
	}
	return jobs
}

// hourly is a desk with one round.
func hourly(t *testing.T, do func(context.Context, time.Time) (workflow.Then, error)) (*desk, *workflow.Rounds) {
	d := newDesk(t)
	r := &workflow.Rounds{Office: d.Office, ByName: map[string]workflow.Round{"hourly": {Next: workflow.Every(time.Hour), Do: do}}}
	d.forward(10 * time.Minute)
	for range 2 { // as two workers do, or one that starts again
		if err := r.Begin(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	return d, r
}

// A round is owed once, runs once for its period, and owes the next in the
// transaction that ends it, with its letters.
func TestRoundsFollowEachOther(t *testing.T) {
	var ran []time.Time
	d, r := hourly(t, func(_ context.Context, period time.Time) (workflow.Then, error) {
		ran = append(ran, period)
		return nil, nil
	})
	owed := d.owedRounds()
	if len(owed) != 1 || !owed[0].Due.Equal(noon.Add(time.Hour)) {
		t.Fatalf("owed %+v", owed)
	}
	if err := r.Do(t.Context(), owed[0].ID); !errors.Is(err, ledger.ErrEarly) {
		t.Errorf("before it is due: %v", err)
	}
	d.forward(51 * time.Minute)
	if err := r.Do(t.Context(), owed[0].ID); err != nil {
		t.Fatal(err)
	}
	if err := r.Do(t.Context(), owed[0].ID); !errors.Is(err, ledger.ErrDone) {
		t.Errorf("a second time: %v", err)
	}
	next := d.owedRounds()
	if len(ran) != 1 || !ran[0].Equal(noon.Add(time.Hour)) || len(next) != 1 || !next[0].Due.Equal(noon.Add(2*time.Hour)) {
		t.Errorf("ran %v, owed %+v", ran, next)
	}
}

// Three days off are one round, not seventy-two.
func TestRoundsMissedAreDoneOnce(t *testing.T) {
	n := 0
	d, r := hourly(t, func(context.Context, time.Time) (workflow.Then, error) { n++; return nil, nil })
	d.forward(72 * time.Hour)
	if err := r.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, j := range d.owedRounds() {
		if err := r.Do(t.Context(), j.ID); err != nil && !errors.Is(err, ledger.ErrEarly) {
			t.Fatal(err)
		}
	}
	if owed := d.owedRounds(); n != 1 || len(owed) != 1 || !owed[0].Due.After(d.now()) {
		t.Errorf("ran %d times, owed %+v", n, owed)
	}
}

// What fails is put off, keeps its period, is told, and is over when it works.
// Nothing of a failed end stands.
func TestRoundFailsAndIsTriedAgain(t *testing.T) {
	var fail atomic.Bool
	fail.Store(true)
	var periods []time.Time
	d, r := hourly(t, func(_ context.Context, period time.Time) (workflow.Then, error) {
		periods = append(periods, period)
		return func(tx *ledger.Tx, now time.Time) error {
			if err := tx.OweRound("trace", now.Add(time.Hour)); err != nil {
				return err
			}
			if fail.Load() {
				return errors.New("no")
			}
			return nil
		}, nil
	})
	d.forward(time.Hour)
	id := d.owedRounds()[0].ID
	if err := r.Do(t.Context(), id); err == nil || r.Check(t.Context()) == nil {
		t.Fatalf("%v, check %v", err, r.Check(t.Context()))
	}
	if owed := d.owedRounds(); len(owed) != 1 || owed[0].ID != id || !owed[0].Due.After(d.now()) {
		t.Fatalf("after failing: %+v", owed)
	}
	fail.Store(false)
	d.forward(2 * time.Minute)
	if err := r.Do(t.Context(), id); err != nil || r.Check(t.Context()) != nil {
		t.Fatalf("%v, check %v", err, r.Check(t.Context()))
	}
	if len(periods) != 2 || !periods[0].Equal(periods[1]) || len(d.owedRounds()) != 2 {
		t.Errorf("periods %v, owed %+v", periods, d.owedRounds())
	}
}

// A round that was switched off ends, and begins again when it is switched on.
func TestRoundSwitchedOff(t *testing.T) {
	d, on := hourly(t, func(context.Context, time.Time) (workflow.Then, error) { return nil, nil })
	d.forward(time.Hour)
	off := &workflow.Rounds{Office: d.Office}
	if err := off.Do(t.Context(), d.owedRounds()[0].ID); err != nil {
		t.Fatal(err)
	}
	if owed := d.owedRounds(); len(owed) != 0 {
		t.Errorf("owed %+v", owed)
	}
	if err := on.Begin(t.Context()); err != nil || len(d.owedRounds()) != 1 {
		t.Errorf("owed %+v, %v", d.owedRounds(), err)
	}
}

// A period that became shorter does not wait for the end of the long one.
func TestRoundBecomesShorter(t *testing.T) {
	d, _ := hourly(t, nil)
	quick := &workflow.Rounds{Office: d.Office, ByName: map[string]workflow.Round{"hourly": {Next: workflow.Every(time.Minute)}}}
	if err := quick.Begin(t.Context()); err != nil {
		t.Fatal(err)
	}
	if owed := d.owedRounds(); !owed[0].Due.Equal(noon.Add(11 * time.Minute)) {
		t.Errorf("owed %+v", owed)
	}
}

// Days are those of the place, over the change of clocks too.
func TestPeriods(t *testing.T) {
	london, err := time.LoadLocation("Europe/London")
	if err != nil {
		t.Fatal(err)
	}
	at := func(text string) time.Time {
		v, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	for _, tt := range []struct {
		next        func(time.Time) time.Time
		after, want string
	}{
		{workflow.Daily(7, 0, london), "2026-11-26T06:59:59Z", "2026-11-26T07:00:00Z"},
		{workflow.Daily(7, 0, london), "2026-11-26T07:00:00Z", "2026-11-27T07:00:00Z"},
		{workflow.Daily(7, 0, london), "2026-03-28T12:00:00Z", "2026-03-29T06:00:00Z"},
		{workflow.Daily(7, 0, london), "2026-10-24T12:00:00Z", "2026-10-25T07:00:00Z"},
		{workflow.Weekly(time.Monday, 8, 30, london), "2026-11-26T12:00:00Z", "2026-11-30T08:30:00Z"},
		{workflow.Every(10 * time.Minute), "2026-11-26T12:09:59Z", "2026-11-26T12:10:00Z"},
		{workflow.Every(10 * time.Minute), "2026-11-26T12:10:00Z", "2026-11-26T12:20:00Z"},
	} {
		if got := tt.next(at(tt.after)); !got.Equal(at(tt.want)) {
			t.Errorf("after %s: %v, want %s", tt.after, got, tt.want)
		}
	}
}
