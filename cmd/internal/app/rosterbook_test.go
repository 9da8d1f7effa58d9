package app

import (
	"path/filepath"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// What mails told of absences is shown beside what the council wrote down.
func TestRosterBook(t *testing.T) {
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	now := time.Now().UTC().Truncate(time.Second)
	away := casefile.Absence{Term: casefile.Term{From: now.Add(-time.Hour), Until: now.Add(time.Hour)}, Person: "la"}
	if err := l.Update(t.Context(), func(tx *ledger.Tx) error { return tx.AddAbsence(away, "arrival") }); err != nil {
		t.Fatal(err)
	}
	r := Reader{Ledger: l, Rules: Rules(council())}
	hs, err := r.Holders(t.Context(), now)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]Holder{}
	for _, h := range hs {
		got[h.Role] = h
	}
	for role, want := range map[string]Holder{"lead": {"service", "lead", "cover", "Cover", false}, "la-lead": {"", "la-lead", "la", "LA", true}, "executive": {Role: "executive"}} {
		if got[role] != want {
			t.Errorf("%s: %+v, want %+v", role, got[role], want)
		}
	}
	ws, err := r.Warnings(t.Context(), now)
	if err != nil || len(ws) == 0 {
		t.Fatalf("%+v, %v", ws, err)
	}
	found := false
	for _, w := range ws {
		found = found || w.What == "away" && w.Person == "la" && w.Learnt && w.Until != nil && w.Until.Equal(now.Add(time.Hour))
	}
	if !found {
		t.Errorf("%+v", ws)
	}
}
