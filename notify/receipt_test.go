package notify_test

import (
	"regexp"
	"strings"
	"testing"

	"dutydesk/notify"
	"dutydesk/notify/mailer"
)

// V24: a receipt has the reference, the same words for everybody, and nothing of
// the report, of a colleague, or to answer with; it asks no machine for an answer.
func TestV24ReceiptTellsNothing(t *testing.T) {
	f := facts(notify.Receipt)
	f.To = notify.Person{Address: "learner@college.example", Name: "CANARY"}
	f.Words, f.Reason, f.By, f.Org, f.Severity = "CANARY-words", "CANARY-reason", "CANARY-by", "CANARY-org", "S1"
	f.Exhibits = []notify.Exhibit{{Name: "CANARY-file", Size: 5}}
	l := compose(t, f)
	raw, err := mailer.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	all := string(raw) + l.Text + l.HTML
	for _, never := range []string{"CANARY", "Reply-To:", "In-Reply-To:", "References:", "mailto:", notify.Marker, "afeguarding lead", "Severity", "Received:"} {
		if strings.Contains(all, never) {
			t.Errorf("the receipt holds %q:\n%s", never, l.Text)
		}
	}
	if l.ReplyTo != "" || l.Subject != "We have your message (SG-7K3F9)" || !strings.HasPrefix(l.Text, "If you or somebody else is in danger now, call 999.") {
		t.Errorf("%q\n%s", l.Subject, l.Text)
	}
	for _, field := range []string{"Auto-Submitted: auto-replied", "X-Auto-Response-Suppress: All", "To: <learner@college.example>"} {
		if !strings.Contains(string(raw), field+"\r\n") {
			t.Errorf("no %s in\n%s", field, raw)
		}
	}
	if seen := regexp.MustCompile(token).FindAllString(strings.ReplaceAll(string(raw), "=\r\n", ""), -1); len(seen) != 1 {
		t.Errorf("the name that a bounce brings back stands there %d times", len(seen))
	}
	f.Inline = true
	if inline := compose(t, f); !strings.Contains(inline.Text, "forward it to us once more as an attachment") || strings.Contains(l.Text, "forward it") {
		t.Errorf("%s", inline.Text)
	}
}
