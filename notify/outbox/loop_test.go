package outbox_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"dutydesk/intake"
	"dutydesk/intake/message"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// councils are two desks whose mail servers deliver to each other and prove
// whose mail they take in.
type councils struct {
	t     *testing.T
	desks [2]*desk
	seen  [2]int      // of each post's mails, how many were delivered
	strip bool        // the way between them takes away what says that a machine wrote
	count map[int]int // mails by the desk that wrote them
}

// newCouncils are a.example and b.example; people says where each desk's lead
// and deputy are reached.
func newCouncils(t *testing.T, people func(own, other string) string) *councils {
	c := &councils{t: t, count: map[int]int{}}
	for i, own := range []string{"safeguarding@a.example", "safeguarding@b.example"} {
		other := []string{"safeguarding@b.example", "safeguarding@a.example"}[i]
		d := newDesk(t)
		for id, p := range d.Writer.Roster.People {
			p.Address = id + "@people.example"
			if id == "lead" {
				p.Address = people(own, other)
			}
			d.Writer.Roster.People[id] = p
		}
		d.office.Key = []byte("the key of " + own)
		d.Writer.Key, d.Writer.Address, d.Writer.Host = d.office.Key, own, strings.Split(own, "@")[1]
		d.intake.Address = own
		d.intake.Trust = map[string]message.Trust{"main": {Profile: message.Generic, AuthservID: "mx"}}
		c.desks[i] = d
	}
	return c
}

var machineMarks = regexp.MustCompile(`(?m)^(Auto-Submitted|X-Auto-Response-Suppress|Precedence): .*\r\n`)

// deliver carries what the desks wrote to each other.
func (c *councils) deliver() {
	for i, d := range c.desks {
		other := c.desks[1-i]
		for _, m := range d.post.got[c.seen[i]:] {
			c.seen[i]++
			if !strings.HasPrefix(m.to, "safeguarding@") && !strings.HasPrefix(m.to, "safeguarding+") {
				continue
			}
			c.count[i]++
			raw := m.raw
			if c.strip {
				raw = machineMarks.ReplaceAllString(raw, "")
				raw = strings.Replace(raw, "<dd1.", "<x.", 1)
			}
			other.arrives("Authentication-Results: mx; dmarc=pass header.from=" + d.Writer.Host + "\r\n" + raw)
		}
	}
}

// arrives takes in one mail and has it disposed of.
func (d *desk) arrives(raw string) {
	d.t.Helper()
	d.n++
	d.must(d.intake.Accept(d.t.Context(), intake.Delivery{Door: intake.Mail, Mailbox: "main", Org: "org", Key: fmt.Sprint(d.n), At: d.now(), Body: strings.NewReader(raw)}))
	for _, j := range d.jobs(ledger.DisposeJob) {
		d.must(d.intake.Dispose(d.t.Context(), j.ID))
	}
}

// day lets 24 hours pass at both desks, minute by minute.
func (c *councils) day() {
	c.t.Helper()
	for minutes := range 24 * 60 {
		after := time.Duration(minutes) * time.Minute
		for _, d := range c.desks {
			d.at(after)
			for _, j := range d.jobs(ledger.AlarmJob) {
				if !j.Due.After(d.now()) {
					d.must(d.office.Elapse(c.t.Context(), j.ID))
				}
			}
			for _, j := range d.jobs(ledger.LetterJob) {
				if err := d.Send(c.t.Context(), j.ID); !j.Due.After(d.now()) && err != nil && !errors.Is(err, ledger.ErrEarly) {
					c.t.Fatal(err)
				}
			}
		}
		c.deliver()
	}
}

// T6, V26, G14: two desks that take each other for reporters exchange four mails
// in a day at most, also when the way between them takes away every mark of a
// machine.
func TestV26TwoDesks(t *testing.T) {
	for _, strip := range []bool{false, true} {
		c := newCouncils(t, func(own, _ string) string { return "lead@people.example" })
		c.strip = strip
		from := "safeguarding@b.example"
		c.desks[0].arrives("Authentication-Results: mx; dmarc=pass header.from=b.example\r\nFrom: " + from + "\r\nTo: safeguarding@a.example\r\nSubject: x\r\nMessage-ID: <1@b.example>\r\n\r\nplease help\r\n")
		c.day()
		if n := c.count[0] + c.count[1]; n > 4 || n == 0 {
			t.Errorf("stripped %v: %d mails from one and %d from the other", strip, c.count[0], c.count[1])
		}
		t.Logf("stripped %v: %d + %d mails in 24 hours", strip, c.count[0], c.count[1])
	}
}

// Each desk's lead is the other desk: letters go one way, which the first owes
// its lead, and are answered by none.
func TestV26LeadIsAnotherDesk(t *testing.T) {
	c := newCouncils(t, func(_, other string) string { return other })
	c.desks[0].arrives(mailed("they wait for me at the gate"))
	c.day()
	owed := 0
	for _, kind := range []casefile.Kind{casefile.Opened, casefile.Nudge, casefile.Breach} {
		owed += len(c.desks[0].letters("lead", kind))
	}
	if c.count[0] != owed || c.count[1] != 0 || owed > 4 {
		t.Errorf("%d + %d mails, of which %d are owed to the lead", c.count[0], c.count[1], owed)
	}
}

// T6: what a desk wrote moves no case, though every other mark of a machine is
// gone and it comes with a colleague's address to a letter's own.
func TestT6DeskIsNotObeyed(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("they wait for me at the gate"))
	d.pass(0)
	to := header(t, d.post.to("lead")[0].raw, "Reply-To")
	mail := func(id string) string {
		return "From: lead@council.example\r\nTo: " + to + "\r\nSubject: Re\r\nMessage-ID: " + id + "\r\n\r\nACK\r\n"
	}
	d.arrives(mail("<dd1.aaaaaaaaaaaaaaaaaaaaaaaaaa.abcdefghijklmnopqrstuvwxyz@b.example>"))
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 1 || cs[0].State != casefile.Submitted {
		t.Errorf("a desk is obeyed: %v, %+v", err, cs)
	}
	d.arrives(mail("<2@council.example>"))
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 1 || cs[0].State != casefile.Acknowledged {
		t.Errorf("a person is not obeyed: %v, %+v", err, cs)
	}
}
