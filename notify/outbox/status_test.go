package outbox_test

import (
	"strings"
	"testing"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
)

// Whoever asks how a case stands reads what is due and what happened last. Only
// a full letter has what people said and who is kept from the case.
func TestStatusAtTheDisclosureOfWhoAsks(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("Person manager waits for me at the gate"))
	d.pass(0)
	for _, person := range []string{"lead", "deputy"} {
		d.reply(person, "NOTE rang her, canary-note of "+person)
	}
	for _, person := range []string{"lead", "deputy"} {
		d.reply(person, "STATUS")
		d.pass(d.now().Sub(noon))
		text := plain(t, d.exhibit(d.letter(person, workflow.StatusLetter).SHA256))
		for _, want := range []string{"What is due", "acknowledging it: by", "The concern arrived", "Person lead", "Noted."} {
			if !strings.Contains(text, want) {
				t.Errorf("%s does not read %q:\n%s", person, want, text)
			}
		}
		for _, said := range []string{"canary-note of deputy", "Kept from the case"} {
			if full := person == "lead"; strings.Contains(text, said) != full {
				t.Errorf("%s, full %v, %q:\n%s", person, full, said, text)
			}
		}
	}
	if xs, err := d.Ledger.Chronology(t.Context(), ""); err != nil || xs[len(xs)-1].Text != workflow.Asked || xs[len(xs)-1].By != "deputy" || xs[len(xs)-1].Verb != casefile.Note {
		t.Errorf("that it was read is not on the case: %+v, %v", xs[len(xs)-1], err)
	}
}

// A letter has the last ten lines, and no more: nine notes and the question,
// in text and in HTML.
func TestStatusHasTheLastLines(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("they wait for me at the gate"))
	d.pass(0)
	for range 12 {
		d.reply("deputy", "NOTE once more")
	}
	d.reply("lead", "STATUS")
	d.pass(d.now().Sub(noon))
	text := plain(t, d.exhibit(d.letter("lead", workflow.StatusLetter).SHA256))
	if n := strings.Count(text, "Person deputy (deputy safeguarding lead): Noted."); n != 2*9 || strings.Contains(text, "The concern arrived") {
		t.Errorf("%d lines:\n%s", n, text)
	}
}
