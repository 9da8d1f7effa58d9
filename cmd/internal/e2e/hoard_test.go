package e2e

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
	"dutydesk/workflow/sla/policy"
)

// follow makes the world's cases run by a policy: the default in real time, so
// that the stories are the same at every hour, and changed by change. unit is
// how long an hour of it takes; a day has 24.
func (w *world) follow(unit time.Duration, change func(*policy.Policy)) {
	w.t.Helper()
	p, err := policy.Default()
	w.must(err)
	p.Stages = slices.DeleteFunc(slices.Clone(p.Stages), func(t sla.Term) bool { return t.OutOfHours })
	for i := range p.Stages {
		p.Stages[i].S = inRealTime(p.Stages[i].S, unit, time.Second)
	}
	p.Ladder = slices.DeleteFunc(p.Ladder, func(r policy.Rung) bool { return slices.Contains(r.Stages, sla.Screen) })
	p.Repeat, p.Stale = inRealTime(p.Repeat, unit, 5*time.Minute), inRealTime(p.Stale, unit, 5*time.Minute)
	if change != nil {
		change(&p)
	}
	file := filepath.Join(w.dir, "policy.toml")
	w.must(os.WriteFile(file, []byte(p.String()), 0o600))
	if !strings.Contains(w.settings(), file) {
		w.replace("[sla]\nacknowledge = \"1h\"\n", fmt.Sprintf("[sla]\npolicy = %q\n", file))
	}
}

// inRealTime are allowances without opening hours, none but 0 below least.
func inRealTime(s policy.BySeverity, unit, least time.Duration) policy.BySeverity {
	for i, a := range s {
		var n int
		var of string
		if _, err := fmt.Sscanf(a.String(), "%d%s", &n, &of); err != nil || n == 0 {
			continue
		}
		s[i] = sla.Elapsed(max(least, time.Duration(n)*map[string]time.Duration{"wd": 24 * unit, "wh": unit, "h": unit, "m": unit / 60}[of]))
	}
	return s
}

// moulds is how many cases a hoard is made from: each came in at another time of
// the twenty hours before.
const moulds = 100

// hoard fills the ledger of a desk that does not run with n open cases, as they
// stand at now: somebody took each and began, and the clocks of its other stages
// run. A few are told by the office itself, and the database copies those.
func (w *world) hoard(n int, now time.Time) {
	w.t.Helper()
	at := now
	a := w.open(w.t, app.Clock{Now: func() time.Time { return at }, Wait: time.Until})
	a.Office.Reminder = silent{}
	for i := range min(moulds, n) {
		received := now.Add(-20 * time.Hour * time.Duration(i) / moulds).Truncate(time.Millisecond)
		at = received
		c := w.opened(a, fmt.Sprintf("mould%05d", i), received)
		w.begun(a, c, received.Add(time.Minute))
	}
	w.rung(a, &at, now)
	w.must(a.Close())
	w.copied(n)
}

// opened opens the case of a concern of this name.
func (w *world) opened(a *app.App, name string, received time.Time) casefile.Ref {
	w.t.Helper()
	w.must(openArrival(w.t.Context(), a, ledger.Arrival{ID: name, Door: "mail", Mailbox: "main", Key: "main/1/" + name, SHA256: name, Received: received}))
	x, err := a.Ledger.Arrival(w.t.Context(), name)
	w.must(err)
	return x.Case
}

// begun has the lead take a case and write a note.
func (w *world) begun(a *app.App, ref casefile.Ref, at time.Time) {
	w.t.Helper()
	rules := a.Office.Rules
	rules.Roster = rules.Roster.On(at)
	w.must(a.Ledger.Update(w.t.Context(), func(tx *ledger.Tx) error {
		for _, v := range []casefile.Verb{casefile.Acknowledge, casefile.Note} {
			c, err := tx.Case(ref)
			if err != nil {
				return err
			}
			out, err := c.Obey(casefile.Command{By: "lead", Verb: v, Text: "began"}, rules, at)
			if err = errors.Join(err, tx.Store(out, nil, at)); err != nil {
				return err
			}
		}
		return nil
	}))
}

// rung answers all alarms that are due by now, each at its time.
func (w *world) rung(a *app.App, at *time.Time, now time.Time) {
	w.t.Helper()
	for {
		due, err := a.Ledger.Overdue(w.t.Context(), now, now, 10_000)
		w.must(err)
		due = slices.DeleteFunc(due, func(j ledger.Job) bool { return j.Kind != ledger.AlarmJob })
		if len(due) == 0 {
			*at = now
			w.must(a.Office.Beat(w.t.Context(), false))
			return
		}
		for _, j := range due {
			*at = j.Due
			if err := a.Office.Elapse(w.t.Context(), j.ID); err != nil && !errors.Is(err, ledger.ErrDone) {
				w.t.Fatal(err)
			}
		}
	}
}

// copied makes n cases of those that there are. The letters that told of them
// were sent.
func (w *world) copied(n int) {
	w.t.Helper()
	db := w.database()
	defer db.Close()
	tx, err := db.BeginTx(w.t.Context(), nil)
	w.must(err)
	do := func(text string, args ...any) {
		w.t.Helper()
		if _, err := tx.ExecContext(w.t.Context(), text, args...); err != nil {
			w.t.Fatalf("%s: %v", text, err)
		}
	}
	do(`UPDATE letters SET state = 'sent', sent_at = created_at`)
	do(`UPDATE jobs SET done_at = due_at WHERE kind = 'letter'`)
	do(`CREATE TEMP TABLE mould AS SELECT ref, arrival, row_number() OVER () - 1 AS i FROM cases`)
	do(`CREATE TEMP TABLE made AS WITH RECURSIVE n (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM n WHERE n < $2 - 1)
		SELECT ref, arrival, 'SG-' || printf('%05d', n) AS new, n FROM n JOIN mould ON i = n % $1`, min(moulds, n), n)
	for _, t := range []struct{ name, of string }{{"arrivals", "id = made.arrival"}, {"cases", "cases.ref = made.ref"}, {"events", "case_ref = made.ref"},
		{"jobs", "subject = made.ref AND kind = 'alarm' AND done_at = 0"}} {
		columns, values := w.copying(tx, t.name)
		do(`INSERT INTO ` + t.name + ` (` + columns + `) SELECT ` + values + ` FROM ` + t.name + ` JOIN made ON ` + t.of)
	}
	do(`DROP TABLE mould`)
	do(`DROP TABLE made`)
	w.must(tx.Commit())
}

// copying are the columns of a table, and what a copy has in them.
func (w *world) copying(tx *sql.Tx, table string) (columns, values string) {
	w.t.Helper()
	rows, err := tx.QueryContext(w.t.Context(), `SELECT name, type FROM pragma_table_info($1)`, table)
	w.must(err)
	defer rows.Close()
	var cs, vs []string
	for rows.Next() {
		var name, kind string
		w.must(rows.Scan(&name, &kind))
		v := table + "." + name
		if strings.EqualFold(kind, "text") {
			v = "replace(replace(" + v + ", made.ref, made.new), made.arrival, made.arrival || '-' || made.n)"
		}
		cs, vs = append(cs, name), append(vs, v)
	}
	w.must(rows.Err())
	return strings.Join(cs, ", "), strings.Join(vs, ", ")
}

// database is the ledger's own file.
func (w *world) database() *sql.DB {
	w.t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(w.dir, "data", "ledger.db")+"?_pragma=busy_timeout(10000)")
	w.must(err)
	db.SetMaxOpenConns(1)
	return db
}

// number asks the ledger's file for a number.
func (w *world) number(text string, args ...any) (n int64) {
	w.t.Helper()
	db := w.database()
	defer db.Close()
	w.must(db.QueryRowContext(w.t.Context(), text, args...).Scan(&n))
	return n
}
