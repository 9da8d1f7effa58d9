package intake_test

import (
	"encoding/base64"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"go.uber.org/goleak"

	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// desk is a desk and its office on one ledger; the clock stands still unless the
// test moves it, and nothing is sent.
type desk struct {
	*intake.Desk
	t     *testing.T
	clock time.Time
	n     int
}

func newDesk(t *testing.T, roster casefile.Roster) *desk {
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	l.As("one")
	s, err := evidence.Open(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(s.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	})
	d := &desk{t: t, clock: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)}
	now := func() time.Time { return d.clock }
	office := &workflow.Office{Ledger: l, Rules: casefile.Rules{Policy: sla.Default(), Roster: roster}, Key: workflow.Key("a key for tests, 32 bytes long.."), Prefix: "SG-", Now: now, Reminder: d}
	d.Desk = &intake.Desk{Store: s, Ledger: l, Office: office, Reminder: d, Address: "safeguarding@council.example", Now: now}
	return d
}

// Offer implements workflow.Reminder: the tests look into the ledger.
func (d *desk) Offer(...ledger.Job) {}

// arrives takes in a mail and disposes of it.
func (d *desk) arrives(mail string) {
	d.t.Helper()
	d.n++
	in := intake.Delivery{Door: intake.Mail, Mailbox: "safeguarding", Org: "northgate", Key: fmt.Sprint("safeguarding/1/", d.n), At: d.clock, Body: strings.NewReader(strings.ReplaceAll(mail, "\n", "\r\n"))}
	if err := d.Accept(d.t.Context(), in); err != nil {
		d.t.Fatal(err)
	}
	for _, j := range d.due() {
		if j.Kind == ledger.DisposeJob {
			if err := d.Dispose(d.t.Context(), j.ID); err != nil {
				d.t.Fatal(err)
			}
		}
	}
}

func (d *desk) due() []ledger.Job {
	d.t.Helper()
	jobs, err := d.Ledger.Overdue(d.t.Context(), d.clock, d.clock.Add(time.Millisecond), 1000)
	if err != nil {
		d.t.Fatal(err)
	}
	return jobs
}

// wait lets time pass and rings every alarm in it.
func (d *desk) wait(long time.Duration) {
	d.t.Helper()
	for end := d.clock.Add(long); d.clock.Before(end); {
		d.clock = d.clock.Add(15 * time.Minute)
		for _, j := range d.due() {
			if j.Kind == ledger.AlarmJob {
				if err := d.Office.Elapse(d.t.Context(), j.ID); err != nil {
					d.t.Fatal(err)
				}
			}
		}
	}
}

// name is the Message-ID of a letter.
func (d *desk) name(x ledger.Letter) string {
	return "<dd1." + x.ID + "." + d.Office.Key.Token(x.ID) + "@council.example>"
}

// lettersTo counts all letters, and those to one person.
func (d *desk) lettersTo(person string) (theirs, all int) {
	d.t.Helper()
	xs, err := d.Ledger.Letters(d.t.Context(), "")
	if err != nil {
		d.t.Fatal(err)
	}
	for _, x := range xs {
		if x.Person == person {
			theirs++
		}
	}
	return theirs, len(xs)
}

// staff are a council whose every rung has somebody on it.
func staff() casefile.Roster {
	r := casefile.Roster{People: map[string]casefile.Person{}, Orgs: map[string]casefile.Org{
		"service":   {ID: "service", Name: "Service", Lead: "head", Deputy: "under"},
		"northgate": {ID: "northgate", Name: "Northgate", Lead: "lead", Deputy: "deputy"},
	}, Triage: "service", ServiceLead: "head", LALead: "la", SeniorOfficer: "senior", Executive: "exec", Managers: []string{"manager", "second"}}
	for id, name := range map[string]string{"head": "Priya Nair", "under": "Siân O’Brien", "lead": "Amira Jane Khan", "deputy": "Tom Reed", "la": "Helen Marsh",
		"senior": "José Núñez", "exec": "Anna van der Berg", "manager": "Femi Ade", "second": "Mary-Jane Łukasik"} {
		r.People[id] = casefile.Person{ID: id, Name: name, Address: id + ".person@council.example", Also: []string{"Nick" + id}}
	}
	return r
}

const from = "From: Robin Ellis <robin.ellis@mail.example>\nTo: safeguarding@council.example\n"

// ways are the ways to name somebody in a mail.
var ways = map[string]func(p casefile.Person) string{
	"text": func(p casefile.Person) string {
		return from + "Subject: help\nContent-Type: text/plain; charset=utf-8\n\nit was " + p.Name + " again"
	},
	"capitals": func(p casefile.Person) string {
		return from + "Subject: help\nContent-Type: text/plain; charset=utf-8\n\nIT WAS " + strings.ToUpper(p.Name) + "'S DOING"
	},
	"subject": func(p casefile.Person) string { return from + "Subject: =?utf-8?q?" + encoded(p.Name) + "?=\n\nhelp" },
	"initial": func(p casefile.Person) string {
		return from + "Subject: help\nContent-Type: text/plain; charset=utf-8\n\n" + string([]rune(p.Name)[:1]) + ". " + last(p.Name)
	},
	"title": func(p casefile.Person) string {
		return from + "Subject: help\nContent-Type: text/plain; charset=utf-8\n\nMs " + last(p.Name) + " shouted"
	},
	"turned": func(p casefile.Person) string {
		return from + "Subject: help\nContent-Type: text/plain; charset=utf-8\n\n" + last(p.Name) + ", " + strings.Fields(p.Name)[0]
	},
	"nickname": func(p casefile.Person) string {
		return from + "Subject: help\n\n" + strings.ToLower(p.Also[0]) + " did it"
	},
	"address": func(p casefile.Person) string {
		return from + "Subject: help\n\nthe mails came from " + strings.ToUpper(p.Address) + "."
	},
	"cc": func(p casefile.Person) string { return from + "Cc: " + p.Address + "\nSubject: help\n\nhelp" },
	"cc, tagged": func(p casefile.Person) string {
		return from + "Cc: " + strings.Replace(p.Address, "@", "+x@", 1) + "\nSubject: help\n\nhelp"
	},
	"cc, name": func(p casefile.Person) string {
		return from + "Cc: =?utf-8?q?" + encoded(p.Name) + "?= <private@home.example>\nSubject: help\n\nhelp"
	},
	"reporter": func(p casefile.Person) string {
		return strings.Replace(from, "robin.ellis@mail.example", p.Address, 1) + "Subject: help\n\nhelp"
	},
	"html": func(p casefile.Person) string {
		return from + "Subject: help\nContent-Type: text/html; charset=utf-8\n\n<p>it was <b>" + strings.Replace(p.Name, " ", "</b>&nbsp;", 1) + "</p>"
	},
	"file": func(p casefile.Person) string {
		return multi("application/pdf; name*=utf-8''"+percent(p.Name)+".pdf", "x")
	},
	"text file": func(p casefile.Person) string {
		return multi("text/plain; charset=utf-8; name=\"chat.txt\"", p.Name+": you will be sorry")
	},
	"text file, encoded": func(p casefile.Person) string {
		return multi("text/plain; charset=utf-8; name=\"chat.txt\"\nContent-Transfer-Encoding: base64", b64(p.Name+": you will be sorry"))
	},
	"text file, no type": func(p casefile.Person) string {
		return multi("application/octet-stream; name=\"chat.TXT\"\nContent-Transfer-Encoding: base64", b64("by "+p.Name))
	},
	"text file, wide": func(p casefile.Person) string {
		return multi("text/plain; name=\"chat.txt\"\nContent-Transfer-Encoding: base64", b64(wide("by "+p.Name)))
	},
	"card": func(p casefile.Person) string {
		return multi("text/vcard; charset=utf-8; name=\"c.vcf\"\nContent-Transfer-Encoding: base64", b64("BEGIN:VCARD\r\nN:"+last(p.Name)+";"+strings.Fields(p.Name)[0]+"\r\nEND:VCARD\r\n"))
	},
	"web page": func(p casefile.Person) string {
		return multi("text/html; name=\"a.html\"", "<p>by "+entities(p.Name)+"</p>")
	},
	"letter file": func(p casefile.Person) string {
		return multi("application/rtf; name=\"a.rtf\"", "{\\rtf1\\ansi by {\\b "+rtf(p.Name)+"} again}")
	},
	"sent on, encoded": func(p casefile.Person) string {
		return multi("message/rfc822", "From: x@y.example\nSubject: you\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n"+b64(p.Name+": sorry"))
	},
	"sent on, name": func(p casefile.Person) string {
		return multi("message/rfc822", "From: =?utf-8?q?"+encoded(p.Name)+"?= <a.private@home.example>\nSubject: you\n\nyou will be sorry")
	},
	"sent on, whole encoded": func(p casefile.Person) string {
		return multi("message/rfc822\nContent-Transfer-Encoding: base64", b64("From: =?utf-8?q?"+encoded(p.Name)+"?= <a@home.example>\r\nSubject: you\r\n\r\nsorry\r\n"))
	},
	"other half": func(p casefile.Person) string {
		return strings.Replace(alternative, "NAME", b64("<p>it is "+p.Name+"</p>"), 1)
	},
	"other half, first": func(p casefile.Person) string {
		return from + "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/html; charset=utf-8\n\n<p>it is " + p.Name +
			"</p>\n--b\nContent-Type: text/plain\n\nplease read the other\n--b--\n"
	},
	"far down": func(p casefile.Person) string {
		return from + "Subject: help\nContent-Type: text/plain; charset=utf-8\n\n" + strings.Repeat("they shouted at me and went away again\n", 27500) + "it was " + p.Name
	},
	"sender": func(p casefile.Person) string { return "Sender: " + p.Address + "\n" + from + "Subject: help\n\nhelp" },
	"sent on by": func(p casefile.Person) string {
		return "Resent-From: =?utf-8?q?" + encoded(p.Name) + "?= <a@home.example>\n" + from + "Subject: help\n\nhelp"
	},
	"sent on": func(p casefile.Person) string {
		return multi("message/rfc822", "From: "+p.Address+"\nTo: robin.ellis@mail.example\nSubject: you\n\nyou will be sorry")
	},
}

const alternative = from + "Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n--b\nContent-Type: text/plain\n\nplease read the other\n" +
	"--b\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: base64\n\nNAME\n--b--\n"

func b64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

// wide is a text in UTF-16 with its mark.
func wide(s string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u), byte(u>>8))
	}
	return string(b)
}

func entities(s string) string {
	var b strings.Builder
	for _, r := range s {
		fmt.Fprintf(&b, "&#%d;", r)
	}
	return b.String()
}

func rtf(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r < 128 {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "\\u%d?", r)
		}
	}
	return b.String()
}

func last(name string) string { return name[strings.LastIndex(name, " ")+1:] }

func encoded(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(percent(s), "%", "="), "=20", "_")
}

func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

func multi(kind, body string) string {
	return from + "Subject: help\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nsee what I got\n--b\nContent-Type: " + kind +
		"\nContent-Disposition: attachment\n\n" + body + "\n--b--\n"
}

// TestG10NoTrace: for every person and every way to name them in a report, not
// one letter to them, from the opening to the top of the ladder; and somebody
// else hears of it at once, and at every breach.
func TestG10NoTrace(t *testing.T) {
	for id, p := range staff().People {
		t.Run(id, func(t *testing.T) {
			d := newDesk(t, staff())
			for way, mail := range ways {
				_, before := d.lettersTo(id)
				d.arrives(mail(p) + "\n" + way)
				if theirs, all := d.lettersTo(id); theirs > 0 || all == before {
					t.Fatalf("named by %s: %d letters to them, %d to others", way, theirs, all-before)
				}
			}
			d.wait(9 * time.Hour)
			cs, err := d.Ledger.Cases(t.Context())
			if theirs, all := d.lettersTo(id); err != nil || theirs > 0 || all < 5*len(ways) || len(cs) != len(ways) {
				t.Errorf("%d letters to them of %d about %d cases, %v", theirs, all, len(cs), err)
			}
			for _, c := range cs {
				if !c.Excluded.Has(id) || c.Breached.IsZero() {
					t.Errorf("excluded %q, breached %v", c.Excluded, c.Breached)
				}
			}
		})
	}
}

// A report that names nobody excludes nobody.
func TestNobodyNamed(t *testing.T) {
	d := newDesk(t, staff())
	d.arrives(from + "Subject: help\n\nsomebody at the college writes nasty things about me. Please help.\n\nRobin")
	if cs, err := d.Ledger.Cases(t.Context()); err != nil || len(cs) != 1 || cs[0].Excluded != "" {
		t.Errorf("%+v, %v", cs, err)
	}
	if theirs, _ := d.lettersTo("lead"); theirs != 1 {
		t.Errorf("%d letters to the lead", theirs)
	}
}

// An out-of-office answer is kept as an absence until the day it names; at the
// next concern the absent are told all the same, and others with them.
func TestLearntAbsence(t *testing.T) {
	d := newDesk(t, staff())
	d.arrives(from + "Subject: help\n\nplease help")
	xs, err := d.Ledger.Letters(t.Context(), "")
	if err != nil || len(xs) != 2 {
		t.Fatalf("%d letters, %v", len(xs), err)
	}
	for i, x := range xs {
		if _, _, err := d.Ledger.Begin(t.Context(), x, "digest", d.clock, time.Minute); err != nil {
			t.Fatal(err)
		}
		until := []string{"I am away until 1 December 2026.", "I am away."}[i]
		d.arrives("From: " + x.Person + ".person@council.example\nTo: safeguarding@council.example\nSubject: Automatic reply: Safeguarding\nIn-Reply-To: " + d.name(x) + "\nAuto-Submitted: auto-replied\n\n" + until)
	}
	as, err := d.Ledger.Absences(t.Context(), d.clock)
	if err != nil || len(as) != 2 || !as[0].Until.Equal(d.clock.Add(24*time.Hour)) || as[1].Until.Format(time.DateOnly) != "2026-12-02" {
		t.Fatalf("absences %+v, %v", as, err)
	}
	before, _ := d.lettersTo("lead")
	la, _ := d.lettersTo("la")
	d.arrives(from + "Subject: help\n\nplease help me as well")
	if now, _ := d.lettersTo("lead"); now != before+1 {
		t.Errorf("an automatic answer silenced the lead: %d letters, before %d", now, before)
	}
	if now, _ := d.lettersTo("la"); now != la+1 {
		t.Errorf("only the absent were told: %d letters, before %d", now, la)
	}
	d.wait(48 * time.Hour) // the deputy is back
	la, _ = d.lettersTo("la")
	d.arrives(from + "Subject: help\n\nand me")
	if now, _ := d.lettersTo("la"); now != la {
		t.Errorf("the rung was skipped though the deputy is back")
	}
}
