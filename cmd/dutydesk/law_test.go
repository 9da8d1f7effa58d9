package main

import (
	"encoding/json"
	"strings"
	"testing"

	"dutydesk/workflow/casefile/law"
)

// Hints are for the day on which it happened, and always only possible.
func TestLawHints(t *testing.T) {
	text, code := dutydesk(t, "law", "hints", "--form", "sxt", "--flag", "U18", "--on", "2026-11-22", "--json")
	var hs []law.Hint
	if err := json.Unmarshal([]byte(text), &hs); err != nil || code != 0 || len(hs) < 3 {
		t.Fatalf("exit %d, %v, %s", code, err, text)
	}
	for _, h := range hs {
		if !strings.HasPrefix(h.Label, "possible") || h.Version == "" || h.Source == "" {
			t.Errorf("%+v", h)
		}
	}
	if text, code := dutydesk(t, "law", "hints", "--form", "THR", "--on", "2020-11-22"); code != 0 || strings.Contains(text, "OSA23") || !strings.Contains(text, "police and CPS decide") || !strings.Contains(text, "Not legal advice") {
		t.Errorf("exit %d, %s", code, text)
	}
	if text, code := dutydesk(t, "law", "hints", "--flag", "LIVE", "--json"); code != 0 || strings.TrimSpace(text) != "[]" {
		t.Errorf("exit %d, %s", code, text)
	}
	for _, wrong := range [][]string{{}, {"--form", "NONE"}, {"--form", "THR", "--on", "yesterday"}} {
		if text, code := dutydesk(t, append([]string{"law", "hints"}, wrong...)...); code != 64 {
			t.Errorf("%v: exit %d, %s", wrong, code, text)
		}
	}
}

// The list says what became of the policy's five acts, and on --on only what is
// in force then.
func TestLawList(t *testing.T) {
	text, code := dutydesk(t, "law", "list")
	if code != 0 || !strings.Contains(text, "Malicious Communications Act 1988: Only grossly offensive") || !strings.Contains(text, "SOA03-66E") {
		t.Errorf("exit %d, %s", code, text)
	}
	if text, code := dutydesk(t, "law", "list", "--on", "2020-01-01"); code != 0 || strings.Contains(text, "\nOSA23-181 ") || !strings.Contains(text, "\nCJCA15-33 ") {
		t.Errorf("exit %d, %s", code, text)
	}
}
