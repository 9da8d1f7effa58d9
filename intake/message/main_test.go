package message_test

import (
	"testing"

	"go.uber.org/goleak"
)

// Reading starts no goroutine, and no library it uses may leave one behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }
