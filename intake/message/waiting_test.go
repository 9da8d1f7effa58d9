package message

import (
	"strings"
	"testing"
)

// What waits to be decoded is never more than may be said, and nothing of it is
// forgotten.
func TestElsewhereWaits(t *testing.T) {
	m := Message{elsewhere: elsewhere{most: 40}}
	for _, raw := range []string{"<p>first of them</p>", "<p>second one</p>", "<p>third</p>"} {
		if m.elsewhere.wait(said{"html", "utf-8", []byte(raw)}); m.elsewhere.held > 40 {
			t.Errorf("%d bytes wait", m.elsewhere.held)
		}
	}
	if words := strings.Join(m.Elsewhere(), "|"); words != "first of them|second one|third" || len(m.elsewhere.waiting) != 0 {
		t.Errorf("said %q", words)
	}
	if again := m.Elsewhere(); len(again) != 3 {
		t.Errorf("asked again: %q", again)
	}
}
