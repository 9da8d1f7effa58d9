package message_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Checking signatures starts goroutines; none may be left behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
