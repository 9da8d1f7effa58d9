package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode"

	"dutydesk/cmd/internal/app"
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

// What a stranger wrote steers no terminal and fakes no line, in any text.
func TestTextIsVisible(t *testing.T) {
	for in, want := range map[string]string{
		"a\x1b[2Jb\x07": `a\x1b[2Jb\a`, "\u009b1m\x7f": `\u009b1m\x7f`, "x\u202egpj": `x\u202egpj`, "\u2066\u2028": `\u2066\u2028`,
		"\x9b\xff": "\ufffd\ufffd", "Zoë\tŁ\n字": "Zoë\tŁ\n字",
	} {
		if got := visible(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	d := newDesk(t, "embedded")
	raw := "From: =?utf-8?Q?S=1B[31mam=E2=80=AE?= <sam@college.example>\r\nSubject: =?utf-8?Q?a=1Bb?=\r\nMessage-ID: <a\u009b@b>\r\n" +
		"Content-Type: text/plain; charset=utf-8\r\n\r\nred \x1b[31m and \u202eback\r\n"
	d.take(raw)
	file := filepath.Join(d.dir, "a.eml")
	d.must(os.WriteFile(file, []byte(raw), 0o600))
	ref, id := rows[app.Case](d, "case", "list")[0].Ref, rows[app.Arrival](d, "arrivals", "list")[0].ID
	read, code := dutydesk(t, "mail", "read", file)
	if code != 0 || !strings.Contains(read, `<sam@college.example>`) || strings.Contains(read, "{") {
		t.Errorf("exit %d, %q", code, read)
	}
	for _, args := range []string{"case chronology " + ref, "case show " + ref, "arrivals show " + id, "arrivals list", "letters list"} {
		text, _ := d.run(strings.Fields(args)...)
		read += text
	}
	if i := strings.IndexFunc(read, func(r rune) bool { return r != '\n' && unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) }); i >= 0 {
		t.Errorf("%q", read[max(0, i-80):min(len(read), i+20)])
	}
}

// A file that cannot be opened keeps none of the others from being read.
func TestMailReadGoesOn(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.eml")
	if err := os.WriteFile(file, []byte("From: a@b.example\r\nSubject: here\r\n\r\ntext\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := dutydesk(t, "mail", "read", "/nonexistent", file); code != 65 || !strings.Contains(out, "here") || !strings.Contains(out, "no such file") {
		t.Errorf("exit %d, %q", code, out)
	}
}
