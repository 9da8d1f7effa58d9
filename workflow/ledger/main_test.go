package ledger_test

import (
	"os"
	"testing"

	"go.uber.org/goleak"
)

// TestMain is also the process that TestF22KilledWhileWriting kills.
func TestMain(m *testing.M) {
	if path := os.Getenv(childLedger); path != "" {
		writeForEver(path)
	}
	goleak.VerifyTestMain(m)
}
