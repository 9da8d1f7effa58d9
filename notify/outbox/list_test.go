package outbox_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"dutydesk/notify/mailer"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// A reply to a list is read as any reply is; one letter says what came of it,
// can be answered itself, and the deputy reads of all that was taken in one list.
func TestReplyToAList(t *testing.T) {
	d := flooded(t, 26)
	d.pass(16 * minute)
	list := d.post.to("lead")[20]
	refs := slices.Sorted(maps.Keys(mentioned(plain(t, list.raw))))
	refs = slices.DeleteFunc(refs, func(ref string) bool { return ref == "SG-7K3F9" || ref == "SG-00A1B" }) // of its example
	if len(refs) != 6 {
		t.Fatalf("lists %v", refs)
	}
	answer := func(n int, list posted, text string) {
		d.arrives(fmt.Sprintf("From: lead@council.example\r\nTo: %s\r\nSubject: Re: list\r\nMessage-ID: <r%d@council.example>\r\n\r\n%s\r\n", header(t, list.raw, "Reply-To"), n, text))
		d.pass(d.now().Sub(noon) + minute)
	}
	answer(1, list, fmt.Sprintf("ACK %s %s\r\nshe is at home", refs[0], refs[1]))
	said := d.post.to("lead")
	if len(said) != 22 || !strings.Contains(plain(t, said[21].raw), "Acknowledged, by you: "+refs[0]+", "+refs[1]) || strings.Contains(header(t, said[21].raw, "Subject"), "SG-") {
		t.Fatalf("%d mails, the last\n%s", len(said), plain(t, said[len(said)-1].raw))
	}
	answer(2, said[21], "ACK "+refs[2])
	for i, ref := range refs {
		c, err := d.Ledger.Case(t.Context(), casefile.Ref(ref))
		if d.must(err); (c.State == casefile.Acknowledged) != (i < 3) {
			t.Errorf("%s is %s", ref, c.State)
		}
	}
	answer(3, said[21], "thank you")
	if said := d.post.to("lead"); len(said) != 24 || !strings.Contains(plain(t, said[23].raw), "We could not tell which cases you mean") {
		t.Errorf("%d mails", len(said))
	}
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 26 {
		t.Errorf("%d cases, %v", len(cs), err)
	}
	d.pass(d.now().Sub(noon) + 20*minute)
	theirs := d.post.to("deputy")
	told := theirs[len(theirs)-1]
	if text := plain(t, told.raw); strings.Count(text, ": taken by") != 3 || !strings.Contains(text, refs[0]+": taken by") {
		t.Errorf("the deputy reads\n%s", text)
	}
	if n := len(d.letters("deputy", casefile.Digest)); n != 2 {
		t.Errorf("%d lists", n)
	}
}

// G10: a list that was put off, and is sent again, does not name a case to
// somebody who was excluded from it meanwhile.
func TestG10ListThatWasPutOff(t *testing.T) {
	d := flooded(t, 24)
	down := true
	d.post.answer = func(m posted) error {
		if down && m.to == "deputy@council.example" && m.nth > 20 {
			return mailer.ErrLater
		}
		return nil
	}
	d.pass(15*minute + minute/2)
	x := d.letter("deputy", casefile.Digest)
	lines, err := d.Ledger.Lines(t.Context(), x.ID)
	if d.must(err); len(lines) != 4 || x.SHA256 == "" {
		t.Fatalf("%d lines, %+v", len(lines), x)
	}
	hidden := lines[1].Case
	d.must(d.office.Exclude(t.Context(), hidden, []string{"deputy"}, "lead", "named"))
	down = false
	d.pass(d.now().Sub(noon) + 20*minute)
	d.state(d.letter("deputy", casefile.Digest), ledger.Sent)
	ms := d.post.to("deputy")
	last := plain(t, ms[len(ms)-1].raw)
	if strings.Contains(last, string(hidden)) || !strings.Contains(last, string(lines[2].Case)) {
		t.Errorf("the list is\n%s", last)
	}
}

// Every reason not to trust a message has its words in the templates, and a
// letter of an older program keeps those it has.
func TestUntrustedHasWords(t *testing.T) {
	for doubt, want := range map[string]string{
		"": "Why: it did not come from the address the letter was sent to", workflow.DoubtUnplain: "Why: its sender is not written as one plain address",
		workflow.DoubtSentOn: "Why: it was sent on by somebody else", workflow.DoubtNotPerson: "Why: it did not come straight from a person", "as it was said before": "Why: as it was said before",
	} {
		d := newDesk(t)
		d.concern(mailed("please help"))
		x := d.letter("lead", casefile.Opened)
		d.send(x)
		a := ledger.Arrival{ID: "answer", Door: "mail", Key: "answer", SHA256: strings.Repeat("1", 64), Received: d.now()}
		job, _, err := d.Ledger.Arrive(t.Context(), a)
		d.must(err)
		c, err := d.Ledger.Claim(t.Context(), job.ID, d.now(), minute)
		d.must(err)
		d.must(d.office.Obey(t.Context(), workflow.Said{Arrived: workflow.Arrived{Arrival: a, Claim: c}, Token: d.office.Key.Token(x.ID),
			From: []string{"x@evil.example"}, FromHeaders: 1, Doubt: doubt, Text: "ACK"}))
		d.send(d.letter("deputy", casefile.Untrusted))
		ms := d.post.to("deputy")
		if len(ms) != 1 || !strings.Contains(plain(t, ms[0].raw), want) {
			t.Errorf("%q: %d mails, %s", doubt, len(ms), plain(t, ms[len(ms)-1].raw))
		}
	}
}
