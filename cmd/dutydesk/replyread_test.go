package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// readJSON runs reply read on one mail.
func readJSON(t *testing.T, raw string) (r readReply, line string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "a.eml")
	if err := os.WriteFile(file, []byte(raw), 0o600); err != nil {
		t.Fatal(err)
	}
	line, code := dutydesk(t, "reply", "read", file, "--json")
	if err := json.Unmarshal([]byte(line), &r); err != nil || code != 0 || strings.Count(line, "\n") != 1 {
		t.Fatalf("%d, %v: %s", code, err, line)
	}
	return r, line
}

// What a reply says is there under its names, whatever the reply lacks, and lists
// are never null.
func TestReplyRead(t *testing.T) {
	const head = "From: a@b.example\r\nTo: desk@council.example\r\nSubject: x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
	r, line := readJSON(t, head+"GRADE S1 because he knows\r\nNOTE rang her\r\nShe is well.\r\n\r\n-- \r\nAmy\r\n\r\nOn 26 Nov 2026, at 10:00, Desk <d@c.example> wrote:\r\n> CLOSE\r\n")
	if r.Verb != "GRADE" || r.Argument != "S1 because he knows" || len(r.Commands) != 2 || r.Commands[0].Severity != "S1" || r.Note != "She is well." ||
		!strings.HasPrefix(r.Text, "GRADE") || !strings.HasSuffix(r.Text, "well.") || r.Signature != "-- \nAmy" || !strings.HasSuffix(r.Quoted, "> CLOSE") || r.Machine || r.Why != "" {
		t.Errorf("%s", line)
	}
	_, line = readJSON(t, head)
	var names map[string]any
	if err := json.Unmarshal([]byte(line), &names); err != nil {
		t.Fatal(err)
	}
	for _, name := range strings.Fields("file verb argument commands text note signature quoted unknown nearest machine why") {
		if v, ok := names[name]; !ok || v == nil {
			t.Errorf("%s: %v", name, v)
		}
	}
}

// Why a reply gives no command is said.
func TestReplyReadWhy(t *testing.T) {
	for raw, want := range map[string]string{
		"From: a@b.example\r\n\r\ncolse\r\n":                                    "the nearest is CLOSE",
		"From: a@b.example\r\n\r\nI rang her.\r\n":                              "the first line is no command",
		"From: a@b.example\r\n\r\n> CLOSE\r\n":                                  "nothing is said",
		"From: a@b.example\r\nAuto-Submitted: auto-replied\r\n\r\nACK\r\n":      "written by a machine: auto-reply",
		"From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p hidden>ACK</p>": "nothing is said",
	} {
		if r, line := readJSON(t, raw); !strings.Contains(r.Why, want) || r.Verb != "" || len(r.Commands) != 0 || r.Machine != strings.Contains(want, "machine") {
			t.Errorf("%q: %s", raw, line)
		}
	}
}

// A reply that is only HTML is read like any other, in the way each program
// writes it.
func TestReplyReadHTML(t *testing.T) {
	const marker = "-- please write above this line --"
	for program, body := range map[string]string{
		"Outlook":          `<div class="WordSection1"><p class="MsoNormal">ACK<o:p></o:p></p><p class="MsoNormal">She is well.</p><div style="border-top:solid #E1E1E1 1.0pt"><p class="MsoNormal"><b>From:</b> Desk &lt;d@c.example&gt; <br><b>Sent:</b> 26 November 2026 10:00<br><b>To:</b> Amy<br><b>Subject:</b> x</p></div><p>CLOSE because</p></div>`,
		"Outlook web":      `<div>ACK</div><div>She is well.</div><div id="appendonsend"></div><hr tabindex="-1"><div id="divRplyFwdMsg"><b>Von:</b> Desk<br><b>Gesendet:</b> Donnerstag, 26. November 2026 10:00<br><b>An:</b> Amy<br></div><div>CLOSE because</div>`,
		"Gmail":            `<div dir="ltr">ACK<br>She is well.</div><br><div class="gmail_quote"><div class="gmail_attr">On Thu, 26 Nov 2026 at 10:00, Desk &lt;<a href="mailto:d@c.example">d@c.example</a>&gt; wrote:<br></div><blockquote>CLOSE because</blockquote></div>`,
		"Apple Mail":       `<div>ACK</div><div>She is well.</div><div><br><blockquote type="cite"><div>Ar 26 Tach 2026, am 10:00, ysgrifennodd Desk &lt;d@c.example&gt;:</div><br><div>CLOSE because</div></blockquote></div>`,
		"Thunderbird":      `<p>ACK<br>She is well.</p><div class="moz-cite-prefix">W dniu 26.11.2026 o 10:00, Desk pisze:<br></div><blockquote type="cite">CLOSE because</blockquote>`,
		"written below":    `<div>On 26/11/2026 10:00, Desk wrote:<br></div><blockquote type="cite"><p>New concern</p><p>` + marker + `</p><p>CLOSE because</p></blockquote><p>ACK<br>She is well.</p>`,
		"a program unseen": `<p>ACK<br>She is well.</p><p>` + marker + `</p><p>CLOSE because</p>`,
	} {
		r, line := readJSON(t, "From: a@b.example\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body>"+body+"</body></html>")
		if len(r.Commands) != 1 || r.Verb != "ACK" || r.Note != "She is well." || !strings.Contains(r.Quoted, "CLOSE") || strings.Contains(r.Text, "Desk") {
			t.Errorf("%s: %s", program, line)
		}
	}
}

// What a mail program hides is no command, and none of the text is left out.
func TestReplyReadHidden(t *testing.T) {
	r, line := readJSON(t, "From: a@b.example\r\nContent-Type: text/html\r\n\r\n<p>ACK</p><p hidden>CLOSE because</p><p>I rang her.</p>")
	if len(r.Commands) != 1 || r.Verb != "ACK" || !strings.Contains(r.Note, "CLOSE because") || !strings.Contains(r.Note, "I rang her.") {
		t.Errorf("%s", line)
	}
}

// Without --json the commands and the text are printed for people.
func TestReplyReadForPeople(t *testing.T) {
	file := filepath.Join(t.TempDir(), "a.eml")
	if err := os.WriteFile(file, []byte("From: a@b.example\r\n\r\nHOLD for a week\r\nmore\x1b[31m\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	out, code := dutydesk(t, "reply", "read", "/nonexistent", file)
	if code != 65 || !strings.Contains(out, "command  HOLD for a week") || !strings.Contains(out, "wants    until, because") || strings.Contains(out, "\x1b") {
		t.Errorf("exit %d, %q", code, out)
	}
}
