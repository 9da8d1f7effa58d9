package demo

import (
	"errors"
	"strings"
	"testing"

	"dutydesk/workflow/reply"
)

// sent composes a draft, sends it and reads it as its recipient does.
func sent(t *testing.T, c *Council, d Draft, person string) Mail {
	t.Helper()
	if err := c.Write(t.Context(), d); err != nil {
		t.Fatal(err)
	}
	box, err := c.Box(t.Context(), person)
	if err != nil || len(box) == 0 {
		t.Fatalf("%s has no mail: %v", person, err)
	}
	return box[len(box)-1]
}

func TestConcernArrivesAsWritten(t *testing.T) {
	c := newCouncil(t)
	m := sent(t, c, concern(), deskID)
	if m.Text != storyText || m.Subject != storySubject || m.Sender().Addr != "robin.ellis@mail.example" || len(m.Defects) > 0 {
		t.Errorf("read %q, %q from %v, %v", m.Subject, m.Text, m.Sender(), m.Defects)
	}
	if len(m.Attachments) != 1 || m.Attachments[0].Name != storyFile || m.Attachments[0].SHA256 != digest([]byte(storyProof)) {
		t.Errorf("attachments: %+v", m.Attachments)
	}
	copies, err := c.Folder(t.Context(), "learner", Sent)
	if err != nil || len(copies) != 1 || copies[0].Text != storyText || !copies[0].Seen {
		t.Errorf("sent mail: %+v, %v", copies, err)
	}
}

func TestReplyIsAReply(t *testing.T) {
	c := newCouncil(t)
	letter := sent(t, c, Draft{From: deskID, To: "joe.brennan@northgate.example", Subject: "Safeguarding SG-1", Text: "CLOSE\nPlease acknowledge.\n"}, "deputy")
	m := sent(t, c, Reply("deputy", letter, "ACK\n"), deskID)
	if m.Subject != "Re: Safeguarding SG-1" || len(m.InReplyTo) != 1 || m.InReplyTo[0] != letter.MessageID || m.References[len(m.References)-1] != letter.MessageID {
		t.Errorf("%q answers %v, refers to %v; the letter is %s", m.Subject, m.InReplyTo, m.References, letter.MessageID)
	}
	if !strings.Contains(m.Text, "> CLOSE\n> Please acknowledge.") {
		t.Errorf("the letter is not quoted: %q", m.Text)
	}
	if r := reply.Parse(m.Text); len(r.Words) != 1 || r.Words[0].Verb != "ACK" || r.Note != "" {
		t.Errorf("the desk would read %+v", r)
	}
	again := Reply("deputy", m, "")
	if again.Subject != m.Subject {
		t.Errorf("a second reply has the subject %q", again.Subject)
	}
}

// What people type into a form never becomes a header of its own.
func TestFormsCannotInjectHeaders(t *testing.T) {
	c := newCouncil(t)
	d := Draft{From: "learner", To: DeskAddress, Subject: "help\r\nBcc: all@council.example\r\n\r\nbody", Text: "x",
		Files: []File{{Name: "a\"\r\nX-Evil: 1\r\n.txt", Type: "text/plain\r\nX-Evil: 1", Body: []byte("y")}}}
	m := sent(t, c, d, deskID)
	if strings.Contains(string(m.Raw), "\r\nBcc:") || strings.Contains(string(m.Raw), "\r\nX-Evil") {
		t.Errorf("a header was injected:\n%s", m.Raw)
	}
	for _, to := range []string{"", "no address", "a@b.example\r\nBcc: c@d.example", "a@b.example, c@d.example"} {
		d.To = to
		if err := c.Write(t.Context(), d); !errors.Is(err, ErrAddress) {
			t.Errorf("to %q: %v", to, err)
		}
	}
}
