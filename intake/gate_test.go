package intake_test

import (
	"strings"
	"testing"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// A new mail always opens a case: whatever its header says of machines, and
// though its address may be a colleague's who was sent a letter just now.
func TestNewMailOpensACase(t *testing.T) {
	lead := staff().People["lead"].Address
	to := "To: safeguarding@council.example\n"
	for name, head := range map[string]string{
		"monitoring as a colleague": "From: Filter <" + lead + ">\n" + to + "Auto-Submitted: auto-generated\nSubject: Concern\n",
		"sent on by a learner": "Resent-From: learner@college.example\nResent-To: safeguarding@council.example\nFrom: " + lead +
			"\nTo: learner@college.example\nSubject: Automatic reply: come to my flat\n",
		"sent on, auto-replied": "Resent-From: learner@college.example\nFrom: " + lead + "\nAuto-Submitted: auto-replied\nSubject: come\n",
		"failed recipients":     "From: someone@college.example\n" + to + "X-Failed-Recipients: " + lead + "\nSubject: please help\n",
		"a name like ours":      "From: " + lead + "\n" + to + "Subject: new\nMessage-ID: <dd1.aaaaaaaaaaaaaaaaaaaaaaaaaa@x.example>\n",
		"a name like ours, full": "From: " + lead + "\n" + to +
			"Subject: new\nMessage-ID: <dd1.aaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaaaaaaaaaaaa@council.example>\n",
		"subject alone":   "From: " + lead + "\n" + to + "Subject: Automatic reply: help\n",
		"no return path":  "Return-Path: <>\nFrom: " + lead + "\n" + to + "Subject: help\n",
		"two authors":     "From: " + lead + ", x@y.example\n" + to + "Auto-Submitted: auto-replied\nSubject: help\n",
		"a daemon's name": "From: MAILER-DAEMON <" + lead + ">\n" + to + "Subject: Undelivered mail\n",
		"a receipt":       "From: " + lead + "\n" + to + "Subject: Read\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n",
	} {
		d, x := asked(t)
		d.arrives(head + "\nwords of a concern\n")
		cs, err := d.Ledger.Cases(t.Context())
		if a := d.last(); err != nil || len(cs) != 2 || a.Case == x.Case || a.Case == "" {
			t.Errorf("%s: %d cases, %v: %+v", name, len(cs), err, d.last())
		}
	}
}

// dsn is a delivery report about one recipient; more stands before its words.
func dsn(recipient, more string) string {
	return "From: MAILER-DAEMON@x.example\nReturn-Path: <>\nTo: safeguarding@council.example\nSubject: Undelivered\n" + more +
		"MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n--b\nContent-Type: text/plain\n\nfailed\n--b\n" +
		"Content-Type: message/delivery-status\n\nReporting-MTA: dns; x\n\nFinal-Recipient: rfc822; " + recipient + "\nAction: failed\nStatus: 5.2.2\n\n--b--\n"
}

// What answers a letter by the standard is about the last letter to its person,
// though it names none: machines open no cases for each other.
func TestV26AnswersOpenNothing(t *testing.T) {
	lead := staff().People["lead"].Address
	for name, mail := range map[string]string{
		"auto-replied":      "From: " + lead + "\nTo: safeguarding@council.example\nAuto-Submitted: auto-replied\nSubject: away\n\nI am away until 5 January 2027\n",
		"a delivery report": dsn(lead, ""),
	} {
		d, x := asked(t)
		d.arrives(mail)
		if a := d.last(); a.Case != x.Case {
			t.Errorf("%s: on case %q, want %q", name, a.Case, x.Case)
		}
		if as, err := d.Ledger.Absences(t.Context(), d.clock); err != nil || len(as) > 0 {
			t.Errorf("%s: absences %+v, %v", name, as, err)
		}
	}
}

// Our own letter that somebody's server sends home is about its case, whoever
// stands in its From by then.
func TestOwnLetterComesHome(t *testing.T) {
	for _, from := range []string{"safeguarding@council.example", "rewritten@relay.example"} {
		d, x := asked(t)
		d.arrives("From: " + from + "\nTo: safeguarding@council.example\nSubject: x\nMessage-ID: <dd1." + x.ID + "." + d.Office.Key.Token(x.ID) + "@council.example>\n\nwords\n")
		if a := d.last(); a.Case != x.Case || a.State != ledger.OnCase {
			t.Errorf("from %s: %+v", from, a)
		}
	}
}

// An author written so that programs disagree, and a mail that was sent on, give
// no authority; the mail is kept and shown.
func TestOddAuthorsAreNotObeyed(t *testing.T) {
	lead := staff().People["lead"].Address
	for _, from := range []string{"g: " + lead + ";", lead + ",", ", " + lead, lead + ";", "\"lead.person\"@council.example", "\"a\" <" + lead + ">, ", "x@y.example <" + lead + ">"} {
		d, x := asked(t)
		d.arrives("From: " + from + "\nTo: safeguarding+dd1." + d.Office.Key.Token(x.ID) + "@council.example\nMessage-ID: <r@x>\nSubject: Re\n\nACK\n")
		d.kept(from)
	}
	for _, field := range []string{"Resent-From: x@y.example", "Resent-Date: Mon, 23 Nov 2026 09:00:00 +0000", "resent-to: " + lead} {
		d, x := asked(t)
		d.arrives(field + "\nFrom: " + lead + "\nTo: safeguarding+dd1." + d.Office.Key.Token(x.ID) + "@council.example\nMessage-ID: <r@x>\nSubject: Re\n\nACK\n")
		d.kept(field)
	}
	for _, from := range []string{lead, "Amira Khan <" + lead + ">", "\"Khan, Amira\" <" + lead + ">", strings.ToUpper(lead)} {
		d, x := asked(t)
		d.arrives("From: " + from + "\nTo: safeguarding+dd1." + d.Office.Key.Token(x.ID) + "@council.example\nMessage-ID: <r@x>\nSubject: Re\n\nACK\n")
		if c, err := d.Ledger.Case(t.Context(), x.Case); err != nil || c.State != casefile.Acknowledged {
			t.Errorf("%s: %+v, %v", from, c, err)
		}
	}
}
