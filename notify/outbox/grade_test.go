package outbox_test

import (
	"strings"
	"testing"

	"dutydesk/intake/message"
	"dutydesk/templates"
	"dutydesk/workflow/casefile"
)

// Every grade of evidence has its words.
func TestGradesHaveWords(t *testing.T) {
	set, err := templates.ParseLetters()
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range []message.Grade{message.GradeSigned, message.GradeOriginal, message.GradeAttached, message.GradeInline, "form"} {
		if words, err := set.Phrase("grade "+string(g), nil); err != nil || words == "" {
			t.Errorf("%s: %q, %v", g, words, err)
		}
	}
}

// The letter of a new concern says how much of it is evidence; one of a mail
// that could not be read says nothing of it.
func TestGradeIsInTheLetter(t *testing.T) {
	for words, want := range map[string]string{
		"please help": "original mail",
		"please see\r\n\r\n---------- Forwarded message ---------\r\nFrom: Sam": "forwarded inline (headers lost)",
	} {
		d := newDesk(t)
		d.concern(mailed(words))
		d.send(d.letter("deputy", casefile.Opened))
		ms := d.post.received("deputy@council.example")
		if len(ms) != 1 || !strings.Contains(plain(t, ms[0].raw), want) {
			t.Errorf("%q is not in %+v", want, ms)
		}
	}
}

// A letter offers the words that the ledger's case may be answered with.
func TestLetterOffersLegalWordsOnly(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("please help"))
	d.send(d.letter("deputy", casefile.Opened))
	ms := d.post.received("deputy@council.example")
	if len(ms) != 1 || !strings.Contains(plain(t, ms[0].raw), "the first line may be ACK, NOTE, GRADE, DONE, REFER or HELP.") {
		t.Errorf("%+v", ms)
	}
}
