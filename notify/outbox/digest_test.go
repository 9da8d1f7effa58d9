package outbox_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"dutydesk/notify/mailer"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// flooded is a desk that got n concerns in five minutes.
func flooded(t *testing.T, n int) *desk {
	d := newDesk(t)
	d.office.Rules.Flood = casefile.Flood{After: 20, Within: 10 * time.Minute}
	for i := range n {
		d.at(5 * minute * time.Duration(i) / time.Duration(n))
		d.arrives(fmt.Sprintf("From: Ann Learner <learner%d@college.example>\r\nTo: %s\r\nSubject: please help\r\nMessage-ID: <%d@college.example>\r\n\r\ncanary %d\r\n", i, service, i, i))
	}
	return d
}

// T5, G6: five hundred concerns are twenty-one mails to each who is called, of
// which the last lists all the others, with an address for each that takes that
// case; nothing of what was written is in it.
func TestT5NothingIsMissing(t *testing.T) {
	d := flooded(t, 500)
	d.pass(20 * minute)
	for _, person := range []string{"lead", "deputy"} {
		ms := d.post.to(person)
		if len(ms) != 21 {
			t.Fatalf("%s got %d mails", person, len(ms))
		}
		seen := map[string]int{}
		for _, m := range ms {
			for ref := range mentioned(plain(t, m.raw)) {
				seen[ref]++
			}
		}
		cs, err := d.Ledger.Cases(t.Context())
		d.must(err)
		for _, c := range cs {
			if seen[string(c.Ref)] != 1 {
				t.Errorf("%s reads of %s in %d mails", person, c.Ref, seen[string(c.Ref)])
			}
		}
		list := plain(t, ms[20].raw)
		if strings.Contains(list, "canary") || strings.Contains(list, "learner") || strings.Contains(header(t, ms[20].raw, "Subject"), "SG-") {
			t.Errorf("the list tells of a report:\n%s", list[:400])
		}
		if at := ms[20].at; at < 10*minute || at > 11*minute {
			t.Errorf("the list was sent %v after the first concern", at)
		}
	}
	d.takeAll("lead")
}

var referred = regexp.MustCompile(`SG-[0-9A-Z]{5}`)

func mentioned(text string) map[string]bool {
	refs := map[string]bool{}
	for _, ref := range referred.FindAllString(text, -1) {
		refs[ref] = true
	}
	return refs
}

// takeAll answers each line of a person's list at its address, as the ready
// message does.
func (d *desk) takeAll(person string) {
	d.t.Helper()
	list := plain(d.t, d.post.to(person)[20].raw)
	text, _, _ := strings.Cut(list, "<!DOCTYPE")
	links := regexp.MustCompile(`mailto:(\S+)\?subject=Safeguarding%20(SG-[0-9A-Z]{5})&body=ACK`).FindAllStringSubmatch(text, -1)
	if len(links) != 480 {
		d.t.Fatalf("%d links", len(links))
	}
	for i, l := range links[:40] {
		to := strings.ReplaceAll(l[1], "%2B", "+")
		d.arrives(fmt.Sprintf("From: %s@council.example\r\nTo: %s\r\nSubject: Safeguarding %s\r\nMessage-ID: <a%d@council.example>\r\n\r\nACK\r\n", person, to, l[2], i))
		c, err := d.Ledger.Case(d.t.Context(), casefile.Ref(l[2]))
		if d.must(err); c.State != casefile.Acknowledged {
			d.t.Errorf("%s is %s", l[2], c.State)
		}
	}
}

// A digest that the server refuses tells the next rung of every case in it; one
// that bounces later does as well.
func TestT5RefusedDigest(t *testing.T) {
	d := flooded(t, 26)
	d.post.answer = func(m posted) error {
		if m.to == "lead@council.example" && m.nth > 20 {
			return mailer.ErrRefused
		}
		return nil
	}
	d.pass(16 * minute)
	x := d.letter("lead", casefile.Digest)
	d.state(x, ledger.Failed)
	if n := len(d.letters("service-lead", casefile.NotDelivered)); n != 6 {
		t.Errorf("the next rung was told of %d cases", n)
	}
	deputy := d.letter("deputy", casefile.Digest)
	id := header(t, d.post.to("deputy")[20].raw, "Message-ID")
	d.arrives("From: MAILER-DAEMON@council.example\r\nTo: " + service + "\r\nSubject: Undelivered\r\nMessage-ID: <b@council.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nsorry\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n" +
		"Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; deputy@council.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: " + id + "\r\n\r\nx\r\n--b--\r\n")
	lines, err := d.Ledger.Lines(t.Context(), deputy.ID)
	d.must(err)
	for _, l := range lines {
		if !l.GiveUp.IsZero() {
			t.Errorf("%s: nobody is told that the deputy was not", l.Case)
		}
	}
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 26 {
		t.Errorf("a bounce opened a case: %d, %v", len(cs), err)
	}
}

// A digest of which everything was withdrawn is not sent.
func TestWithdrawnDigest(t *testing.T) {
	d := flooded(t, 22)
	x := d.letter("lead", casefile.Digest)
	lines, err := d.Ledger.Lines(t.Context(), x.ID)
	d.must(err)
	for _, l := range lines {
		d.must(d.Ledger.Update(t.Context(), func(tx *ledger.Tx) error {
			_, err := tx.Withdraw(l.Case, func(p string) bool { return p != "lead" }, d.now())
			return err
		}))
	}
	d.pass(20 * minute)
	if n := len(d.post.to("lead")); n != 20 {
		t.Errorf("the lead got %d mails", n)
	}
	d.state(x, ledger.Withdrawn)
	if n := len(d.post.to("deputy")); n != 21 {
		t.Errorf("the deputy got %d mails", n)
	}
}

// A concern that comes after the list was written stands in the next one: the
// list that is out takes nothing more.
func TestT5NextList(t *testing.T) {
	d := flooded(t, 22)
	lead := d.letter("lead", casefile.Digest)
	d.at(lead.Created.Sub(noon))
	for i := range 30 { // the flood goes on, and the post is slow
		d.arrives(fmt.Sprintf("From: x%d@college.example\r\nTo: %s\r\nSubject: help\r\nMessage-ID: <x%d@college.example>\r\n\r\nmore %d\r\n", i, service, i, i))
		if i == 15 {
			d.pass(lead.Created.Sub(noon))
		}
	}
	d.pass(lead.Created.Sub(noon) + 11*minute)
	cs, err := d.Ledger.Cases(t.Context())
	d.must(err)
	seen := map[string]int{}
	for _, m := range d.post.to("lead") {
		for ref := range mentioned(plain(t, m.raw)) {
			seen[ref]++
		}
	}
	for _, c := range cs {
		if seen[string(c.Ref)] != 1 {
			t.Errorf("the lead reads of %s in %d mails", c.Ref, seen[string(c.Ref)])
		}
	}
	if n := len(d.letters("lead", casefile.Digest)); n != 2 {
		t.Errorf("%d lists", n)
	}
}
