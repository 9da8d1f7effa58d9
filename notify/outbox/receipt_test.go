package outbox_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutydesk/intake"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// proven takes a mail in whose author the mail server has proven.
func (d *desk) proven(raw, author string) {
	d.t.Helper()
	d.n++
	d.must(d.intake.Accept(d.t.Context(), intake.Delivery{Door: intake.Mail, Mailbox: "main", Org: "org", Key: fmt.Sprint(d.n), At: d.now(), Body: strings.NewReader(raw)}))
	for _, j := range d.jobs(ledger.DisposeJob) {
		c, err := d.Ledger.Claim(d.t.Context(), j.ID, d.now(), time.Minute)
		d.must(err)
		a, err := d.Ledger.Arrival(d.t.Context(), c.Subject)
		d.must(err)
		a.Authentic, a.Grade = true, "inline"
		d.must(d.office.Open(d.t.Context(), workflow.Arrived{Arrival: a, Claim: c, ReplyTo: author}, ""))
	}
}

// received are the mails to an address, as the post has them.
func (p *post) received(addr string) (ms []posted) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.got {
		if m.to == addr {
			ms = append(ms, m)
		}
	}
	return ms
}

// V24: a receipt goes out with no sender to return it to, to the author alone,
// and holds none of what was written.
func TestV24Receipt(t *testing.T) {
	d := newDesk(t)
	d.proven(strings.Replace(mailed("canary-words"), "please help", "canary-subject", 1), "learner@college.example")
	d.pass(0)
	ms := d.post.received("learner@college.example")
	if len(ms) != 1 || ms[0].from != "" {
		t.Fatalf("receipts: %+v", ms)
	}
	seen := ms[0].raw + plain(t, ms[0].raw)
	for _, never := range []string{"canary", "Person ", "Northgate", "Ann Learner"} {
		if strings.Contains(seen, never) {
			t.Errorf("the receipt holds %q", never)
		}
	}
	if header(t, ms[0].raw, "Auto-Submitted") != "auto-replied" || header(t, ms[0].raw, "Reply-To") != "" || !strings.Contains(seen, "as an attachment") {
		t.Errorf("%s", seen)
	}
	if len(d.post.to("lead")) != 1 || len(d.post.to("deputy")) != 1 {
		t.Errorf("sent %+v", d.post.got)
	}
}

// A receipt that the post will not take climbs no ladder, and is given up after
// a day.
func TestReceiptIsGivenUp(t *testing.T) {
	d := newDesk(t)
	d.post.answer = func(m posted) error {
		if m.to == "learner@college.example" {
			return relayRefuses
		}
		return nil
	}
	d.proven(mailed("please help"), "learner@college.example")
	d.pass(0)
	d.reply("lead", "ACK")
	d.pass(26 * time.Hour)
	x := d.letters("", workflow.Receipt)[0]
	d.state(x, ledger.Failed)
	for _, p := range []string{"lead", "deputy", "la-lead"} {
		if n := len(d.letters(p, casefile.NotDelivered)); n != 0 {
			t.Errorf("%s was told of a receipt", p)
		}
	}
	if n := len(d.post.received("learner@college.example")); n > 110 {
		t.Errorf("tried %d times", n)
	}
}
