package ledger

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// alarms replaces what a case waits for. It returns the jobs that are set, and
// those that are answered: all it waited for and does not now, and the one that
// rang. An outcome that is about one stage leaves the alarms of others as they
// stand.
func (t *Tx) alarms(s *standing, out casefile.Outcome) (set []Job, settled []string) {
	was := strings.Fields(s.alarms)
	now := make([]string, 0, len(was)+len(out.Alarms))
	for _, id := range was {
		if stage, _, _ := alarmName(id); out.Stage != "" && stage != out.Stage {
			now = append(now, id)
		}
	}
	for _, a := range out.Alarms {
		j := alarmJob(a)
		if now = append(now, j.ID); !slices.Contains(was, j.ID) || j.ID == t.rang {
			set = append(set, j)
		}
	}
	if t.rang != "" {
		was = append(was, t.rang)
	}
	s.alarms = strings.Join(now, " ")
	return set, slices.DeleteFunc(was, func(id string) bool { return slices.Contains(now, id) })
}

// alarmJob is the job that rings a. Its id is the alarm itself, so that setting
// it again is no second alarm. The time comes first: alarms that are set one
// after another stand beside each other in the ledger.
func alarmJob(a casefile.Alarm) Job {
	stage := string(a.Stage)
	if a.Turn > 0 {
		stage += "~" + strconv.Itoa(a.Turn)
	}
	id := "alarm/" + Stamp(a.Due) + "/" + string(a.Ref) + "/" + stage + "/" + strconv.Itoa(a.Rung)
	return Job{ID: id, Kind: AlarmJob, Subject: string(a.Ref), Due: a.Due, Urgent: a.Stage == sla.Acknowledge}
}

// alarmName takes stage, turn and rung back out of an alarm's job id.
func alarmName(id string) (stage sla.Stage, turn, rung int) {
	id, last := cutLast(id)
	_, name := cutLast(id)
	rung, err := strconv.Atoi(last)
	if err != nil {
		return "", 0, 0
	}
	name, again, many := strings.Cut(name, "~")
	if turn, err = strconv.Atoi(again); many && err != nil {
		return "", 0, 0
	}
	return sla.Stage(name), turn, rung
}

func cutLast(s string) (before, after string) {
	if i := strings.LastIndexByte(s, '/'); i >= 0 {
		return s[:i], s[i+1:]
	}
	return s, ""
}

const stampDigits = "0123456789abcdefghjkmnpqrstvwxyz"

// Stamp is an instant, to the millisecond, as nine small letters and digits
// that sort as time goes by.
func Stamp(at time.Time) string {
	var s [9]byte
	for i, v := 8, at.UnixMilli(); i >= 0; i, v = i-1, v>>5 {
		s[i] = stampDigits[v&31]
	}
	return string(s[:])
}

// ringing is an alarm's job with its case.
type ringing struct {
	standing
	due, done int64
}

const ringingSelect = `SELECT id, ` + standingColumns + `, due_at, done_at FROM jobs JOIN cases ON ref = subject WHERE kind = 'alarm' AND id IN `

func scanRinging(row scanner) (id string, r ringing, err error) {
	r.standing, err = scanStanding(skipFirst{row, &id}, &r.due, &r.done)
	return id, r, err
}

// skipFirst reads the first column of a row for itself.
type skipFirst struct {
	row   scanner
	first any
}

func (s skipFirst) Scan(dest ...any) error { return s.row.Scan(append([]any{s.first}, dest...)...) }

// Ring is Update for a decision that answers the alarm which job id rings.
// Those that ring together are read together.
func (l *Ledger) Ring(ctx context.Context, id string, f func(*Tx) error) error {
	return l.update(&request{ctx: ctx, f: f, alarm: id})
}

// readAhead reads the alarms that a batch will ask for.
func (t *Tx) readAhead(batch []*request) error {
	var ids []any
	for _, r := range batch {
		if r.alarm != "" {
			ids = append(ids, r.alarm)
		}
	}
	t.before.ahead = make(map[string]ringing, len(ids))
	for n := 0; len(ids) > 1; ids = ids[n:] {
		n = portion(len(ids))
		if err := t.readThese(ids[:n]); err != nil {
			return err
		}
	}
	return nil
}

func (t *Tx) readThese(ids []any) error {
	rows, err := t.list(ringingSelect+"("+places(1, len(ids))+")", ids...)
	if err != nil {
		return err
	}
	return each(rows, func() error {
		id, r, err := scanRinging(rows)
		t.before.ahead[id] = r
		return err
	})
}

// Alarm reads the alarm that job id rings, and with it its case as
// [Tx.Case] does. It answers ErrDone or ErrEarly when there is nothing to ring
// at now.
func (t *Tx) Alarm(id string, now time.Time) (a casefile.Alarm, err error) {
	r, err := t.ringing(id)
	switch {
	case err != nil:
		return a, fmt.Errorf("alarm %s: %w", id, err)
	case r.done != 0:
		return a, ErrDone
	case r.due > ms(now):
		return a, ErrEarly
	}
	t.rang = id
	a = casefile.Alarm{Ref: r.Ref, Due: instant(r.due)}
	a.Stage, a.Turn, a.Rung = alarmName(id)
	return a, nil
}

// ringing reads an alarm's job as this commit has it so far.
func (t *Tx) ringing(id string) (ringing, error) {
	r, ok := t.before.ahead[id]
	if !ok || t.before.keys[id] || t.own.keys[id] {
		row := t.rowKey(id, ringingSelect+"($1)"+t.l.d.lockCase, id)
		var err error
		if _, r, err = scanRinging(row); err != nil {
			return r, err
		}
	}
	if _, newer := t.before.cases[r.Ref]; !newer {
		t.know(r.standing)
	}
	return r, nil
}
