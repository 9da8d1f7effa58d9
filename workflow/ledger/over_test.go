package ledger

import (
	"strings"
	"testing"

	"dutydesk/workflow/casefile"
)

// What the ledger lists as over is what the case file calls so.
func TestOver(t *testing.T) {
	for _, s := range casefile.States() {
		if listed := strings.Contains(over, "'"+string(s)+"'"); listed != s.Over() {
			t.Errorf("%s: listed %v, over %v", s, listed, s.Over())
		}
	}
}
