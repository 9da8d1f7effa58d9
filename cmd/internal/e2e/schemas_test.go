package e2e

import (
	"testing"

	"dutydesk/cmd/internal/realtest"
	"dutydesk/workflow/ledger/ledgertest"
)

func TestSchemasOnPostgres(t *testing.T) {
	url := realtest.Postgres(t, "fsync=on", "synchronous_commit=on").Database()
	ledgertest.Schemas(t, openLedger(t, url), rawPostgres(t, url))
}
