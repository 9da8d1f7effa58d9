package ledger

import (
	"database/sql"
	"errors"
	"path/filepath"
	"strings"
	"testing"
)

// Each setting that durability rests on is needed: a data source name without
// it, or with it misspelt, which the driver ignores, is refused before anything
// is written.
func TestUnsafeSettingsAreRefused(t *testing.T) {
	for _, wrong := range []struct{ from, to string }{
		{"synchronous(FULL)", "synchronous(NORMAL)"},
		{"synchronous(FULL)", "synchronous(OFF)"},
		{"synchronous(FULL)", "synchronous(EXTRAA)"},
		{"journal_mode(WAL)", "journal_mode(MEMORY)"},
		{"_pragma=journal_mode", "_pragm=journal_mode"}, // what the driver does not know it ignores
		{"&_pragma=journal_mode(WAL)", ""},
		{"&_pragma=foreign_keys(1)", ""},
	} {
		path := filepath.Join(t.TempDir(), "wrong.db")
		name := strings.Replace(sqliteName(path, "&_txlock=immediate"), wrong.from, wrong.to, 1)
		if err := readyWith(t, name); !errors.Is(err, ErrSchema) {
			t.Errorf("%q for %q: %v, want ErrSchema", wrong.to, wrong.from, err)
		}
	}
	right := sqliteName(filepath.Join(t.TempDir(), "right.db"), "&_txlock=immediate")
	if err := readyWith(t, right); err != nil {
		t.Errorf("the right name: %v", err)
	}
}

// readyWith opens a ledger by its data source name. It reports a ledger that
// was refused and has tables all the same.
func readyWith(t *testing.T, name string) error {
	t.Helper()
	db, err := sql.Open("sqlite", name)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	l := &Ledger{d: sqlite, write: db, read: db}
	refused := l.ready(t.Context())
	var tables int
	if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM sqlite_schema").Scan(&tables); err != nil {
		t.Fatal(err)
	}
	if refused != nil && tables > 0 {
		t.Errorf("%s: refused after %d tables were made", name, tables)
	}
	return refused
}

// The questions that are asked every second go through the partial indexes, so
// that they cost the same with a million alarms as with ten.
func TestDueWindowUsesItsIndexes(t *testing.T) {
	l, err := Open(t.Context(), filepath.Join(t.TempDir(), "desk.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for text, index := range map[string]string{
		anyUpcoming:            "USING INDEX jobs_unoffered (due_at<?)",
		offerUpcoming(sqlite):  "USING INDEX jobs_unoffered (due_at<?)",
		listOverdue:            "USING INDEX jobs_due (due_at<?)",
		countOverdue:           "USING INDEX jobs_due (due_at<?)",
		countAwaiting:          "USING INDEX jobs_due (due_at>? AND due_at<?)",
		resume:                 "USING INDEX jobs_due (due_at>? AND due_at<?)",
		ringingSelect + "($1)": "USING INDEX sqlite_autoindex_jobs_1 (id=?)",
		"UPDATE " + settleText + places(2, 3) + ")": "USING INDEX sqlite_autoindex_jobs_1 (id=?)",
		listClocked:   "USING INDEX sqlite_autoindex_cases_1 (ref>?)",
		letterByToken: "USING INDEX letters_token (token_hash=?)",
		roundDue:      "USING INDEX jobs_round (subject=?)",
		nextOfAll:     "INDEX jobs_", // a partial one: what is done is not read
	} {
		if plan := explain(t, l, text); !strings.Contains(plan, index) || strings.Contains(plan, "SCAN jobs\n") {
			t.Errorf("%s\n%s\nwant %s", text, plan, index)
		}
	}
}

func explain(t *testing.T, l *Ledger, text string) (plan string) {
	t.Helper()
	args := make([]any, strings.Count(text, "$"))
	rows, err := l.write.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+text, args...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	err = each(rows, func() error {
		var id, parent, unused int
		var detail string
		err := rows.Scan(&id, &parent, &unused, &detail)
		plan += detail + "\n"
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
