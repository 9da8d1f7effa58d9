package outbox_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	netmail "net/mail"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/templates"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// header is a field of a mail, unfolded.
func header(t testing.TB, raw, name string) string {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return m.Header.Get(name)
}

// plain is everything a reader of the letter can see, decoded.
func plain(t testing.TB, raw string) string {
	t.Helper()
	m, err := netmail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	parts := multipart.NewReader(m.Body, params["boundary"])
	for p, err := parts.NextRawPart(); err != io.EOF; p, err = parts.NextRawPart() {
		if err != nil {
			t.Fatal(err)
		}
		if kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type")); kind != "text/plain" && kind != "text/html" {
			t.Errorf("letter has a part of type %q", kind)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		all.Write(text)
	}
	return all.String()
}

// The capability in a letter that was sent is the one whose hash the ledger
// has, in Message-ID and Reply-To, and in nothing that other letters carry too.
func TestTokenOfTheLetter(t *testing.T) {
	d := newDesk(t)
	d.concern(mailed("they wait for me at the gate"))
	d.pass(0)
	xs, err := d.Ledger.Letters(t.Context(), "")
	d.must(err)
	for _, x := range xs {
		m := d.post.to(x.Person)[0]
		for _, name := range []string{"Message-ID", "Reply-To"} {
			tokens := workflow.Tokens(header(t, m.raw, name))
			if len(tokens) != 1 || workflow.Hash(tokens[0]) != x.TokenHash {
				t.Errorf("%s holds %v, ledger has the hash %s", name, tokens, x.TokenHash)
			}
		}
		if shared := workflow.Tokens(header(t, m.raw, "References") + header(t, m.raw, "In-Reply-To")); len(shared) != 0 {
			t.Errorf("capability in References: %v", shared)
		}
	}
}

// run lets a case go through everything that is told about it.
func (d *desk) run(raw string) {
	d.t.Helper()
	d.concern(raw)
	d.pass(0)
	lead := d.letter("lead", casefile.Opened)
	d.must(d.office.Undelivered(d.t.Context(), lead.ID, "it came back"))
	for n := range 4 {
		d.at(time.Duration(1<<n) * 31 * minute)
		for _, j := range d.jobs(ledger.AlarmJob) {
			if !j.Due.After(d.now()) {
				d.must(d.office.Elapse(d.t.Context(), j.ID))
			}
		}
		d.pass(d.now().Sub(noon))
	}
	for _, text := range []string{"ACK", "NOTE seen", "HELP", "CLOSE because canary-reason"} {
		d.reply("deputy", text)
	}
	d.reply("lead", "STATUS")
	d.reply("la-lead", "CLOSE because canary-reason")
	d.must(d.office.Trouble(d.t.Context(), "redis", 0))
	d.send(d.letter("manager", workflow.Trouble))
	d.must(d.office.Recovered(d.t.Context(), "redis"))
	d.pass(d.now().Sub(noon))
}

// reply answers the person's first letter.
func (d *desk) reply(person, text string) {
	d.t.Helper()
	to := header(d.t, d.post.to(person)[0].raw, "Reply-To")
	d.concern(fmt.Sprintf("From: %s@council.example\r\nTo: %s\r\nSubject: Re\r\nMessage-ID: <%d@council.example>\r\n\r\n%s\r\n", person, to, d.n, text))
}

// Every kind of letter can be written and goes out.
func TestEveryKindIsSent(t *testing.T) {
	d := newDesk(t)
	d.run(mailed("they wait for me at the gate"))
	xs, err := d.Ledger.Letters(t.Context(), "")
	d.must(err)
	kinds := map[casefile.Kind]bool{}
	for _, x := range xs {
		kinds[x.Kind] = true
		if x.State != ledger.Sent {
			t.Errorf("%s to %s is %s", x.Kind, x.Person, x.State)
		}
	}
	for _, k := range []casefile.Kind{casefile.Opened, casefile.Nudge, casefile.Breach, casefile.TakenBy, casefile.CloseProposal, casefile.CaseClosed,
		casefile.NotDelivered, workflow.Transcript, workflow.HelpLetter, workflow.StatusLetter, workflow.Trouble, workflow.Recovered} {
		if !kinds[k] {
			t.Errorf("no letter of kind %s was sent", k)
		}
	}
	if nudge := d.letter("lead", casefile.Nudge); !strings.Contains(plain(t, d.exhibit(nudge.SHA256)), "still") {
		t.Errorf("nudge reads:\n%s", plain(t, d.exhibit(nudge.SHA256)))
	}
}

// Every role and every part of the desk that can be down has its words.
func TestEveryCodeHasWords(t *testing.T) {
	set, err := templates.ParseLetters()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, role := range []sla.Role{sla.Lead, sla.Deputy, sla.ServiceLead, sla.LALead, sla.SeniorOfficer, sla.Executive, sla.Manager} {
		names = append(names, "role "+string(role))
	}
	for _, part := range []string{"redis", "smtp", "letters", "late", "ledger", "mailbox"} {
		names = append(names, "down "+part, "means "+part, "fix "+part)
	}
	for _, word := range []string{"open", "acknowledged", "close-proposed", "closed"} {
		names = append(names, "next "+word, "stage "+word)
	}
	for _, name := range names {
		if said, err := set.Phrase(name, struct{ Org, Part, Stage, Due, Late, Back string }{Org: "Org", Part: "mailbox main"}); err != nil || said == "" {
			t.Errorf("%s: %q, %v", name, said, err)
		}
	}
}

// Only who may have full letters reads the reporter's words and the names of
// files, in whatever letter; nobody reads who wrote.
func TestMinimalUnlessFull(t *testing.T) {
	d := newDesk(t)
	d.run(attached("canary-words", attachment("canary-name.txt", "text/plain", "x")))
	canary := regexp.MustCompile(`canary|Learner|learner@|please help`)
	full := 0
	for _, m := range d.post.got {
		seen := plain(t, m.raw)
		if m.to != "lead@council.example" && canary.MatchString(m.raw+seen) {
			t.Errorf("letter to %s holds %q", m.to, canary.FindString(m.raw+seen))
		}
		if strings.Contains(seen, "canary-words") && strings.Contains(seen, "canary-name.txt") {
			full++
		}
		if head, _, _ := strings.Cut(m.raw, "\r\n\r\n"); canary.MatchString(head) {
			t.Errorf("header holds the reporter's words:\n%s", head)
		}
	}
	if full < 3 {
		t.Errorf("%d full letters to the lead", full)
	}
}

// The words are those that were sealed, or none: a changed exhibit, or one that
// is gone, keeps no letter back.
func TestChangedExhibitIsNotQuoted(t *testing.T) {
	for name, spoil := range map[string]func(d *desk, path string){
		"gone":    func(d *desk, path string) {},
		"changed": func(d *desk, path string) { d.must(writeFile(path, mailed("canary-forged"))) },
		"a pipe":  func(d *desk, path string) { d.must(mkfifo(path)) },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			d.concern(mailed("they wait for me at the gate"))
			as, err := d.Ledger.Arrivals(t.Context())
			d.must(err)
			d.must(remove(d.path(as[0].SHA256)))
			spoil(d, d.path(as[0].SHA256))
			d.pass(0)
			ms := d.post.to("lead")
			if len(ms) != 1 || strings.Contains(plain(t, ms[0].raw), "canary") || !strings.Contains(plain(t, ms[0].raw), "ew concern") {
				t.Errorf("sent %v", ms)
			}
		})
	}
}

// attachment is a part of a mail.
func attachment(name, kind, body string) string {
	return fmt.Sprintf("Content-Type: %s\r\nContent-Disposition: attachment; filename=%q\r\nContent-Transfer-Encoding: base64\r\n\r\n%s\r\n",
		kind, name, base64.StdEncoding.EncodeToString([]byte(body)))
}

// attached is a concern with parts.
func attached(words string, parts ...string) string {
	raw := "From: Ann Learner <learner@college.example>\r\nTo: " + service + "\r\nSubject: please help\r\nMessage-ID: <1@college.example>\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=frontier\r\n\r\n--frontier\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + words + "\r\n"
	for _, p := range parts {
		raw += "--frontier\r\n" + p
	}
	return raw + "--frontier--\r\n"
}

// No byte of a file that came is in any letter, full or not, plain or encoded.
func TestT3NoEvidenceByMail(t *testing.T) {
	const eicar = `X5O!P%@AP[4\PZX54(P^)7CC)7}$` + `EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*`
	const canary = "canary-81c0-in-a-file"
	const uu = "58V%N87)Y+3@Q8S`M:6XM82UF:6QE" // the canary, uuencoded
	var zipped bytes.Buffer
	z := zip.NewWriter(&zipped)
	f, err := z.CreateHeader(&zip.FileHeader{Name: canary + ".txt", Method: zip.Store})
	if err == nil {
		_, err = f.Write([]byte(canary))
	}
	if err != nil || z.Close() != nil {
		t.Fatal(err)
	}
	d := newDesk(t)
	pasted := base64.StdEncoding.EncodeToString([]byte(strings.Repeat(canary, 8)))
	d.run(attached("see the files\r\nbegin 644 c.txt\r\n"+uu+"\r\n`\r\nend\r\n\r\n"+pasted[:76]+"\r\n"+pasted[76:152]+"\r\n"+pasted[152:160]+"\r\ndata:image/png;base64,"+pasted,
		attachment("virus.com", "application/octet-stream", eicar),
		attachment("chat.zip", "application/zip", zipped.String()),
		attachment("picture.png", "image/png", "\x89PNG\r\n\x1a\n"+canary),
		attachment("chat.txt", "text/plain", canary),
		attachment("chat.html", "text/html", "<p>"+canary+"</p>"),
		"Content-Type: image/png\r\nContent-ID: <1@x>\r\nContent-Disposition: inline\r\nContent-Transfer-Encoding: base64\r\n\r\n"+base64.StdEncoding.EncodeToString([]byte(canary))+"\r\n",
		"Content-Type: message/rfc822\r\n\r\nFrom: bully@college.example\r\nSubject: "+canary+"\r\n\r\n"+canary+"\r\n"))
	if len(d.post.got) < 10 {
		t.Fatalf("%d letters", len(d.post.got))
	}
	var encoded []string
	for shift := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("-", shift) + canary))
		encoded = append(encoded, text[4:16])
	}
	if words := plain(t, d.post.to("lead")[0].raw); !strings.Contains(words, "see the files") {
		t.Errorf("the words are gone as well:\n%s", words)
	}
	for _, m := range d.post.got {
		seen := m.raw + plain(t, m.raw)
		for _, never := range append(encoded, canary, "EICAR-STANDARD", uu, "\x89PNG", "PK\x03\x04") {
			if strings.Contains(seen, never) {
				t.Errorf("letter to %s holds %q", m.to, never)
			}
		}
	}
}

// ours are the fields a letter may have. Bcc, Cc, Sender and Disposition-
// Notification-To are not among them.
var ours = []string{"From", "To", "Reply-To", "Subject", "Message-Id", "Date", "In-Reply-To", "References", "Content-Language", "Content-Type",
	"Mime-Version", "Auto-Submitted", "X-Auto-Response-Suppress", "Thread-Topic", "Thread-Index"}

// Whatever a reporter writes into headers and names: letters go from the desk to
// the roster, with our fields only, and no name of theirs in any of them.
func TestV13T16NoInjection(t *testing.T) {
	const evil = "evil@bad.example"
	breaks := []string{"=?utf-8?q?x=0D=0ABcc:_" + evil + "?=", "=?utf-8?b?" + base64.StdEncoding.EncodeToString([]byte("x\r\nBcc: "+evil)) + "?=",
		"\"x\\\r\n Bcc: " + evil + "\"", "x\u2028Bcc: " + evil, "x\x00\rBcc: " + evil}
	for _, b := range breaks {
		d := newDesk(t)
		raw := attached("Bcc: "+evil+"\r\n\r\n.\r\nRCPT TO:<"+evil+">", attachment("x", "text/plain", "y"))
		raw = strings.Replace(raw, "Ann Learner", b, 1)
		raw = strings.Replace(raw, "please help", b, 1)
		raw = strings.Replace(raw, "filename=\"x\"", "filename=\""+b+"\"", 1)
		d.run("Reply-To: " + evil + "\r\nDisposition-Notification-To: " + evil + "\r\nSender: " + evil + "\r\n" + raw)
		if len(d.post.got) < 10 {
			t.Fatalf("%d letters", len(d.post.got))
		}
		for _, m := range d.post.got {
			d.checkEnvelope(m)
			head, _, _ := strings.Cut(m.raw, "\r\n\r\n")
			if strings.Contains(head, "evil") {
				t.Errorf("%q got through:\n%s", b, head)
			}
		}
	}
}

// checkEnvelope checks that a letter goes from the desk to one of the roster and
// that its headers say the same.
func (d *desk) checkEnvelope(m posted) {
	d.t.Helper()
	id, _, _ := strings.Cut(m.to, "@")
	p, known := d.Writer.Roster.People[id]
	if !known || p.Address != m.to || m.from != service {
		d.t.Errorf("from %s to %s", m.from, m.to)
	}
	msg, err := netmail.ReadMessage(strings.NewReader(m.raw))
	d.must(err)
	for name, values := range msg.Header {
		if !slices.Contains(ours, name) || len(values) != 1 {
			d.t.Errorf("field %s: %q", name, values)
		}
	}
	if to, err := msg.Header.AddressList("To"); err != nil || len(to) != 1 || to[0].Address != m.to {
		d.t.Errorf("To: %v, %v", to, err)
	}
	if from, err := msg.Header.AddressList("From"); err != nil || len(from) != 1 || from[0].Address != service {
		d.t.Errorf("From: %v, %v", from, err)
	}
}
