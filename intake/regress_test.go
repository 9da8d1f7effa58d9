package intake_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// asked is a desk with one open case, and the letter its lead was sent.
func asked(t *testing.T) (*desk, ledger.Letter) {
	d := newDesk(t, staff())
	d.arrives(plea + "\nplease read this\n")
	all, err := d.Ledger.Letters(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range all {
		if x.Kind == casefile.Opened && x.Person == "lead" {
			if _, _, err := d.Ledger.Begin(t.Context(), x, strings.Repeat("0", 64), d.clock, time.Minute); err != nil {
				t.Fatal(err)
			}
			d.clock = d.clock.Add(time.Second)
			return d, x
		}
	}
	t.Fatal("the lead was told nothing")
	return nil, ledger.Letter{}
}

// kept checks that the last mail is kept on a case and moved none.
func (d *desk) kept(name string) {
	d.t.Helper()
	cs, err := d.Ledger.Cases(d.t.Context())
	if err != nil || len(cs) == 0 {
		d.t.Fatalf("%s: %d cases, %v", name, len(cs), err)
	}
	for _, c := range cs {
		if c.State != casefile.Submitted || c.By != "" {
			d.t.Errorf("%s: obeyed: %+v", name, c)
		}
	}
	if a := d.last(); a.State != ledger.OnCase || a.Case == "" {
		d.t.Errorf("%s: not kept: %+v", name, a)
	}
}

// V1, V4, V5: a letter's name, by whatever header it comes, obeys nobody but the
// person it was sent to; V2: in another version it is no name at all. What is
// not obeyed is kept and shown with its real sender.
func TestV1V2V4V5ForgedReplies(t *testing.T) {
	lead := staff().People["lead"].Address
	for name, mail := range map[string]func(token, id string) string{
		"V1 stranger, address": func(token, _ string) string { return "From: mallory@evil.example\nTo: " + token },
		"V1 stranger, In-Reply-To": func(_, id string) string {
			return "From: mallory@evil.example\nTo: safeguarding@council.example\nIn-Reply-To: " + id
		},
		"V1 stranger, References": func(_, id string) string {
			return "From: mallory@evil.example\nTo: safeguarding@council.example\nReferences: <1@x> " + id
		},
		"V1 stranger, Cc":   func(token, _ string) string { return "From: mallory@evil.example\nCc: " + token },
		"V1 lead, no token": func(string, string) string { return "From: " + lead + "\nTo: safeguarding@council.example" },
		"V1 lead, two From": func(token, _ string) string { return "From: mallory@evil.example\nFrom: " + lead + "\nTo: " + token },
		"V1 lead as a name": func(token, _ string) string { return "From: \"" + lead + "\" <mallory@evil.example>\nTo: " + token },
		"V1 lead in Reply-To": func(token, _ string) string {
			return "From: mallory@evil.example\nReply-To: " + lead + "\nTo: " + token
		},
		"V1 lead in Sender":     func(token, _ string) string { return "From: mallory@evil.example\nSender: " + lead + "\nTo: " + token },
		"V1 space before colon": func(token, _ string) string { return "From : mallory@evil.example\nFrom: " + lead + "\nTo: " + token },
		"V1 lead, by a machine": func(token, _ string) string { return "From: " + lead + "\nList-Id: <x.example>\nTo: " + token },
		"V2 another version": func(token, _ string) string {
			return "From: " + lead + "\nTo: " + strings.Replace(token, "+dd1.", "+dd0.", 1)
		},
		"V2 no version": func(token, _ string) string {
			return "From: " + lead + "\nTo: " + strings.Replace(token, "+dd1.", "+", 1)
		},
		"V4 a new address":          func(token, _ string) string { return "From: lead.private@mail.example\nTo: " + token },
		"V5 one letter of it wrong": func(token, _ string) string { return "From: " + lead + "\nTo: " + strings.Replace(token, "@", "x@", 1) },
		"V5 cut short": func(token, _ string) string {
			return "From: " + lead + "\nTo: " + strings.Replace(token, token[len("safeguarding+dd1."):len("safeguarding+dd1.")+2], "", 1)
		},
	} {
		d, x := asked(t)
		token := "safeguarding+dd1." + d.Office.Key.Token(x.ID) + "@council.example"
		id := "<dd1." + x.ID + "." + d.Office.Key.Token(x.ID) + "@council.example>"
		d.arrives(mail(token, id) + "\nMessage-ID: <r@x>\nSubject: Re\n\nACK\n")
		d.kept(name)
	}
}

// V3: whoever has lost their role since the letter was sent is not obeyed.
func TestV3RoleLostSince(t *testing.T) {
	d, x := asked(t)
	gone := staff()
	org := gone.Orgs["northgate"]
	org.Lead = "deputy"
	gone.Orgs["northgate"] = org
	d.Office.Rules.Roster = gone
	d.arrives("From: " + staff().People["lead"].Address + "\nTo: safeguarding+dd1." + d.Office.Key.Token(x.ID) + "@council.example\nMessage-ID: <r@x>\n\nACK\n")
	if gone.On(d.clock).MayAct("lead", "northgate") {
		t.Fatal("the lead has another role that entitles them")
	}
	d.kept("V3")
}

// V20: a mail of nothing but unknown charsets and broken encodings is a few
// Defects, and not a line of the log.
func TestV20BadCharsetsFillNothing(t *testing.T) {
	d := newDesk(t, staff())
	var log bytes.Buffer // of the whole process: the desk has no log of its own
	was := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(was)
	var mail strings.Builder
	mail.WriteString(plea + "Content-Type: multipart/mixed; boundary=b\n\n")
	for i := range 900 {
		fmt.Fprintf(&mail, "--b\nContent-Type: text/plain; charset=x-none-%d\nContent-Transfer-Encoding: x-%d\n\n\xff\xfe=?x?q?=FF?=\n", i, i)
	}
	mail.WriteString("--b--\n")
	d.arrives(mail.String())
	if a := d.last(); log.Len() > 0 || len(a.Defects) > 400 || a.Case == "" {
		t.Errorf("%d bytes of log, defects %q", log.Len(), a.Defects)
	}
}

// V27: a mail that may hide a second one is marked, and a dmarc=pass on it gives
// its sender no authority over a case.
func TestV27SmuggledMail(t *testing.T) {
	d, _ := asked(t)
	in := "Authentication-Results: mx.council.example; dmarc=pass header.from=council.example\r\nFrom: " + staff().People["lead"].Address +
		"\r\nTo: safeguarding@council.example\r\nMessage-ID: <s@x>\r\n\r\nhello\r\nx\n.\r\nMAIL FROM:<>\r\n\r\nACK\r\n"
	if err := d.Dispose(t.Context(), d.waits(in)); err != nil {
		t.Fatal(err)
	}
	d.kept("V27")
	if !strings.Contains(d.last().Defects, "lone-dot-line") {
		t.Errorf("not marked: %q", d.last().Defects)
	}
}
