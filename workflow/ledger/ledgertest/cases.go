package ledgertest

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// A case, its chronology and its alarms are written together.
func cases(b *book) {
	b.on("a reference is given once", func(b *book) {
		c := b.opened()
		fresh := true
		b.update(func(tx *ledger.Tx) (err error) {
			fresh, err = tx.Create(c)
			return err
		})
		if fresh {
			b.Error("it was given twice")
		}
	})
	b.on("every field is kept", func(b *book) {
		c := b.opened()
		c.State, c.Climbed, c.Reached, c.Reviews = casefile.CloseProposed, 3, 4, 5
		c.Excluded, c.Lifting = "deputy lead", "lead=la-lead"
		c.Acknowledged, c.By, c.Proposed, c.Breached = noon.Add(time.Hour), "lead", "deputy", noon.Add(2*time.Hour)
		b.store(c, nil)
		c.Severity, c.Story, c.Rungs = sla.S3, "1764158400000 graded S3 S2\n", "triage.0=2"
		c.File = filled()
		c.Turn, c.Since, c.Grading = 2, noon.Add(3*time.Hour), "S3=lead"
		b.store(c, nil)
		if got, err := b.Case(b.Context(), c.Ref); err != nil || got != c {
			b.Errorf("got %+v, %v\nwant %+v", got, err, c)
		}
	})
	b.on("letters are withdrawn", withdrawn)
	b.on("empty digests are withdrawn", emptied)
	b.on("lists are written anew", recomposed)
	b.on("what was sent is on record", sentMeanwhile)
	b.on("absences", absences)
	b.on("barred", barred)
	b.on("alarms are replaced", replaced)
	b.on("an alarm rings once", rings)
	b.on("an alarm may be wanted again", func(b *book) {
		c := b.opened()
		first := b.alarmID(c.Ref)
		b.store(c, nil)
		b.store(c, nil, alarm(c, 1))
		if again := b.alarmID(c.Ref); again != first {
			b.Errorf("alarm is %q, want %q", again, first)
		}
	})
	b.on("alarms of one stage are replaced", stages)
	b.on("a turn is another alarm", turns)
	b.on("policies", policies)
	b.on("cases by policy", clocked)
	b.on("what a case waits for", waits)
	b.on("parties are found elsewhere", traced)
	b.on("events are numbered without a gap", numbered)
	b.on("a case that is not there", func(b *book) {
		missing := casefile.Case{Ref: "SG-NONE"}
		err := b.Update(b.Context(), func(tx *ledger.Tx) error { return tx.Store(casefile.Outcome{Case: missing}, nil, noon) })
		if !errors.Is(err, ledger.ErrNotFound) {
			b.Errorf("store: %v, want ErrNotFound", err)
		}
		if _, err := b.Case(b.Context(), "SG-NONE"); !errors.Is(err, ledger.ErrNotFound) {
			b.Errorf("case: %v, want ErrNotFound", err)
		}
	})
	b.on("a decision sees what it wrote", seesItself)
}

// store writes a case as it is, with these events and alarms.
func (b *book) store(c casefile.Case, events []casefile.Event, alarms ...casefile.Alarm) {
	b.Helper()
	b.update(func(tx *ledger.Tx) error {
		return tx.Store(casefile.Outcome{Case: c, Events: events, Alarms: alarms}, nil, noon)
	})
}

func replaced(b *book) {
	c := b.opened()
	first := b.alarmID(c.Ref)
	b.store(c, nil, alarm(c, 1))
	if again := b.alarmID(c.Ref); again != first {
		b.Errorf("the same alarm became %q", again)
	}
	b.store(c, nil, alarm(c, 2))
	if next, err := b.Next(b.Context(), c.Ref); err != nil || !next.Equal(noon.Add(2*time.Hour)) {
		b.Errorf("next %v, %v", next, err)
	}
	moved := alarm(c, 2)
	moved.Due = moved.Due.Add(time.Minute)
	b.store(c, nil, moved)
	if next, err := b.Next(b.Context(), c.Ref); err != nil || !next.Equal(moved.Due) || b.alarmID(c.Ref) == "" {
		b.Errorf("next %v, %v, want %v", next, err, moved.Due)
	}
	b.store(c, nil)
	if id := b.alarmID(c.Ref); id != "" {
		b.Errorf("a case that waits for nothing has alarm %s", id)
	}
	if next, err := b.Next(b.Context(), c.Ref); err != nil || !next.IsZero() {
		b.Errorf("next %v, %v, want none", next, err)
	}
}

// ring reads the alarm of a job at a moment and answers it with the next.
func (b *book) ring(id string, at time.Time) error {
	return b.Ring(background(b), id, func(tx *ledger.Tx) error {
		a, err := tx.Alarm(id, at)
		if err != nil {
			return err
		}
		c, err := tx.Case(a.Ref)
		if err != nil {
			return err
		}
		if a.Rung != c.Climbed+1 || !a.Due.Equal(alarm(c, a.Rung).Due) {
			return fmt.Errorf("rang %+v on %+v", a, c)
		}
		c.Climbed++
		return tx.Store(casefile.Outcome{Case: c, Events: []casefile.Event{event("rung " + strconv.Itoa(a.Rung))}, Alarms: []casefile.Alarm{alarm(c, a.Rung+1)}}, nil, at)
	})
}

func rings(b *book) {
	c := b.opened()
	id := b.alarmID(c.Ref)
	if err := b.ring(id, noon.Add(time.Hour-time.Millisecond)); !errors.Is(err, ledger.ErrEarly) {
		b.Errorf("early: %v", err)
	}
	if won := together(20, func(int) error { return b.ring(id, noon.Add(time.Hour)) }); won != 1 {
		b.Errorf("%d of 20 answered it", won)
	}
	if err := b.ring(id, noon.Add(time.Hour)); !errors.Is(err, ledger.ErrDone) {
		b.Errorf("late: %v", err)
	}
	if err := b.ring("alarm/none", noon); !errors.Is(err, ledger.ErrNotFound) {
		b.Errorf("none: %v", err)
	}
	b.wantChronology(c.Ref, "opened", "rung 1")
	if next := b.alarmID(c.Ref); next == id || next == "" {
		b.Errorf("next alarm %q after %q", next, id)
	}
}

// Many decisions on one case at once leave every event once, in order.
func numbered(b *book) {
	c, other := b.opened(), b.opened()
	together(24, func(i int) error {
		ref := c.Ref
		if i%3 == 0 {
			ref = other.Ref
		}
		err := b.Update(background(b), func(tx *ledger.Tx) error {
			now, err := tx.Case(ref)
			if err != nil {
				return err
			}
			now.Reviews++
			return tx.Store(casefile.Outcome{Case: now, Events: []casefile.Event{event("x"), event("y")}}, nil, noon)
		})
		if err != nil {
			b.Error(err)
		}
		return err
	})
	for ref, n := range map[casefile.Ref]int{c.Ref: 16, other.Ref: 8} {
		lines, err := b.Chronology(b.Context(), ref)
		b.must(err)
		for i, line := range lines {
			if line.Seq != i+1 {
				b.Errorf("%s: line %d has number %d", ref, i+1, line.Seq)
			}
		}
		if now, err := b.Case(b.Context(), ref); err != nil || now.Reviews != n || len(lines) != 1+2*n {
			b.Errorf("%s: %d decisions, %d lines, %v; want %d", ref, now.Reviews, len(lines), err, n)
		}
	}
}

func (b *book) wantChronology(ref casefile.Ref, want ...string) {
	b.Helper()
	lines, err := b.Chronology(b.Context(), ref)
	b.must(err)
	var got []string
	for _, line := range lines {
		got = append(got, line.Text)
	}
	if !slices.Equal(got, want) {
		b.Errorf("chronology %q, want %q", got, want)
	}
}

func seesItself(b *book) {
	c := b.opened()
	b.update(func(tx *ledger.Tx) error {
		c.Climbed = 2
		if err := tx.Store(casefile.Outcome{Case: c, Events: []casefile.Event{event("a")}}, nil, noon); err != nil {
			return err
		}
		got, err := tx.Case(c.Ref)
		if got.Climbed != 2 {
			b.Errorf("climbed %d, want 2", got.Climbed)
		}
		return errors.Join(err, tx.Store(casefile.Outcome{Case: got, Events: []casefile.Event{event("b")}}, nil, noon))
	})
	b.wantChronology(c.Ref, "opened", "a", "b")
}
