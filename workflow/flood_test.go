package workflow_test

import (
	"fmt"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// flood opens n cases evenly within a time.
func (d *desk) flood(n int, within time.Duration) {
	d.t.Helper()
	for i := range n {
		d.open(fmt.Sprint("please help ", i))
		d.forward(within / time.Duration(n))
	}
}

// lines are the letters that a person's digests list, by case.
func (d *desk) lines(person string) map[casefile.Ref]ledger.Letter {
	d.t.Helper()
	m := map[casefile.Ref]ledger.Letter{}
	for _, x := range d.letters(person, casefile.Digest) {
		xs, err := d.Ledger.Lines(d.t.Context(), x.ID)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, l := range xs {
			if _, twice := m[l.Case]; twice {
				d.t.Errorf("%s is listed twice", l.Case)
			}
			m[l.Case] = l
		}
	}
	return m
}

// flooded is a desk whose people get twenty alerts in ten minutes one by one.
func flooded(t *testing.T) *desk {
	d := newDesk(t)
	d.Rules.Flood = casefile.Flood{After: 20, Within: 10 * time.Minute}
	return d
}

// T5: five hundred cases in ten minutes are twenty letters and one or two
// digests for each who is called, with every case in exactly one of them; the
// clock of each case runs as always.
func TestT5FloodOfFiveHundred(t *testing.T) {
	d := flooded(t)
	d.flood(500, 10*time.Minute)
	cs, err := d.Ledger.Cases(t.Context())
	if err != nil || len(cs) != 500 {
		t.Fatalf("%d cases, %v", len(cs), err)
	}
	for _, p := range []string{"lead", "deputy"} {
		digests, lines, alone := d.letters(p, casefile.Digest), d.lines(p), 0
		for _, x := range d.letters(p, casefile.Opened) {
			if x.Digest == "" {
				alone++
			}
		}
		if alone != 20 || len(lines) != 480 || len(digests) != 1 {
			t.Errorf("%s: %d letters, %d digests with %d lines", p, alone, len(digests), len(lines))
		}
	}
	for _, c := range cs {
		if next, err := d.Ledger.Next(t.Context(), c.Ref); err != nil || !next.Equal(c.Opened.Add(30*time.Minute)) {
			t.Fatalf("%s rings at %v, %v", c.Ref, next, err)
		}
	}
	if x := d.letters("lead", casefile.Digest)[0]; x.Created.Before(cs[20].Opened.Add(10*time.Minute)) || x.GiveUp.Before(x.Created) || x.Case != "" {
		t.Errorf("%+v", x)
	}
}

// G6: a flood that waited in the mailbox uses up nobody's letters: what comes as
// it happens is told by itself, and so is what comes from a partner, whichever
// flood it comes in.
func TestG6CrowdsAreCountedApart(t *testing.T) {
	d := flooded(t)
	d.Rules.Flood.Known = []string{"college.example"}
	alone := func(words string, change func(*workflow.Arrived)) bool {
		a := d.arrive(words)
		change(&a)
		if err := d.Office.Open(t.Context(), a, ""); err != nil {
			t.Fatal(err)
		}
		for _, x := range d.letters("lead", casefile.Opened) {
			if x.Case == d.caseOf(a).Ref {
				return x.Digest == ""
			}
		}
		t.Fatalf("no letter for %q", words)
		return false
	}
	waited := func(a *workflow.Arrived) { a.Claim.Urgent = false }
	known := func(a *workflow.Arrived) { waited(a); a.Domain = "college.example" }
	for i := range 25 {
		if got := alone(fmt.Sprint("offer ", i), waited); got != (i < 20) {
			t.Errorf("waiting mail %d alone: %v", i, got)
		}
	}
	if !alone("they wait for me after class", func(*workflow.Arrived) {}) {
		t.Error("what came just now is hidden in the flood that waited")
	}
	if !alone("I was told this by a learner", known) {
		t.Error("a partner's report is hidden in the flood that waited")
	}
}

// When the flood is over, letters go out one by one again; a sealed digest takes
// nothing more.
func TestT5AfterTheFlood(t *testing.T) {
	d := flooded(t)
	d.flood(25, time.Minute)
	first := d.letters("lead", casefile.Digest)[0]
	if err := d.Ledger.SealDigest(t.Context(), first.ID, d.now()); err != nil {
		t.Fatal(err)
	}
	d.open("one more at once")
	if n := len(d.letters("lead", casefile.Digest)); n != 2 || len(d.lines("lead")) != 6 {
		t.Errorf("%d digests, %d lines", n, len(d.lines("lead")))
	}
	d.forward(11 * time.Minute)
	d.open("in quiet times")
	xs := d.letters("lead", casefile.Opened)
	if x := xs[len(xs)-1]; x.Digest != "" {
		t.Error("a letter waits for a digest after the flood")
	}
}

// sent sends a person's first digest, as the outbox does.
func (d *desk) sent(person string) ledger.Letter {
	d.t.Helper()
	x := d.letters(person, casefile.Digest)[0]
	d.forward(max(0, x.Created.Sub(d.now())))
	c, _, err := d.Ledger.Begin(d.t.Context(), x, digest(x.ID), d.now(), time.Minute)
	if err == nil {
		err = d.Ledger.Posted(d.t.Context(), c, d.now())
	}
	if err != nil {
		d.t.Fatal(err)
	}
	return x
}

// Every line is answered by its own capability, which moves its case and no
// other, and not before the digest went out.
func TestT5EachLineIsAnswered(t *testing.T) {
	d := flooded(t)
	d.flood(24, time.Minute)
	d.sent("lead")
	for ref, x := range d.lines("lead") {
		if x.State != ledger.Sent {
			t.Errorf("line is %s", x.State)
		}
		d.obey(workflow.Said{Arrived: d.arrive("ACK" + x.ID), Token: d.Key.Token(x.ID), From: []string{"lead@council.example"}, FromHeaders: 1, Text: "ACK"})
		if c, err := d.Ledger.Case(t.Context(), ref); err != nil || c.State != casefile.Acknowledged {
			t.Errorf("%s is %s, %v", ref, c.State, err)
		}
	}
	taken := 0
	cs, err := d.Ledger.Cases(t.Context())
	for _, c := range cs {
		if c.State == casefile.Acknowledged {
			taken++
		}
	}
	if taken != 4 || err != nil {
		t.Errorf("%d cases are taken, %v", taken, err)
	}
	for _, x := range d.lines("deputy") {
		if _, err := d.Ledger.LetterOf(t.Context(), x.TokenHash); err == nil {
			t.Error("a line can be answered that nobody was sent")
		}
	}
}

// An answer to the digest takes the cases it names, with the authority of their
// lines, and none that is not in the list.
func TestT5AnswerToTheList(t *testing.T) {
	for name, from := range map[string]string{"the lead": "lead@council.example", "another": "deputy@council.example"} {
		d := flooded(t)
		d.flood(24, time.Minute)
		x := d.sent("lead")
		var refs []casefile.Ref
		for ref := range d.lines("lead") {
			refs = append(refs, ref)
		}
		alone := d.letters("lead", casefile.Opened)[0].Case
		text := fmt.Sprintf("ACK %s, %s\r\nack %s\r\n> ACK %s\r\n", refs[0], refs[1], alone, refs[2])
		d.obey(workflow.Said{Arrived: d.arrive(text), Token: d.Key.Token(x.ID), From: []string{from}, FromHeaders: 1, Text: text})
		for i, ref := range append(refs, alone) {
			want := casefile.Submitted
			if i < 2 && name == "the lead" {
				want = casefile.Acknowledged
			}
			if c, err := d.Ledger.Case(t.Context(), ref); err != nil || c.State != want {
				t.Errorf("%s: case %d is %s, want %s, %v", name, i, c.State, want, err)
			}
		}
	}
}

// A digest that does not reach its person is, for each of its lines, a letter
// that does not: the next rung is told of every case, once.
func TestT5DigestComesBack(t *testing.T) {
	d := flooded(t)
	d.flood(24, time.Minute)
	x := d.sent("lead")
	for range 2 {
		if err := d.Undelivered(t.Context(), x.ID, "refused"); err != nil {
			t.Fatal(err)
		}
		if err := d.UnreadDigest(t.Context(), d.arrive("bounce"+d.now().String()), x, "it came back"); err != nil {
			t.Fatal(err)
		}
	}
	if got := d.told(casefile.NotDelivered); !same(got, map[string]int{"service-lead": 4, "la-lead": 4, "manager": 4}) {
		t.Errorf("told %v", got)
	}
}

// Who an automatic answer to a list says is away is known to be at once.
func TestAwayFromTheList(t *testing.T) {
	d := flooded(t)
	d.flood(24, time.Minute)
	x := d.sent("lead")
	a := d.arrive("I am away")
	a.Away = d.now().Add(72 * time.Hour)
	if err := d.UnreadDigest(t.Context(), a, x, "away"); err != nil {
		t.Fatal(err)
	}
	before := len(d.letters("service-lead", casefile.Opened))
	p := d.Rules.Roster.People["lead"]
	p.Cover = "service-lead"
	d.Rules.Roster.People["lead"] = p
	d.open("one more")
	if n := len(d.letters("service-lead", casefile.Opened)); n != before+1 {
		t.Errorf("whoever stands in was told of %d", n-before)
	}
}
