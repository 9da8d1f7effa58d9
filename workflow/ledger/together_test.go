package ledger

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// batch is decisions that share one commit, in the order in which they are
// added. Concurrent tests only share a commit by chance.
type batch struct {
	t    *testing.T
	l    *Ledger
	reqs []*request
}

func newBatch(t *testing.T) *batch {
	t.Helper()
	l, err := Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return &batch{t: t, l: l}
}

func (b *batch) add(f func(*Tx) error) *request {
	r := &request{ctx: b.t.Context(), f: f}
	b.reqs = append(b.reqs, r)
	return r
}

// ring adds a decision that answers an alarm.
func (b *batch) ring(id string) *request {
	r := b.add(func(tx *Tx) error {
		a, err := tx.Alarm(id, noon)
		if err != nil {
			return err
		}
		c, err := tx.Case(a.Ref)
		if err != nil {
			return err
		}
		c.Climbed++
		return tx.Store(casefile.Outcome{Case: c}, nil, noon)
	})
	r.alarm = id
	return r
}

// commit serves the batch and wants these answers, in order.
func (b *batch) commit(want ...error) {
	b.t.Helper()
	b.l.serve(b.reqs)
	for i, r := range b.reqs {
		if !errors.Is(r.err, want[i]) || r.err != nil && want[i] == nil {
			b.t.Errorf("decision %d: %v, want %v", i, r.err, want[i])
		}
	}
	b.reqs = nil
}

// case opens a case that waits for one alarm, at noon, and returns its job.
func (b *batch) open(ref casefile.Ref) (casefile.Case, string) {
	b.t.Helper()
	c := casefile.Case{Ref: ref, State: casefile.Submitted, Arrival: "arrival of " + string(ref), Opened: noon}
	a := casefile.Alarm{Ref: ref, Stage: sla.Acknowledge, Due: noon}
	if _, _, err := b.l.Arrive(b.t.Context(), Arrival{ID: c.Arrival, Key: c.Arrival, Received: noon}); err != nil {
		b.t.Fatal(err)
	}
	err := b.l.Update(b.t.Context(), func(tx *Tx) error {
		_, err := tx.Create(c)
		return errors.Join(err, tx.Store(casefile.Outcome{Case: c, Alarms: []casefile.Alarm{a}}, nil, noon))
	})
	if err != nil {
		b.t.Fatal(err)
	}
	return c, alarmJob(a).ID
}

// A decision sees what those before it in the same commit have written, though
// the database has not been told yet.
func TestOneAfterAnother(t *testing.T) {
	b := newBatch(t)
	c, _ := b.open("SG-1")
	x := Letter{ID: "x", Kind: "help", Person: "lead", TokenHash: "hash", Created: noon, GiveUp: noon, State: Due}
	var claimed, begun Claim
	var told, climbed int
	b.add(func(tx *Tx) error {
		c.Climbed = 7
		return errors.Join(tx.Owe(Job{ID: "round", Kind: TickJob, Due: noon}), tx.Store(casefile.Outcome{Case: c}, []Letter{x}, noon))
	})
	b.add(func(tx *Tx) (err error) {
		claimed, err = tx.Claim("round", noon, time.Minute)
		return err
	})
	b.add(func(tx *Tx) (err error) { return tx.Finish(claimed, noon) })
	b.add(func(tx *Tx) (err error) {
		begun, err = tx.Claim(x.JobID(), noon, time.Minute)
		return err
	})
	b.add(func(tx *Tx) (err error) {
		told, err = tx.Told("lead", "help", noon)
		return err
	})
	b.add(func(tx *Tx) error {
		c, err := tx.Case("SG-1")
		climbed = c.Climbed
		return err
	})
	b.add(func(tx *Tx) error {
		return tx.fenced(claimed, `UPDATE jobs SET why = $1 WHERE id = $2 AND claim = $3 AND done_at = 0`, "")
	})
	b.commit(nil, nil, nil, nil, nil, nil, ErrLost)
	if begun.Subject != "x" || told != 1 || climbed != 7 {
		t.Errorf("begun %+v, told %d, climbed %d", begun, told, climbed)
	}
}

// Two who answer the same alarm in one commit, and one who answers an alarm of
// a case that was settled in it, were read ahead together: only the first rings.
func TestReadAheadIsNotStale(t *testing.T) {
	b := newBatch(t)
	_, one := b.open("SG-1")
	two, settled := b.open("SG-2")
	b.ring(one)
	b.ring(one)
	b.add(func(tx *Tx) error { return tx.Store(casefile.Outcome{Case: two}, nil, noon) })
	b.ring(settled)
	b.commit(nil, ErrDone, nil, ErrDone)
	c, err := b.l.Case(t.Context(), "SG-1")
	if err != nil || c.Climbed != 1 {
		t.Errorf("climbed %d, %v", c.Climbed, err)
	}
}

// An alarm that its case knows nothing of is settled when it rings, or it would
// ring for ever.
func TestOrphanAlarm(t *testing.T) {
	b := newBatch(t)
	_, real := b.open("SG-1")
	orphan := strings.Replace(real, "acknowledge", "forgotten", 1)
	b.add(func(tx *Tx) error { return tx.Owe(Job{ID: orphan, Kind: AlarmJob, Subject: "SG-1", Due: noon}) })
	b.commit(nil)
	b.ring(orphan)
	b.commit(nil)
	b.ring(orphan)
	b.commit(ErrDone)
}

// Who gave up while waiting in line is left out.
func TestGivenUpInLine(t *testing.T) {
	b := newBatch(t)
	ctx, cancel := context.WithCancel(t.Context())
	b.add(func(tx *Tx) error {
		cancel()
		return nil
	})
	late := b.add(func(tx *Tx) error { return tx.Owe(Job{ID: "late", Kind: TickJob, Due: noon}) })
	late.ctx = ctx
	b.commit(nil, context.Canceled)
	if _, err := b.l.Claim(t.Context(), "late", noon, time.Minute); !errors.Is(err, ErrNotFound) {
		t.Errorf("claim: %v, want ErrNotFound", err)
	}
}

// When the database refuses what was pending it is not known whose fault that
// is: each is tried alone, and only who is to blame fails.
func TestRefusedTogether(t *testing.T) {
	b := newBatch(t)
	write := func(id, hash string) *request {
		return b.add(func(tx *Tx) error {
			return tx.Write(Letter{ID: id, TokenHash: hash, Created: noon, State: Due}, Letter{ID: id + "2", TokenHash: hash + "2", Created: noon, State: Due})
		})
	}
	write("a", "1")
	twin := write("a", "2")
	write("b", "3")
	b.l.serve(b.reqs)
	if b.reqs[0].err != nil || twin.err == nil || b.reqs[2].err != nil {
		t.Errorf("%v, %v, %v", b.reqs[0].err, twin.err, b.reqs[2].err)
	}
	xs, err := b.l.Letters(t.Context(), "")
	if err != nil || len(xs) != 4 {
		t.Errorf("%d letters, %v", len(xs), err)
	}
}

// Several that fail after they wrote cost the others nothing but time.
func TestManyFail(t *testing.T) {
	b := newBatch(t)
	bad := errors.New("bad")
	var want []error
	for i := range 20 {
		b.add(func(tx *Tx) error {
			if _, err := tx.exec(`INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3)`, fmt.Sprint(i), "", i); err != nil {
				return err
			}
			if i%5 == 0 {
				return bad
			}
			return nil
		})
		want = append(want, nil)
		if i%5 == 0 {
			want[i] = bad
		}
	}
	b.commit(want...)
	var n int
	if err := b.l.read.QueryRowContext(t.Context(), `SELECT count(*) FROM leases`).Scan(&n); err != nil || n != 16 {
		t.Errorf("%d leases, %v", n, err)
	}
}

// A database that is gone is everybody's error, at once.
func TestGone(t *testing.T) {
	b := newBatch(t)
	if err := b.l.write.Close(); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		b.add(func(*Tx) error { return nil })
	}
	b.l.serve(b.reqs)
	for i, r := range b.reqs {
		if r.err == nil {
			t.Errorf("decision %d was carried out", i)
		}
	}
}

// Places are counted in the order of their numbers, whatever the statement.
func TestPlain(t *testing.T) {
	for text, want := range map[string]string{
		"VALUES ($1,$2),($3,$4)":    "VALUES (?,?),(?,?)",
		"SET a = $1 WHERE b = $2":   "SET a = ? WHERE b = ?",
		"a = $1 OR $1 = ''":         "a = $1 OR $1 = ''",
		"SET a = $2 WHERE b = $1":   "SET a = $2 WHERE b = $1",
		"a <= $4 AND b <= $4":       "a <= $4 AND b <= $4",
		tuples(2, 6):                "(?,?,?,?,?,?),(?,?,?,?,?,?)",
		"nothing":                   "nothing",
		"a = $1 AND b = $2 OR $2=1": "a = $1 AND b = $2 OR $2=1",
	} {
		if got := plain(text); got != want {
			t.Errorf("%s: %s, want %s", text, got, want)
		}
	}
}

func TestStamp(t *testing.T) {
	last := ""
	for at := noon; at.Before(noon.AddDate(200, 0, 0)); at = at.Add(time.Duration(1+at.Unix()%1000) * 10 * time.Hour) {
		s := Stamp(at)
		if len(s) != 9 || s <= last {
			t.Fatalf("%v: %q after %q", at, s, last)
		}
		last = s
	}
}
