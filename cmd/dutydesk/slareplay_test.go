package main

import (
	"context"
	"database/sql"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
	"dutydesk/config"
	"dutydesk/intake"
	"dutydesk/workflow/ledger"
)

// unanswered is a desk with one case that came in a week ago. Nobody has answered
// it, and every alarm since rang at its time.
func unanswered(t *testing.T) (d *desk, ref string) {
	d = newDesk(t, "embedded")
	cfg, err := config.Load(d.config, func(string) (string, bool) { return "", false })
	d.must(err)
	at := time.Now().Add(-7 * 24 * time.Hour).Truncate(time.Second)
	ctx := context.WithoutCancel(t.Context())
	a, err := app.New(ctx, cfg, app.Clock{Now: func() time.Time { return at }, Wait: time.Until}, slog.New(slog.DiscardHandler))
	d.must(err)
	d.must(a.Desk.Accept(ctx, intake.Delivery{Door: intake.Mail, Mailbox: "main", Key: "1", At: at, Body: strings.NewReader("From: learner@college.example\r\n\r\nplease\r\n")}))
	d.must(a.Desk.Dispose(ctx, d.owed(a, ledger.DisposeJob)[0].ID))
	for next := d.next(a); !next.Due.IsZero(); next = d.next(a) {
		at = next.Due
		d.must(a.Office.Elapse(ctx, next.ID))
	}
	d.must(a.Close())
	return d, rows[app.Case](d, "case", "list")[0].Ref
}

// next is the alarm that is due soonest, none if none is.
func (d *desk) next(a *app.App) (j ledger.Job) {
	d.t.Helper()
	jobs, err := a.Ledger.Overdue(d.t.Context(), time.Now(), time.Now(), 100_000)
	d.must(err)
	if i := slices.IndexFunc(jobs, func(j ledger.Job) bool { return j.Kind == ledger.AlarmJob }); i >= 0 {
		j = jobs[i]
	}
	return j
}

// tamper changes the ledger's file behind the desk's back.
func (d *desk) tamper(statements ...string) {
	d.t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(d.dir, "data", "ledger.db"))
	d.must(err)
	defer db.Close()
	for _, text := range statements {
		r, err := db.ExecContext(d.t.Context(), text)
		d.must(err)
		if n, err := r.RowsAffected(); err != nil || n == 0 && !strings.HasPrefix(text, "DROP") {
			d.t.Fatalf("%s changed nothing, %v", text, err)
		}
	}
}

// A case on which all went as its policy says is replayed without a difference.
// When somebody changed an event, the story or an alarm of it in the ledger, the
// exit code is 65 and the difference is named.
func TestSLAReplayFindsWhatWasChanged(t *testing.T) {
	const limit = `events WHERE verb = 'ELAPSE' AND note LIKE 'acknowledge 100\%' ESCAPE '\'`
	for name, tt := range map[string]struct {
		change []string
		want   string
	}{
		"untouched":                   {},
		"an event is earlier":         {[]string{`DROP TRIGGER events_keep`, `UPDATE ` + strings.Replace(limit, "WHERE", "SET at = at - 60000 WHERE", 1)}, `"acknowledge 100%": was told before its time`},
		"an event is gone":            {[]string{`DROP TRIGGER events_stay`, `DELETE FROM ` + limit}, `"acknowledge 100%": it was passed, and the chronology says nothing of it`},
		"an event is another":         {[]string{`DROP TRIGGER events_keep`, `UPDATE ` + strings.Replace(limit, "WHERE", "SET note = 'triage 33%' WHERE", 1)}, `"triage 33%": no clock has such a rung`},
		"an alarm is later":           {[]string{`UPDATE jobs SET due_at = due_at + 3600000 WHERE done_at = 0 AND kind = 'alarm' AND id LIKE '%/acknowledge/%'`}, `"alarm of acknowledge, turn 1`},
		"an alarm is called answered": {[]string{`UPDATE jobs SET done_at = due_at WHERE done_at = 0 AND kind = 'alarm' AND id LIKE '%/reporter-update/%'`}, `"alarm of reporter-update, turn 1, rung`},
		"an alarm is gone":            {[]string{`DELETE FROM jobs WHERE done_at = 0 AND kind = 'alarm' AND id LIKE '%/review/%'`}, `"alarm of review, turn 1, rung`},
		"the case waits for none":     {[]string{`UPDATE cases SET alarms = ''`}, `no alarm is set for it`},
		"it is graded otherwise":      {[]string{`UPDATE cases SET severity = 'S4', story = opened_at || ' graded S3 S2' || char(10)`}, `"severity S4": the events lead to S3`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d, ref := unanswered(t)
			if len(tt.change) > 0 {
				d.tamper(tt.change...)
			}
			text, code := d.run("sla", "replay", ref)
			if tt.want == "" && (code != 0 || strings.Contains(text, "differs")) {
				t.Errorf("exit %d:\n%s", code, text)
			}
			if tt.want != "" && (code != 65 || !strings.Contains(text, tt.want)) {
				t.Errorf("exit %d, want %q in\n%s", code, tt.want, text)
			}
			if _, as := d.run("sla", "replay", ref, "--json"); as != code {
				t.Errorf("with --json exit %d, without %d", as, code)
			}
		})
	}
}
