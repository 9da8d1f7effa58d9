package mailer

import (
	"bytes"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"dutydesk/notify"
)

func sample() notify.Letter {
	return notify.Letter{
		From: "desk@council.example", FromName: "Safeguarding desk", To: "lead@college.example", ToName: "Zoë O'Brien, \"DSL\"",
		ReplyTo: "desk+dd1.k7f3@council.example", Subject: "Safeguarding SG-7K3F9",
		MessageID: "<dd1.01jd.k7f3@council.example>", InReplyTo: "<case.SG-7K3F9@council.example>",
		References: []string{"<case.SG-7K3F9@council.example>", "<dd1.01jc.k7f2@council.example>"},
		Date:       time.Date(2026, 11, 26, 14, 5, 0, 0, time.FixedZone("", 3600)),
		Headers:    []notify.Header{{Name: "Auto-Submitted", Value: "auto-generated"}, {Name: "Thread-Topic", Value: "Safeguarding SG-7K3F9"}},
		Text:       "New concern, high severity.\n.\nFrom here – £5, naïve; trailing space \n" + strings.Repeat("long ", 300) + "\n",
		HTML:       "<p lang=\"en\">New concern – £5</p>\n", Language: "en-GB",
	}
}

func TestRenderIsAWholeMail(t *testing.T) {
	raw, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"Subject": "Safeguarding SG-7K3F9", "Message-ID": "<dd1.01jd.k7f3@council.example>", "MIME-Version": "1.0",
		"In-Reply-To": "<case.SG-7K3F9@council.example>", "Date": "Thu, 26 Nov 2026 13:05:00 +0000", "Content-Language": "en-GB",
		"References": "<case.SG-7K3F9@council.example> <dd1.01jc.k7f2@council.example>", "Auto-Submitted": "auto-generated",
		"Reply-To": "<desk+dd1.k7f3@council.example>", "From": `"Safeguarding desk" <desk@council.example>`,
	} {
		if got := m.Header[mailKey(field)]; len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	people, err := m.Header.AddressList("To")
	if err != nil || len(people) != 1 || people[0].Name != sample().ToName || people[0].Address != sample().To {
		t.Errorf("To: %v, %v", people, err)
	}
	if got := parts(t, m); got[0] != "text/plain\n"+sample().Text || got[1] != "text/html\n"+sample().HTML {
		t.Errorf("parts %q", got)
	}
}

func mailKey(s string) string {
	switch s {
	case "Message-ID":
		return "Message-Id"
	case "MIME-Version":
		return "Mime-Version"
	}
	return s
}

// parts returns type and decoded text of each part.
func parts(t testing.TB, m *mail.Message) []string {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/alternative" {
		t.Fatalf("content type %q, %v", kind, err)
	}
	var all []string
	for r := multipart.NewReader(m.Body, params["boundary"]); ; {
		p, err := r.NextRawPart()
		if err == io.EOF {
			return all
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(quotedprintable.NewReader(p))
		if err != nil {
			t.Fatal(err)
		}
		kind, _, _ := mime.ParseMediaType(p.Header.Get("Content-Type"))
		all = append(all, kind+"\n"+strings.ReplaceAll(string(text), "\r\n", "\n"))
	}
}

func TestRenderIsTheSameEveryTime(t *testing.T) {
	first, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	for range 20 {
		if again, _ := Render(sample()); !bytes.Equal(again, first) {
			t.Fatalf("%s\nthen\n%s", first, again)
		}
	}
}

func TestRenderTellsNothingOfUs(t *testing.T) {
	raw, err := Render(sample())
	if err != nil {
		t.Fatal(err)
	}
	host, _ := os.Hostname()
	for _, word := range []string{"go-mail", "User-Agent", "X-Mailer", "wneessen", "dutydesk", host} {
		if word != "" && bytes.Contains(bytes.ToLower(raw), []byte(strings.ToLower(word))) {
			t.Errorf("the mail says %q", word)
		}
	}
}

func TestRenderPlainTextOnly(t *testing.T) {
	l := sample()
	l.HTML = ""
	raw, err := Render(l)
	if err != nil {
		t.Fatal(err)
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil || !strings.HasPrefix(m.Header.Get("Content-Type"), "text/plain") {
		t.Errorf("content type %q, %v", m.Header.Get("Content-Type"), err)
	}
}

// V13, T16: nothing that came from elsewhere adds a recipient or a field.
func TestV13FieldsCannotBeInjected(t *testing.T) {
	for name, change := range map[string]func(*notify.Letter){
		"two recipients":         func(l *notify.Letter) { l.To = "lead@college.example, b@evil.example" },
		"group":                  func(l *notify.Letter) { l.To = "all: lead@college.example;" },
		"recipient with a line":  func(l *notify.Letter) { l.To = "lead@college.example\r\nBcc: b@evil.example" },
		"no recipient":           func(l *notify.Letter) { l.To = "" },
		"name with a line":       func(l *notify.Letter) { l.ToName = "Zoë\r\nBcc: b@evil.example" },
		"name with NUL":          func(l *notify.Letter) { l.FromName = "desk\x00" },
		"name as encoded word":   func(l *notify.Letter) { l.FromName = "=?utf-8?q?x=0d=0aBcc:?=" },
		"subject with a line":    func(l *notify.Letter) { l.Subject = "Safeguarding\nBcc: b@evil.example" },
		"subject with U+2028":    func(l *notify.Letter) { l.Subject = "Safeguarding\u2028SG" },
		"subject not UTF-8":      func(l *notify.Letter) { l.Subject = "Safeguarding \xff" },
		"reply-to with a line":   func(l *notify.Letter) { l.ReplyTo += "\r\nX: y" },
		"id with a space":        func(l *notify.Letter) { l.MessageID = "<a b@c>" },
		"id without brackets":    func(l *notify.Letter) { l.MessageID = "a@c" },
		"two ids":                func(l *notify.Letter) { l.InReplyTo = "<a@c> <b@c>" },
		"reference with a line":  func(l *notify.Letter) { l.References = []string{"<a@c>\r\nX: y"} },
		"header name with colon": func(l *notify.Letter) { l.Headers = []notify.Header{{Name: "X: y\r\nBcc", Value: "b"}} },
		"header of ours":         func(l *notify.Letter) { l.Headers = []notify.Header{{Name: "bCC", Value: "b@evil.example"}} },
		"content header":         func(l *notify.Letter) { l.Headers = []notify.Header{{Name: "Content-Type", Value: "x/y"}} },
		"header twice": func(l *notify.Letter) {
			l.Headers = []notify.Header{{Name: "X-A", Value: "b"}, {Name: "x-a", Value: "c"}}
		},
		"header with a line":    func(l *notify.Letter) { l.Headers = []notify.Header{{Name: "X-A", Value: "b\r\nBcc: b@evil.example"}} },
		"language with a line":  func(l *notify.Letter) { l.Language = "en\r\nBcc: b" },
		"subject of spaces":     func(l *notify.Letter) { l.Subject = "Safeguarding" + strings.Repeat(" ", 90) + "SG" },
		"subject after a space": func(l *notify.Letter) { l.Subject = " Safeguarding" },
		"no text":               func(l *notify.Letter) { l.Text = "" },
		"no date":               func(l *notify.Letter) { l.Date = time.Time{} },
	} {
		l := sample()
		change(&l)
		_, err := Render(l)
		if !errors.Is(err, ErrUnfit) {
			t.Errorf("%s: err = %v, want %v", name, err, ErrUnfit)
		} else if strings.Contains(err.Error(), "evil") || strings.Contains(err.Error(), "Zoë") {
			t.Errorf("%s: the error repeats the value: %v", name, err)
		}
	}
}

// Whatever the words are, a mail is refused or has each field exactly once and
// two parts that read back as they were written.
func FuzzRender(f *testing.F) {
	f.Add("Zoë", "Safeguarding SG-1", "hello", "<p>hello</p>", "v")
	f.Add("a\r\nBcc: b@evil.example", "s\nX: y", ".\r\n\r\n--dd-\r\n", "", "v v")
	f.Add("=?utf-8?q?=0aBcc:?=", strings.Repeat("x", 399), "\x00\r", "<!--", "\t")
	f.Add(strings.Repeat("\u00e9 ", 150)+"e", strings.Repeat("long ", 70)+"x", "From \xff", "=\r\n", strings.Repeat("v ", 190)+"v")
	want, err := Render(sample())
	if err != nil {
		f.Fatal(err)
	}
	fields := headerLines(f, want)
	f.Fuzz(func(t *testing.T, name, subject, text, html, value string) {
		l := sample()
		l.FromName, l.ToName, l.Subject, l.Text, l.HTML = name, name, subject, text, html+"."
		l.Headers[0].Value = value
		raw, err := Render(l)
		if err != nil {
			if !errors.Is(err, ErrUnfit) {
				t.Fatalf("err = %v, want %v", err, ErrUnfit)
			}
			return
		}
		if got := headerLines(t, raw); got != fields {
			t.Fatalf("fields %q, want %q", got, fields)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		if got := new(mime.WordDecoder); !same(got, m.Header.Get("Subject"), subject) {
			t.Errorf("subject %q, want %q", m.Header.Get("Subject"), subject)
		}
		if p := parts(t, m); len(p) != 2 || utf8.ValidString(text) && p[0] != "text/plain\n"+lines(text) {
			t.Errorf("parts %q, want %q", p, text)
		}
	})
}

func same(d *mime.WordDecoder, got, want string) bool {
	got, err := d.DecodeHeader(got)
	return err == nil && got == want
}

// headerLines names the fields of raw in order, one per unfolded line.
func headerLines(t testing.TB, raw []byte) string {
	t.Helper()
	head, _, ok := bytes.Cut(raw, []byte("\r\n\r\n"))
	if !ok {
		t.Fatal("no end of the header")
	}
	var names []string
	for _, line := range strings.Split(string(head), "\r\n") {
		if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
			if strings.TrimSpace(line) == "" {
				t.Fatalf("an empty fold in %q", head)
			}
			continue
		}
		name, _, ok := strings.Cut(line, ":")
		if !ok {
			t.Fatalf("a line without a name: %q", line)
		}
		names = append(names, name)
	}
	return strings.Join(names, " ")
}
