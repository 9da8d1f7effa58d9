package record

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// tale is a line before it has words: the name of its words, what they need, and
// what stands below them.
type tale struct {
	words, said string
	code        casefile.Verb // if there are no words
	People      string
	Stage       string
	Percent     int
	Again       string
	Asked       string
}

// tell finds the words for an event. What the event says of people by their ids
// is said by their names.
func (b *Book) tell(e casefile.Event) tale {
	t := tale{words: "what " + string(e.Verb), said: e.Text, code: e.Verb}
	switch e.Verb {
	case casefile.Acknowledge, casefile.Close, casefile.Veto:
		b.tellClosing(&t, e)
	case casefile.Elapse:
		b.tellClock(&t, e)
	case casefile.Undelivered, casefile.Exclude, casefile.Readmit:
		b.tellPeople(&t, e)
	case casefile.Note:
		b.tellNote(&t, e)
	case casefile.Return:
		if id, ok := between(e.Text, "nothing followed since ", " took it"); ok {
			t.People, t.said = b.Roster.Name(id), ""
		}
	}
	return t
}

// tellClosing tells the two halves of a closing apart, and whoever takes a
// case from whoever keeps it open.
func (b *Book) tellClosing(t *tale, e casefile.Event) {
	switch {
	case e.Verb == casefile.Acknowledge && b.proposed != "":
		t.words, b.proposed = "what ACK kept", ""
	case e.Verb == casefile.Veto:
		b.proposed = ""
	case e.Verb == casefile.Close && b.proposed == "":
		t.words, b.proposed = "what CLOSE proposed", e.By
	case e.Verb == casefile.Close:
		t.words, b.proposed = "what CLOSE agreed", ""
	}
}

// tellPeople tells of an event whose text is "id id: why".
func (b *Book) tellPeople(t *tale, e casefile.Event) {
	ids, why, found := strings.Cut(e.Text, ": ")
	if !found {
		t.People, t.said = "somebody", e.Text
		return
	}
	if rest, ok := strings.CutSuffix(ids, " proposed"); ok && e.Verb == casefile.Readmit {
		t.words, ids = "what UNCONFLICT proposed", rest
	}
	var names []string
	for id := range strings.FieldsSeq(ids) {
		names = append(names, b.Roster.Name(id))
		if e.Verb == casefile.Exclude && id == b.proposed {
			b.proposed = "" // their proposal is off
		}
	}
	t.People, t.said = strings.Join(names, ", "), why
}

// refused begins a note of what somebody asked for and the case did not allow.
var refused = regexp.MustCompile(`^([A-Z-]+) refused(?:, its letter was used before)?: `)

// tellNote tells notes that people wrote from those of the post, and from what
// was asked for and not done.
func (b *Book) tellNote(t *tale, e casefile.Event) {
	id, why, _ := strings.Cut(e.Text, ": ")
	if _, known := b.Roster.People[id]; known && e.By == "post" {
		t.words, t.People, t.said = "what UNDELIVERED", b.Roster.Name(id), why
	}
	if m := refused.FindStringSubmatch(e.Text); m != nil {
		t.words, t.Asked, t.said = "what NOTE refused", m[1], e.Text[len(m[0]):]
	}
}

// struck is what the clock writes: "triage 80%, turn 2, repeat 3".
var struck = regexp.MustCompile(`^([a-z0-9-]+) ([0-9]+)%(?:, turn ([0-9]+))?(?:, repeat [0-9]+)?$`)

func (b *Book) tellClock(t *tale, e casefile.Event) {
	if stage, ok := strings.CutSuffix(e.Text, " done"); ok && !strings.Contains(stage, " ") {
		t.words, t.Stage, t.said = "what ELAPSE done", stage, ""
		return
	}
	if strings.HasPrefix(e.Text, casefile.Nobody) || strings.HasPrefix(e.Text, "only people who are away") {
		t.words, t.said = "what ELAPSE empty", ""
		return
	}
	m := struck.FindStringSubmatch(e.Text)
	if m == nil {
		return
	}
	percent, err := strconv.Atoi(m[2])
	if err != nil {
		return // of no clock of ours
	}
	t.Stage, t.Percent, t.Again, t.said = m[1], percent, m[3], ""
	t.words = "what ELAPSE " + b.height(sla.Stage(m[1]), percent)
}

// height is how far a stage has run.
func (b *Book) height(stage sla.Stage, percent int) string {
	switch {
	case stage == sla.Review && percent == 100:
		return "review"
	case percent < 100:
		return "nudge"
	case percent == 100:
		return "missed"
	}
	return "higher"
}

// say writes the words of a tale.
func (b *Book) say(t tale) (string, error) {
	stage, err := b.Words.Phrase("due "+t.Stage, nil)
	if err != nil {
		return "", err
	}
	t.Stage = cmp.Or(stage, t.Stage)
	if t.Again != "" {
		if t.Again, err = b.Words.Phrase("again", t.Again); err != nil {
			return "", err
		}
	}
	what, err := b.Words.Phrase(t.words, t)
	return cmp.Or(what, sentenceOf(t.code)), err
}

// sentenceOf is a verb that nobody has words for, as a sentence.
func sentenceOf(v casefile.Verb) string {
	words := plain(string(v))
	return strings.ToUpper(words[:min(1, len(words))]) + words[min(1, len(words)):] + "."
}

// between is what stands between two texts, if nothing else does.
func between(s, before, after string) (string, bool) {
	s, ok := strings.CutPrefix(s, before)
	if !ok {
		return "", false
	}
	return strings.CutSuffix(s, after)
}
