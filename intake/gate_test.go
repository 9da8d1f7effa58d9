package intake_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"dutydesk/intake/message"
	"dutydesk/workflow"
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

// A mail that comes by a list or with an invitation has a person's words in it,
// and opens a case though it bears the name of a letter of ours.
func TestOurNameByAListOpensACase(t *testing.T) {
	for name, head := range map[string]string{
		"list":     "List-Id: <staff.college.example>\n",
		"calendar": "MIME-Version: 1.0\nContent-Type: text/calendar; method=REQUEST\n",
	} {
		d, x := asked(t)
		d.arrives("From: tutor@college.example\nTo: safeguarding@council.example\nSubject: x\n" + head +
			"Message-ID: <dd1." + x.ID + "." + d.Office.Key.Token(x.ID) + "@council.example>\n\nwords of a concern\n")
		if a := d.last(); a.Case == x.Case || a.Case == "" {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

// Our own letter that somebody's server sends home is about its case, whoever
// stands in its From by then.
func TestOwnLetterComesHome(t *testing.T) {
	for _, from := range []string{"safeguarding@council.example", "rewritten@relay.example"} {
		d, x := asked(t)
		d.arrives("From: " + from + "\nTo: safeguarding@council.example\nAuto-Submitted: auto-generated\nSubject: x\nMessage-ID: <dd1." + x.ID + "." + d.Office.Key.Token(x.ID) + "@council.example>\n\nwords\n")
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

// everybody is all of the council's people as a list of addresses, and of names.
func everybody() (addrs, names string) {
	for _, p := range staff().People {
		addrs, names = addrs+", "+p.Address, names+" "+p.Name+","
	}
	return addrs[2:], names
}

// Naming everybody silences nobody: one hears who only got a copy, the highest
// first, or else the local authority lead; a contact outside comes before both.
func TestSomebodyAlwaysHears(t *testing.T) {
	addrs, names := everybody()
	all := func() casefile.Roster {
		r := staff()
		r.Managers = nil
		return r
	}
	outside := all()
	outside.People["council"] = casefile.Person{ID: "council", Name: "Olive Stone", Address: "olive@other.example"}
	outside.Outside = "council"
	for name, tt := range map[string]struct {
		roster casefile.Roster
		mail   string
		want   string
	}{
		"in copy":          {all(), from + "Cc: " + addrs + "\nSubject: help\n\nplease help me", "exec"},
		"hidden":           {all(), from + "Subject: help\nContent-Type: text/html; charset=utf-8\n\n<p>help</p><div style='display:none'>" + names + "</div>", "exec"},
		"in the text":      {all(), from + "Subject: help\nContent-Type: text/plain; charset=utf-8\n\nall of them: " + names, "la"},
		"copy, exec named": {all(), from + "Cc: " + addrs + "\nSubject: help\n\nit was Anna van der Berg", "senior"},
		"outside":          {outside, from + "Cc: " + addrs + "\nSubject: help\n\nplease help me", "council"},
		"outside, in text": {outside, from + "Subject: help\nContent-Type: text/plain; charset=utf-8\n\nall of them: " + names, "council"},
		"outside is named": {outside, from + "Cc: " + addrs + "\nSubject: help\n\nOlive Stone did it", "exec"},
	} {
		d := newDesk(t, tt.roster)
		d.arrives(tt.mail)
		theirs, n := d.lettersTo(tt.want)
		cs, err := d.Ledger.Cases(t.Context())
		if err != nil || len(cs) != 1 || theirs != 1 || n != 1 {
			t.Fatalf("%s: %d letters, %d to %s, %v", name, n, theirs, tt.want, err)
		}
		x, err := d.Ledger.Letters(t.Context(), "")
		if err != nil || !strings.Contains(x[0].Detail, casefile.EverybodyNamed) {
			t.Errorf("%s: the letter does not say why: %v, %v", name, x, err)
		}
		if !cs[0].MayAct(tt.roster.On(d.clock), tt.want) {
			t.Errorf("%s: %s may not act", name, tt.want)
		}
		d.wait(5 * time.Hour)
		if theirs, n = d.lettersTo(tt.want); theirs < 2 || n != theirs {
			t.Errorf("%s: %d letters in time, %d to %s", name, n, theirs, tt.want)
		}
	}
}

// Managers who are not named hear of a report that names all who could act.
func TestManagersHearOfAUnownedReport(t *testing.T) {
	var addrs []string
	for id, p := range staff().People {
		if id != "manager" && id != "second" {
			addrs = append(addrs, p.Address)
		}
	}
	d := newDesk(t, staff())
	d.arrives(from + "Cc: " + strings.Join(addrs, ", ") + "\nSubject: help\n\nplease help me")
	for _, id := range []string{"manager", "second"} {
		if n, _ := d.lettersTo(id); n != 1 {
			t.Errorf("%d letters to %s", n, id)
		}
	}
}

// A copy of a mail that somebody sent before it to silence it, with everybody
// among its recipients, opens a case of its own; a true copy does not.
func TestSilencingCopy(t *testing.T) {
	lead := staff().People["lead"].Address
	mail := func(cc string) string { return plea + "Cc: " + cc + "\n\nthey wait for me\n" }
	d := newDesk(t, staff())
	d.arrives(mail(lead))
	d.arrives("Received: by another way\n" + mail("x@y.example"))
	cs, err := d.Ledger.Cases(t.Context())
	if n, _ := d.lettersTo("lead"); err != nil || len(cs) != 2 || n != 1 {
		t.Fatalf("%d cases, %d letters to the lead, %v", len(cs), n, err)
	}
	d.clock = d.clock.Add(time.Second)
	d.arrives("Received: by a third way\n" + mail("x@y.example"))
	d.arrives("Received: by a fourth way\n" + mail("x@y.example"))
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 2 {
		t.Errorf("%d cases, %v", len(cs), err)
	}
}

// Whoever was kept from a case by a person hears of no copy of its mail.
func TestSilencingCopyKeepsConflicts(t *testing.T) {
	d := newDesk(t, staff())
	d.arrives(plea + "Cc: " + staff().People["deputy"].Address + "\n\nthey wait for me\n")
	cs, err := d.Ledger.Cases(t.Context())
	if err != nil || len(cs) != 1 {
		t.Fatal(cs, err)
	}
	if err := d.Office.Exclude(t.Context(), cs[0].Ref, []string{"lead"}, "head", "too close"); err != nil {
		t.Fatal(err)
	}
	before, _ := d.lettersTo("lead")
	d.arrives("Received: by another way\n" + plea + "\nthey wait for me\n")
	cs, err = d.Ledger.Cases(t.Context())
	if n, _ := d.lettersTo("lead"); err != nil || len(cs) != 2 || n != before {
		t.Errorf("%d cases, %d letters to the lead, before %d, %v", len(cs), n, before, err)
	}
}

// A lead's reply in which unseen text comes first is kept on the case, each time
// it comes: no mail leaves a case as if it had never been.
func TestHiddenFirstIsKept(t *testing.T) {
	d, x := asked(t)
	to := "From: " + staff().People["lead"].Address + "\nTo: safeguarding+dd1." + d.Office.Key.Token(x.ID) + "@council.example\nSubject: Re\n"
	for i, body := range []string{
		"Content-Type: text/html\n\n<div style='display:none'>preheader</div><p>I rang her mother, she is safe</p>",
		"Content-Type: text/plain\n\n\n",
		"Content-Type: text/plain\n\nHELP\n",
	} {
		d.clock = d.clock.Add(time.Second)
		d.arrives(to + fmt.Sprintf("Message-ID: <%d@x>\n", i) + body)
		lines, err := d.Ledger.Chronology(t.Context(), x.Case)
		if err != nil {
			t.Fatal(err)
		}
		if end := lines[len(lines)-1]; end.Arrival != d.last().ID || i == 0 && !strings.Contains(end.Text, "I rang her mother") {
			t.Errorf("%d: the chronology ends with %+v", i, end)
		}
	}
}

// A stranger who writes to a letter about a closed case is heard anew; a
// colleague's message is kept on the case.
func TestStrangerToAClosedCase(t *testing.T) {
	d, x := asked(t)
	to := "To: safeguarding+dd1." + d.Office.Key.Token(x.ID) + "@council.example\nSubject: Re\n"
	if err := d.Ledger.Update(t.Context(), func(tx *ledger.Tx) error {
		c, err := tx.Case(x.Case)
		if err != nil {
			return err
		}
		c.State = casefile.Closed
		return tx.Store(casefile.Outcome{Case: c}, nil, d.clock)
	}); err != nil {
		t.Fatal(err)
	}
	d.arrives("From: " + staff().People["deputy"].Address + "\n" + to + "Message-ID: <1@x>\n\nis this over?\n")
	if a := d.last(); a.Case != x.Case {
		t.Errorf("a colleague opened %q", a.Case)
	}
	d.clock = d.clock.Add(time.Second)
	d.arrives("From: learner@college.example\n" + to + "Message-ID: <2@x>\n\nit happens again\n")
	if a := d.last(); a.Case == x.Case || a.Case == "" {
		t.Errorf("a stranger's mail is on %q", a.Case)
	}
}

// A delivery report about a test mail opens no case; whoever uses its mark opens
// one, and the test mail still counts when it comes.
func TestCanaryAmongOthers(t *testing.T) {
	d := newDesk(t, staff())
	mark := d.Office.Key.Canary(d.clock)
	canary := "From: safeguarding@council.example\r\nTo: safeguarding@council.example\r\nSubject: Test\r\nMessage-ID: <" + mark + "@council.example>\r\n\r\nonly a test\r\n" + mark + "\r\n"
	m := message.Read(t.Context(), strings.NewReader(canary), int64(len(canary)))
	if err := d.Office.LetFly(t.Context(), d.clock, d.clock.Add(time.Hour), workflow.CanaryPrint(m.Subject, m.Body)); err != nil {
		t.Fatal(err)
	}
	canary = strings.ReplaceAll(canary, "\r\n", "\n")
	for _, tt := range []struct {
		name, mail string
		cases      int
		state      ledger.ArrivalState
	}{
		{"a report about it", dsn("safeguarding@council.example", "References: <"+mark+"@council.example>\n"), 0, ledger.Aside},
		{"a report about it, to another", dsn("x@y.example", "References: <"+mark+"@council.example>\n"), 1, ledger.OnCase},
		{"a person's words", strings.Replace(canary, "only a test", "I am hurt", 1), 2, ledger.OnCase},
		{"a person's subject", strings.Replace(canary, ": Test", ": I am hurt", 1), 3, ledger.OnCase},
		{"a stranger's", strings.Replace(canary, "From: safeguarding@", "From: amy@", 1), 4, ledger.OnCase},
		{"itself", canary, 4, ledger.Canary},
		{"itself by another way", "Received: from x\n" + canary, 4, ledger.Canary},
	} {
		d.clock = d.clock.Add(time.Second)
		d.arrives(tt.mail)
		cs, err := d.Ledger.Cases(t.Context())
		if a := d.last(); err != nil || len(cs) != tt.cases || a.State != tt.state {
			t.Errorf("%s: %d cases, %v, %+v", tt.name, len(cs), err, a)
		}
	}
	if c, err := d.Ledger.LastCanary(t.Context(), d.clock.Add(2*time.Hour)); err != nil || c.Back.IsZero() {
		t.Errorf("%+v, %v", c, err)
	}
}
