package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The names that others read a mail by: each is there whatever the mail lacks,
// lists are never null, and an unknown date is.
func TestMailReadNames(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.eml")
	if err := os.WriteFile(file, []byte("DKIM-Signature: v=1; d=college.example; s=s1; b=x\r\nFrom: a@b.example\r\n\r\nbegin 644 a\r\n#0V%T\r\n`\r\nend\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := dutydesk(t, "mail", "read", file, "--json")
	var m map[string]any
	if err := json.Unmarshal([]byte(out), &m); err != nil || code != 0 {
		t.Fatalf("%d, %v: %s", code, err, out)
	}
	for _, name := range strings.Fields("sha256 size from to cc reply_to subject date message_id in_reply_to references text html_only attachments machine bounce dkim defects grade") {
		if v, ok := m[name]; !ok || v == nil && name != "date" {
			t.Errorf("%s: %v", name, v)
		}
	}
	if m["date"] != nil {
		t.Errorf("date: %v", m["date"])
	}
	attachment := m["attachments"].([]any)[0].(map[string]any)
	for _, name := range strings.Fields("name declared_type sniffed_type size sha256 part how defects") {
		if v, ok := attachment[name]; !ok || v == nil {
			t.Errorf("attachments.%s: %v", name, v)
		}
	}
	machine, defect := m["machine"].(map[string]any), m["defects"].([]any)[0].(map[string]any)
	if machine["class"] != "person" || machine["why"] != "" || defect["code"] == "" || defect["offset"] == nil {
		t.Errorf("%v, %v", machine, defect)
	}
	out, _ = dutydesk(t, "mail", "read", file)
	if !strings.Contains(out, "college.example by s1: not checked") || !strings.Contains(out, "evidence original") {
		t.Errorf("%s", out)
	}
}
