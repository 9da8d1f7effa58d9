package webform_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"dutydesk/intake/message"
	"dutydesk/notify/outbox"
	"dutydesk/workflow/ledger"
)

// The lead's letter about a report by the form has the reporter's own words, says
// how they came and which files are held, and holds no byte of those.
func TestLeadsLetter(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no", "danger": "unsure"})).get("/r/22").upload("chat.txt", []byte("FILE-BYTES")).get("/r/23").send()
	letters := &letterbox{}
	o := w.desk.Office
	writer := &outbox.Writer{Ledger: w.desk.Ledger, Store: w.desk.Store, Roster: council(), Rules: o.Rules, Key: o.Key, Service: "Safeguarding desk", Address: "safeguarding@council.example",
		Host: "council.example", Zone: time.UTC, Now: w.now}
	box := &outbox.Box{Ledger: w.desk.Ledger, Store: w.desk.Store, Writer: writer, Sender: letters, Now: w.now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Count: func(ledger.LetterState, bool) {}, Answer: func(error) {}}
	xs, err := w.desk.Ledger.Letters(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range xs {
		if err := box.Send(t.Context(), x.JobID()); err != nil {
			t.Errorf("%s: %v", x.Person, err)
		}
	}
	if len(letters.sent) != 2 {
		t.Fatalf("%d letters", len(letters.sent))
	}
	for _, raw := range letters.sent {
		text := message.Read(t.Context(), bytes.NewReader(raw), int64(len(raw))).Text
		for _, want := range []string{b.ref(), "by web form", "IN DANGER NOW: NOT SURE", "They post pictures of me every day.", "chat.txt"} {
			if !strings.Contains(text, want) {
				t.Errorf("the letter does not say %q:\n%s", want, text)
			}
		}
		if bytes.Contains(raw, []byte("FILE-BYTES")) {
			t.Error("the letter holds a file")
		}
	}
}

// letterbox implements outbox.Sender.
type letterbox struct{ sent [][]byte }

func (b *letterbox) Send(_ context.Context, _, _ string, raw []byte) error {
	b.sent = append(b.sent, bytes.Clone(raw))
	return nil
}
