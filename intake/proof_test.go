package intake_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-msgauth/dkim"

	"dutydesk/intake"
	"dutydesk/intake/message"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// last is the arrival that came last.
func (d *desk) last() ledger.Arrival {
	d.t.Helper()
	all, err := d.Ledger.Arrivals(d.t.Context())
	if err != nil || len(all) == 0 {
		d.t.Fatalf("%d arrivals, %v", len(all), err)
	}
	return all[len(all)-1]
}

const plea = "From: Amy <amy@college.example>\nTo: safeguarding@council.example\nSubject: help\nDate: Mon, 23 Nov 2026 09:00:00 +0000\nMessage-ID: <1@college.example>\n"

// A sender is proven by the server that is trusted for the mailbox, and by no
// other; without trust nobody is, and every concern is opened all the same.
func TestWhoIsProven(t *testing.T) {
	ours := map[string]message.Trust{"safeguarding": {Profile: message.Generic, AuthservID: "mx.council.example"}}
	for name, c := range map[string]struct {
		trust  map[string]message.Trust
		header string
		proven bool
	}{
		"by our server":        {ours, "Authentication-Results: mx.council.example; dmarc=pass header.from=college.example\n", true},
		"by another":           {ours, "Authentication-Results: mx.evil.example; dmarc=pass header.from=college.example\n", false},
		"by nobody":            {ours, "", false},
		"no trust":             {nil, "Authentication-Results: mx.council.example; dmarc=pass header.from=college.example\n", false},
		"trust for another":    {map[string]message.Trust{"other": ours["safeguarding"]}, "Authentication-Results: mx.council.example; dmarc=pass header.from=college.example\n", false},
		"V32 Direct Send":      {map[string]message.Trust{"safeguarding": {Profile: message.Microsoft}}, "X-MS-Exchange-Organization-AuthAs: Anonymous\n", false},
		"Microsoft, logged in": {map[string]message.Trust{"safeguarding": {Profile: message.Microsoft}}, "X-MS-Exchange-Organization-AuthAs: Internal\n", true},
		"Google":               {map[string]message.Trust{"safeguarding": {Profile: message.Google}}, "Authentication-Results: mx.google.com; dmarc=pass header.from=college.example\n", true},
	} {
		d := newDesk(t, staff())
		d.Trust = c.trust
		d.arrives(c.header + plea + "\nplease read this\n")
		a := d.last()
		if a.Authentic != c.proven || (a.AuthWhy == "") != c.proven || a.Case == "" || a.Grade != string(message.GradeOriginal) {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// An intact signature is kept with the arrival, with the key it was checked
// with; a name server that does not answer is written down and delays nothing.
func TestSignatureIsKept(t *testing.T) {
	key := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	var signed bytes.Buffer
	err := dkim.Sign(&signed, strings.NewReader(strings.ReplaceAll(plea+"\nplease read this\n", "\n", "\r\n")),
		&dkim.SignOptions{Domain: "college.example", Selector: "s1", Signer: key, HeaderKeys: []string{"From", "To", "Subject", "Date"}})
	if err != nil {
		t.Fatal(err)
	}
	record := "v=DKIM1; k=ed25519; p=" + base64.StdEncoding.EncodeToString(key.Public().(ed25519.PublicKey))
	for name, c := range map[string]struct {
		keys  func(context.Context, string) ([]string, error)
		grade message.Grade
		kept  []string
	}{
		"answered": {func(context.Context, string) ([]string, error) { return []string{record}, nil }, message.GradeSigned, []string{record, `"pass"`, "college.example"}},
		"silent":   {func(context.Context, string) ([]string, error) { return nil, context.DeadlineExceeded }, message.GradeOriginal, []string{"could not be checked"}},
		"off":      {nil, message.GradeOriginal, []string{`"unchecked"`}},
	} {
		d := newDesk(t, staff())
		d.Reader.Keys = c.keys
		d.arrives(strings.ReplaceAll(signed.String(), "\r\n", "\n"))
		a := d.last()
		for _, want := range c.kept {
			if !strings.Contains(a.Signatures, want) {
				t.Errorf("%s: %q is not in %s", name, want, a.Signatures)
			}
		}
		if a.Grade != string(c.grade) || a.Case == "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// answers is an HTML mail from the lead to the first letter they were sent.
func (d *desk) answers(html string) {
	d.t.Helper()
	d.clock = d.clock.Add(time.Second)
	all, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, x := range all {
		if x.Kind != casefile.Opened || x.Person != "lead" {
			continue
		}
		if _, _, err := d.Ledger.Begin(d.t.Context(), x, fmt.Sprintf("%064d", d.n), d.clock, time.Minute); err != nil {
			d.t.Fatal(err)
		}
		d.arrives("From: " + staff().People["lead"].Address + "\nTo: safeguarding+dd1." + d.Office.Key.Token(x.ID) + "@council.example\nMessage-ID: <a@x>\nSubject: Re\nContent-Type: text/html\n\n" + html + "\n")
		return
	}
	d.t.Fatal("the lead was told nothing")
}

// A command that its reader cannot see is no command (a hidden ACK was obeyed
// once); one that they see is.
func TestHiddenCommandIsNotObeyed(t *testing.T) {
	for html, want := range map[string]casefile.State{
		`<p style="display:none">ACK</p><p>Who is this about?</p>`:                          casefile.Submitted,
		`<style>.a{font-size:0}</style><span class="a">ACK</span><p>Who is this about?</p>`: casefile.Submitted,
		`<span style="color:#fff">ACK</span><p>Who is this about?</p>`:                      casefile.Submitted,
		`<p>ACK</p><p style="display:none">preview of the letter</p>`:                       casefile.Acknowledged,
	} {
		d := newDesk(t, staff())
		d.arrives(plea + "\nplease read this\n")
		d.answers(html)
		cs, err := d.Ledger.Cases(t.Context())
		if err != nil || len(cs) != 1 || cs[0].State != want {
			t.Errorf("%s: %+v, %v", html, cs, err)
		}
		if !strings.Contains(d.last().Defects, message.DefectHidden) && !strings.Contains(html, "#fff") {
			t.Errorf("%s: no Defect: %s", html, d.last().Defects)
		}
	}
}

// waits takes a mail in and leaves its disposition undone.
func (d *desk) waits(mail string) (job string) {
	d.t.Helper()
	d.n++
	in := intake.Delivery{Door: intake.Mail, Mailbox: "safeguarding", Org: "northgate", Key: fmt.Sprint("safeguarding/1/", d.n), At: d.clock, Body: strings.NewReader(mail)}
	if err := d.Accept(d.t.Context(), in); err != nil {
		d.t.Fatal(err)
	}
	return "dispose/" + d.last().ID
}

// A process that dies while it reads a mail (F5, F11) counts: the third to try
// does not read it, and opens a case with the raw mail for a named person. Other
// mail flows meanwhile.
func TestF5F11KilledTwice(t *testing.T) {
	d := newDesk(t, staff())
	job := d.waits(plea + "\npoison\n")
	poison := d.last().ID
	for range 2 { // each kills its process
		if _, err := d.Ledger.Claim(t.Context(), job, d.clock, time.Minute); err != nil {
			t.Fatal(err)
		}
		d.clock = d.clock.Add(2 * time.Minute)
		other := d.waits(fmt.Sprintf("From: sam@college.example\r\nMessage-ID: <%d@y>\r\n\r\nplease help\r\n", d.n))
		if err := d.Dispose(t.Context(), other); err != nil || d.last().State != ledger.OnCase {
			t.Errorf("other mail waits: %v", err)
		}
	}
	if err := d.Dispose(t.Context(), job); err != nil {
		t.Fatal(err)
	}
	a, err := d.Ledger.Arrival(t.Context(), poison)
	if err != nil || a.State != ledger.Held || a.Case == "" || !strings.Contains(a.Why, "twice") {
		t.Errorf("%+v, %v", a, err)
	}
	d.held(a)
}

// held checks that the lead has a letter about a mail that a person must read.
func (d *desk) held(a ledger.Arrival) {
	d.t.Helper()
	xs, err := d.Ledger.Letters(d.t.Context(), a.Case)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, x := range xs {
		if x.Person == "lead" && x.Kind == casefile.Hold {
			return
		}
	}
	d.t.Errorf("nobody is asked to read %s: %+v", a.ID, xs)
}

// A mail that makes the reader panic is a person's to read at once, with what
// could be read of it listed; the next mail is read.
func TestF5V19PanickingReader(t *testing.T) {
	d := newDesk(t, staff())
	d.Reader.Keys = func(context.Context, string) ([]string, error) { panic("a decoder gave up") }
	d.arrives("DKIM-Signature: v=1; a=rsa-sha256; d=college.example; s=s1; c=relaxed/relaxed; q=dns/txt; h=From; bh=LjTQ2ciVgOJBMA3Xfkdj0Wj4R7+EQeGTNOLvLBMQ5+s=; b=AAAA\n" + plea + "\npoison\n")
	a := d.last()
	if a.State != ledger.Held || !strings.Contains(a.Defects, message.DefectPanic) {
		t.Errorf("%+v", a)
	}
	d.held(a)
	d.clock = d.clock.Add(time.Second)
	d.arrives("From: sam@college.example\nMessage-ID: <2@y>\n\nplease help\n")
	if a := d.last(); a.State != ledger.OnCase {
		t.Errorf("%+v", a)
	}
}
