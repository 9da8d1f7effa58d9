package e2e

import (
	"slices"
	"strings"
	"testing"

	"dutydesk/cmd/internal/app"
	"dutydesk/cmd/internal/realtest"
	"dutydesk/config"
	"dutydesk/intake/evidence"
	"dutydesk/workflow/ledger/ledgertest"
)

func TestSchemasOnPostgres(t *testing.T) {
	url := realtest.Postgres(t, "fsync=on", "synchronous_commit=on").Database()
	ledgertest.Schemas(t, openLedger(t, url), rawPostgres(t, url))
}

// A fresh database is no fault before the first run, and one beside evidence; a
// refusal says nothing of the URL, which may hold a password.
func TestDoctorOnAFreshPostgres(t *testing.T) {
	cfg := &config.Config{Data: t.TempDir()}
	cfg.Ledger.URL = realtest.Postgres(t, "fsync=on", "synchronous_commit=on").Database()
	of := func() []app.Finding {
		return slices.DeleteFunc(app.Doctor(t.Context(), cfg), func(f app.Finding) bool { return !strings.Contains(f.What, "ledger") })
	}
	if found := of(); len(found) != 2 || found[0].Grade != app.OK || found[1].Grade != app.Warn || !strings.Contains(found[1].Why, "first run") {
		t.Errorf("fresh: %+v", found)
	}
	s, err := evidence.Open(cfg.EvidenceDir())
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if _, err := s.Seal(t.Context(), strings.NewReader("kept")); err != nil {
		t.Fatal(err)
	}
	if found := of(); len(found) != 1 || found[0].Grade != app.Fail || strings.Contains(found[0].What, "postgres://") {
		t.Errorf("beside evidence: %+v", found)
	}
}
