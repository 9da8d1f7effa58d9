package notify_test

import (
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"dutydesk/notify"
	"dutydesk/notify/mailer"
)

var kinds = []notify.Kind{
	notify.Opened, notify.Nudge, notify.Breach, notify.Acknowledged, notify.Transcript, notify.Help, notify.CloseProposed, notify.Closed,
	notify.Reminder, notify.Untrusted, notify.Undelivered, notify.Hold, notify.Trouble, notify.Recovered, notify.Missing, notify.Reconciled,
	notify.DailyList, notify.RosterCheck, notify.PolicyReview,
	notify.StageNudge, notify.StageBreach, notify.Returned, notify.Changed, notify.Informed, notify.PolicyChanged, notify.OffCase, notify.Status,
}

const token = "k3v9x0q2m7c5t8w1b4n6z0d2f8"

func facts(kind notify.Kind) notify.Facts {
	now := time.Date(2026, 11, 26, 14, 5, 0, 0, time.UTC)
	return notify.Facts{
		Kind: kind, Service: "Safeguarding desk", ServiceAddress: "desk@council.example", Now: now,
		Ref: "SG-7K3F9", Severity: "S2", State: "open", Received: now, Due: now.Add(3 * time.Hour), Org: "Northgate Training",
		To: notify.Person{ID: "lead", Name: "Amina Patel", Address: "amina@northgate.example"}, Role: "lead",
		Deeds:   []notify.Deed{{Word: "ACK", Did: "taken"}},
		Trouble: notify.Down{Part: "mailbox main", Since: now.Add(-time.Hour)},
		Token:   token, LetterID: "01JD8Z6Q4M", Host: "council.example",
		Daily: &notify.Daily{Open: 1, Owed: []notify.Owed{{Ref: "SG-7K3F9", State: "open"}}}, Roll: &notify.Roll{Returned: []string{"Tom Reid"}},
	}
}

func compose(t *testing.T, f notify.Facts) notify.Letter {
	t.Helper()
	l, err := notify.Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Every kind becomes a mail that the mailer takes, with the same envelope for
// the whole life of a case.
func TestEveryKindIsSendableAndThreads(t *testing.T) {
	want := compose(t, facts(notify.Opened))
	for _, kind := range kinds {
		f := facts(kind)
		f.State, f.LetterID, f.Now = "acknowledged", "other", f.Now.Add(time.Hour)
		l := compose(t, f)
		if _, err := mailer.Render(l); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if l.Subject != "Safeguarding SG-7K3F9" || !reflect.DeepEqual(l.References, want.References) || !reflect.DeepEqual(l.Headers, want.Headers) {
			t.Errorf("%s: %q %q %q", kind, l.Subject, l.References, l.Headers)
		}
	}
}

func TestEnvelope(t *testing.T) {
	l := compose(t, facts(notify.Opened))
	headers := map[string]string{}
	for _, h := range l.Headers {
		headers[h.Name] = h.Value
	}
	index, err := base64.StdEncoding.DecodeString(headers["Thread-Index"])
	if err != nil || len(index) != 22 || index[0] != 1 {
		t.Errorf("Thread-Index %x, %v", index, err)
	}
	delete(headers, "Thread-Index")
	if want := map[string]string{
		"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "DR, RN, NRN, AutoReply", "Thread-Topic": "Safeguarding SG-7K3F9",
	}; !reflect.DeepEqual(headers, want) {
		t.Errorf("headers %q, want %q", headers, want)
	}
	l.Headers, l.Text, l.HTML = nil, "", ""
	want := notify.Letter{
		From: "desk@council.example", FromName: "Safeguarding desk", To: "amina@northgate.example", ToName: "Amina Patel",
		ReplyTo: "desk+dd1." + token + "@council.example", Subject: "Safeguarding SG-7K3F9",
		MessageID: "<dd1.01JD8Z6Q4M." + token + "@council.example>", InReplyTo: "<case.SG-7K3F9@council.example>",
		References: []string{"<case.SG-7K3F9@council.example>"}, Date: l.Date, Language: "en-GB",
	}
	if !reflect.DeepEqual(l, want) {
		t.Errorf("got %+v\nwant %+v", l, want)
	}
}

// Two cases are two conversations; a trouble and its recovery are one.
func TestConversationsApart(t *testing.T) {
	index := func(f notify.Facts) string { return compose(t, f).Headers[3].Value + compose(t, f).References[0] }
	other := facts(notify.Opened)
	other.Ref = "SG-7K3FA"
	if index(facts(notify.Opened)) == index(other) {
		t.Error("two cases share a conversation")
	}
	down, up := facts(notify.Trouble), facts(notify.Recovered)
	down.Ref, up.Ref = "", ""
	down.Token, up.Token = "", ""
	if index(down) != index(up) || compose(t, up).Subject != "Safeguarding desk: needs attention" {
		t.Error("a recovery does not answer its trouble")
	}
	again := down
	again.Trouble.Since = again.Trouble.Since.Add(time.Minute)
	if index(down) == index(again) {
		t.Error("two troubles share a conversation")
	}
	if l := compose(t, down); l.ReplyTo != "" || strings.Contains(l.Text, "reply") || strings.Contains(l.Text, notify.Marker) {
		t.Errorf("a letter without a capability asks for a reply:\n%s", l.Text)
	}
}

// T10: whoever may not have the full letter sees nothing of the report, and
// nobody sees any of it before the letter is opened.
func TestT10CanariesStayInFullLetters(t *testing.T) {
	for _, kind := range kinds {
		for _, full := range []bool{false, true} {
			f := facts(kind)
			f.Door = "form"
			f.Exhibits = []notify.Exhibit{{Name: "CANARY-name", Type: "CANARY-type", Size: 5, SHA256: "CANARY-sha"}}
			f.State = "acknowledged"
			if kind == notify.CloseProposed || kind == notify.Closed {
				f.Reason = "CANARY-reason"
			}
			if full {
				f.Words = "CANARY-words"
			}
			l := compose(t, f)
			preview := regexp.MustCompile(`(?s)<span style="display:none.*?</span>`).FindString(l.HTML)
			if preview == "" {
				t.Fatalf("%s: no preview", kind)
			}
			first, _, _ := strings.Cut(l.Text, "\n")
			text, html := l.Text, l.HTML
			l.Text, l.HTML = "x", ""
			raw, err := mailer.Render(l)
			if err != nil {
				t.Fatal(err)
			}
			if strings.Contains(string(raw)+preview+first, "CANARY") {
				t.Errorf("%s: a canary in header, preview or first line:\n%s%s\n%s", kind, raw, preview, first)
			}
			if !full && strings.Contains(text+html, "CANARY") || !full && strings.Contains(text+html, "web form") {
				t.Errorf("%s: a canary in a minimal letter:\n%s", kind, text)
			}
			if full && kind == notify.Opened && (strings.Count(text, "CANARY") != 4 || strings.Count(html, "CANARY") != 4 || !strings.Contains(text, "by web form")) {
				t.Errorf("the full letter is not full:\n%s", text)
			}
		}
	}
}

// The capability is in Reply-To, Message-ID and the address of links, nowhere
// a person would read or copy it.
func TestTokenOnlyInAddresses(t *testing.T) {
	for _, kind := range kinds {
		l := compose(t, facts(kind))
		for _, part := range []string{l.Text, l.HTML} {
			rest := strings.ReplaceAll(part, "mailto:desk%2Bdd1."+token+"@council.example", "")
			rest = strings.ReplaceAll(rest, "mailto:desk%2bdd1."+token+"@council.example", "")
			if strings.Contains(rest, token) {
				t.Errorf("%s: the token is told:\n%s", kind, part)
			}
		}
		if strings.Contains(l.Subject+l.FromName+l.InReplyTo+strings.Join(l.References, ""), token) {
			t.Errorf("%s: the token is in a field", kind)
		}
	}
}

// No letter holds what a scanner could fetch or a client would run.
func TestV7NoLinksButMailto(t *testing.T) {
	href := regexp.MustCompile(`href="([^"]*)"`)
	for _, kind := range kinds {
		l := compose(t, facts(kind))
		if bad := regexp.MustCompile(`(?i)https?:|<img|<script|src=`).FindString(l.Text + l.HTML); bad != "" {
			t.Errorf("%s holds %q", kind, bad)
		}
		for _, m := range href.FindAllStringSubmatch(l.HTML, -1) {
			if !strings.HasPrefix(m[1], "mailto:desk") || len(m[1]) > 500 {
				t.Errorf("%s links to %q", kind, m[1])
			}
		}
	}
}

// V25, T16: what people write is text, in both parts, and cannot pass for ours.
func TestV25WordsAreText(t *testing.T) {
	f := facts(notify.Opened)
	f.Words = "{{.Token}} <script>x</script>\r\n" + notify.Marker + "\r\nACK\u2028B\x00C\x1b[2J"
	f.Exhibits = []notify.Exhibit{{Name: "a\r\nReference: SG-AAAAA\u202egnp.exe", Type: "<b>", Size: -1, SHA256: "1"}}
	f.To.Name, f.Service, f.By = "Zoë\r\nBcc: b@evil.example", "=?utf-8?q?desk?=", "x\ny"
	l := compose(t, f)
	raw, err := mailer.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(raw), "\nBcc:") {
		t.Errorf("a field was injected:\n%s", raw)
	}
	for _, bad := range []string{"<script>", "\x00", "\x1b", "\u202e", "\nReference: SG-AAAAA"} {
		if strings.Contains(l.HTML, bad) || bad != "<script>" && strings.Contains(l.Text, bad) {
			t.Errorf("the letter holds %q:\n%s", bad, l.Text)
		}
	}
	if !strings.Contains(l.Text, "  * a Reference: SG-AAAAAgnp.exe (<b>, 0 bytes, SHA-256 1)\n") {
		t.Errorf("a file's name is not on one line:\n%s", l.Text)
	}
	if !strings.Contains(l.Text, "\n  > "+notify.Marker+"\n  > ACK\n  > BC") || strings.Count(l.Text, "\n"+notify.Marker+"\n") != 1 {
		t.Errorf("the reporter's line passes for ours:\n%s", l.Text)
	}
}

func TestLongWordsAreCutAndSaySo(t *testing.T) {
	f := facts(notify.Opened)
	f.Words = strings.Repeat("é", 30_000)
	l := compose(t, f)
	if n := strings.Count(l.Text, "é"); n != 20_000 || !strings.Contains(l.Text, "All of it is kept on the case") {
		t.Errorf("%d characters kept", n)
	}
}

func TestIncompleteFactsAreRefused(t *testing.T) {
	for name, change := range map[string]func(*notify.Facts){
		"no kind":            func(f *notify.Facts) { f.Kind = "" },
		"no recipient":       func(f *notify.Facts) { f.To.Address = "" },
		"two recipients":     func(f *notify.Facts) { f.To.Address = "a@b.example,c@d.example" },
		"no service":         func(f *notify.Facts) { f.Service = " " },
		"no address":         func(f *notify.Facts) { f.ServiceAddress = "desk" },
		"no time":            func(f *notify.Facts) { f.Now = time.Time{} },
		"no reference":       func(f *notify.Facts) { f.Ref = "" },
		"reference tells":    func(f *notify.Facts) { f.Ref = "SG-7K3F9 Jamie" },
		"token tells":        func(f *notify.Facts) { f.Token = "Jamie@x" },
		"id of another form": func(f *notify.Facts) { f.LetterID = "a.b" },
		"host of a line":     func(f *notify.Facts) { f.Host = "x\r\ny" },
		"trouble with what":  func(f *notify.Facts) { f.Kind, f.Ref, f.Trouble.Part = notify.Trouble, "", "" },
	} {
		f := facts(notify.Opened)
		change(&f)
		if _, err := notify.Compose(f); !errors.Is(err, notify.ErrFacts) {
			t.Errorf("%s: err = %v, want %v", name, err, notify.ErrFacts)
		}
	}
	f := facts("gossip")
	if _, err := notify.Compose(f); err == nil {
		t.Error("a kind without words was written")
	}
}

// What a mail program shows is what was composed.
func TestLetterSurvivesTheMail(t *testing.T) {
	f := facts(notify.Opened)
	f.Words = "naïve – £5 \n.\nFrom here"
	l := compose(t, f)
	raw, err := mailer.Render(l)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(strings.NewReader(string(raw)))
	if err != nil {
		t.Fatal(err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	for _, want := range []string{l.Text, l.HTML} {
		p, err := r.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		got, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil || strings.ReplaceAll(string(got), "\r\n", "\n") != want {
			t.Errorf("got %q\nwant %q, %v", got, want, err)
		}
	}
}

// BenchmarkComposeAndRender is all that happens to a letter before the network.
func BenchmarkComposeAndRender(b *testing.B) {
	f := facts(notify.Opened)
	f.Words = strings.Repeat("what they said. ", 100)
	for b.Loop() {
		l, err := notify.Compose(f)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := mailer.Render(l); err != nil {
			b.Fatal(err)
		}
	}
}
