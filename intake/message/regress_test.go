package message_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/intake/message"
)

// read reads a mail written with "\n" line ends as it would arrive.
func read(t testing.TB, mail string) message.Message {
	t.Helper()
	return readRaw(t, []byte(strings.ReplaceAll(mail, "\n", "\r\n")))
}

// readRaw reads raw with the default limits.
func readRaw(t testing.TB, raw []byte) message.Message {
	t.Helper()
	return message.Read(t.Context(), bytes.NewReader(raw), int64(len(raw)))
}

// has reports whether a Defect of that code was noted.
func has(m message.Message, code string) bool {
	return slices.ContainsFunc(m.Defects, func(d message.Defect) bool { return d.Code == code })
}

// within fails when f takes more of the processor than limit. The clock on the
// wall would measure the machine's other work too.
func within(t *testing.T, limit time.Duration, f func()) {
	t.Helper()
	began := cpuTime()
	f()
	if took := cpuTime() - began; took > limit*slowness {
		t.Errorf("took %v, promised %v", took, limit)
	}
}

// A mail without a usable Message-ID is read like any other and its bytes and
// its Body tell it from every other.
func TestF44NoMessageID(t *testing.T) {
	for name, c := range map[string]struct{ fields, id, defect string }{
		"none":            {"", "", message.DefectNoID},
		"empty":           {"Message-ID: \n", "", message.DefectNoID},
		"two":             {"Message-ID: <a@b>\nMessage-ID: <c@d>\n", "<a@b>", message.DefectDuplicate},
		"64 KB":           {"Message-ID: <" + strings.Repeat("x", 64<<10) + "@b>\n", "", message.DefectIDLong},
		"no brackets":     {"Message-ID: a@b\n", "<a@b>", message.DefectID},
		"only words":      {"Message-ID: this is none\n", "", message.DefectNoID},
		"no at sign":      {"Message-ID: <ab>\n", "<ab>", message.DefectID},
		"folded inside":   {"Message-ID: <a@\n b>\n", "<a@b>", ""},
		"words around it": {"Message-ID: (x) <a@b> y\n", "<a@b>", ""},
	} {
		m := read(t, c.fields+"From: a@b.example\nSubject: help\n\nplease read this\n")
		if m.MessageID != c.id || c.defect != "" && !has(m, c.defect) {
			t.Errorf("%s: id %.60q, defects %v", name, m.MessageID, m.Defects)
		}
		if m.Text != "please read this\n" || m.Subject != "help" {
			t.Errorf("%s: text %q", name, m.Text)
		}
	}
}

// Two copies that took different ways have one Body; one changed byte makes
// another.
func TestBodyIsTheSameForCopies(t *testing.T) {
	one := read(t, "Received: from a\nFrom: a@b.example\n\nplease\nread this\n")
	two := readRaw(t, []byte("Received: from c\nReceived: from b\nFrom: a@b.example\n\nplease\nread this\n\n\n"))
	other := read(t, "Received: from a\nFrom: a@b.example\n\nplease\nread that\n")
	if one.Body != two.Body || one.Body == other.Body || one.SHA256 == two.SHA256 {
		t.Errorf("bodies %s, %s, %s", one.Body, two.Body, other.Body)
	}
}

// File names come through as data, whatever they are; what is misleading about
// them is noted.
func TestV11V12NamesAreData(t *testing.T) {
	for _, name := range []string{
		"../../etc/passwd", `C:\Windows\evil.exe`, "..", "invoice\u202efdp.exe", "\u200b.htaccess", "a\x01b", strings.Repeat("n", 400),
	} {
		m := read(t, "From: a@b.example\nContent-Type: application/octet-stream; name=\"x\"\n"+
			"Content-Disposition: attachment; filename=\""+strings.ReplaceAll(name, `\`, `\\`)+"\"\n\nx")
		if len(m.Attachments) != 1 || m.Attachments[0].Name != name {
			t.Fatalf("%q became %+v", name, m.Attachments)
		}
		if !slices.ContainsFunc(m.Attachments[0].Defects, func(d message.Defect) bool { return d.Code == message.DefectNameTrick }) {
			t.Errorf("%q: %v", name, m.Attachments[0].Defects)
		}
	}
}

// A name of 64 KB is cut, with a Defect.
func TestV11NameOf64KB(t *testing.T) {
	m := read(t, "Content-Type: image/png; name=\""+strings.Repeat("é", 32<<10)+"\"\n\nx")
	a := m.Attachments[0]
	if len(a.Name) > 8<<10 || len(a.Name) < 8000 || !slices.ContainsFunc(a.Defects, func(d message.Defect) bool { return d.Code == message.DefectName }) {
		t.Errorf("%d bytes, %v", len(a.Name), a.Defects)
	}
}

// Headers made to cost quadratic time in other parsers.
func TestV17V18V21HeadersTakeLinearTime(t *testing.T) {
	big := 900 << 10
	for name, field := range map[string]string{
		"500,000 addresses": "To: " + strings.Repeat("a@b,", big/4),
		"domain literal":    "To: a@[" + strings.Repeat("[", big) + "]",
		"open comments":     "To: " + strings.Repeat("(", big),
		"comments":          "To: " + strings.Repeat("()", big/2) + "a@b.example",
		"quotes":            "To: " + strings.Repeat(`"`, big),
		"escapes":           "To: \"" + strings.Repeat(`\"`, big/2),
		"phrases":           "To: " + strings.Repeat("a ", big/2) + "<a@b.example>",
		"angles":            "To: " + strings.Repeat("<", big),
		"encoded words":     "Subject: " + strings.Repeat("=?utf-8?q?=", big/11),
		"unended words":     "Subject: " + strings.Repeat("=?a?q?b", big/7),
		"good words":        "Subject: " + strings.Repeat("=?utf-8?q?a?= ", big/14),
		"other words":       "Subject: " + strings.Repeat("=?", big/2),
		"references":        "References: " + strings.Repeat("<", big),
		"ids":               "References: " + strings.Repeat("<a@b>", big/5),
		"parameters":        "Content-Type: text/plain" + strings.Repeat("; a*0*=b", big/8),
		"date":              "Date: " + strings.Repeat("1 ", big/2),
		"colons":            "X: " + strings.Repeat(":", big),
		"fields":            strings.Repeat("a:\n", big/3) + "b: c",
		"folds":             "X: a" + strings.Repeat("\n ", big/2),
	} {
		mail := []byte(field + "\nFrom: a@b.example\n\nplease read this\n")
		within(t, time.Second, func() {
			if m := readRaw(t, mail); m.Text != "please read this\n" {
				t.Errorf("%s: text %q, %v", name, m.Text, m.Defects)
			}
		})
	}
}

// Bombs of parts are cut at the limits, quickly, with a Defect.
func TestV22Bombs(t *testing.T) {
	for _, c := range []struct {
		name, defect string
		raw          []byte
		limit        time.Duration
	}{
		{"20,000 levels", message.DefectDepth, nested(20000), 250 * time.Millisecond},
		{"a million parts", message.DefectParts, million(1000000), 2 * time.Second},
		{"embedded mails", message.DefectDepth, []byte(strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 20000)), 250 * time.Millisecond},
		{"closing lines", message.DefectEpilogue, []byte("Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n" + strings.Repeat("--b--\r\nx\r\n", 100000)), time.Second},
		{"uuencoded blocks", message.DefectParts, []byte("\r\n" + strings.Repeat("begin 644 a\n#0V%T\n`\nend\n", 50000)), time.Second},
		{"html", "", []byte("Content-Type: text/html\r\n\r\n" + strings.Repeat("<blockquote><table><tr><td>", 40000)), time.Second},
		{"declarations", "", []byte("Content-Type: text/html\r\n\r\n<p style='" + strings.Repeat("a:b;", 200000) + "'>x"), time.Second},
		{"classes", "", []byte("Content-Type: text/html\r\n\r\n<p " + strings.Repeat("class=abc ", 90000) + ">x"), time.Second},
		{"rules", "", []byte("Content-Type: text/html\r\n\r\n<style>" + strings.Repeat(".a .b{color:#fff}", 50000) + "</style>" + strings.Repeat("<p class='a b c d'>", 5000)), time.Second},
		{"selectors", "", []byte("Content-Type: text/html\r\n\r\n<style>" + strings.Repeat("a b,", 200000) + "{opacity:0}</style>x"), time.Second},
		{"comments in styles", "", []byte("Content-Type: text/html\r\n\r\n<p style='" + strings.Repeat("/*", 400000) + "'>x"), time.Second},
		{"links", "", []byte("Content-Type: text/html\r\n\r\n" + strings.Repeat("<a href='http://x.example/'>x", 40000)), time.Second},
	} {
		within(t, c.limit, func() {
			m := readRaw(t, c.raw)
			if c.defect != "" && !has(m, c.defect) {
				t.Errorf("%s: %v", c.name, m.Defects)
			}
			if len(m.Attachments) > 3000 || len(m.Defects) > 201 {
				t.Errorf("%s: %d attachments, %d defects", c.name, len(m.Attachments), len(m.Defects))
			}
		})
	}
}

// Every limit is a Defect and never a refusal: the text before it is there.
func TestLimitsAreDefects(t *testing.T) {
	mail := "Content-Type: multipart/mixed; boundary=b\nTo: c@d.example, e@f.example, g@h.example\nReferences: <1@x> <2@x> <3@x>\nFrom: a@b.example\nDate: never\n" +
		"\n--b\n\nplease read this\n--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nx\n--c--\n--b\n\ny\n--b--\n"
	for code, lim := range map[string]message.Limits{
		message.DefectAddresses: {Addresses: 2},
		message.DefectIDs:       {IDs: 2},
		message.DefectParts:     {Parts: 3},
		message.DefectDepth:     {Depth: 1},
		message.DefectText:      {Text: 17},
		message.DefectMore:      {Defects: 1},
		message.DefectHeader:    {Fields: 3},
	} {
		raw := strings.ReplaceAll(mail, "\n", "\r\n")
		m := message.Reader{Limits: lim}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
		if !has(m, code) || !strings.HasPrefix(m.Text, "please read this") {
			t.Errorf("%s: text %q, defects %v", code, m.Text, m.Defects)
		}
	}
	raw := "From: a@b.example\r\nX: " + strings.Repeat("x", 2000) + "\r\nSubject: late\r\n\r\nplease read this"
	m := message.Reader{Limits: message.Limits{Header: 1000}}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if !has(m, message.DefectHeader) || m.Text != "please read this" || len(m.From) != 1 {
		t.Errorf("header: %q %v", m.Text, m.Defects)
	}
}

// When the time is over, what was read so far is given.
func TestTimeLimit(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	raw := withPhoto(400 << 10)
	m := message.Read(ctx, bytes.NewReader(raw), int64(len(raw)))
	if !has(m, message.DefectTime) || len(m.From) != 1 || m.Machine.Class != message.Person {
		t.Errorf("from %v, defects %v", m.From, m.Defects)
	}
}

// errReader gives the beginning of a mail and then fails, as a broken disk does.
type errReader struct{ s string }

func (r errReader) ReadAt(p []byte, off int64) (int, error) {
	if off >= int64(len(r.s)) {
		return 0, errors.New("input/output error")
	}
	n := copy(p, r.s[off:])
	if n < len(p) {
		return n, io.ErrUnexpectedEOF
	}
	return n, nil
}

// A source that breaks off is read as far as it goes.
func TestReadErrorIsADefect(t *testing.T) {
	m := message.Read(t.Context(), errReader{"From: a@b.example\r\n\r\nplease"}, 5000)
	if !has(m, message.DefectRead) || m.Text != "please" {
		t.Errorf("text %q, %v", m.Text, m.Defects)
	}
}

// Bytes that a mail may not have (F46) leave the rest readable.
func TestF46OddBytes(t *testing.T) {
	for name, raw := range map[string]string{
		"mbox line":      "From amy@x Mon Nov 23 09:00:00 2026\nFrom: a@b.example\nSubject: help\n\nplease read this\n",
		"two mbox lines": "From amy@x Mon Nov 23 09:00:00 2026\n>From bob@y Mon Nov 23 09:00:00 2026\nFrom: a@b.example\nSubject: help\n\nplease read this\n",
		"no colon":       "From: a@b.example\nthis is no field\nSubject: help\n\nplease read this\n",
		"no blank line":  "From: a@b.example\nSubject: help\nplease read this\nand that too\n",
		"CR CR LF":       "From: a@b.example\r\r\nSubject: help\r\r\n\r\r\nplease read this\r\r\n",
		"CR only":        "From: a@b.example\rSubject: help\r\rplease read this\r",
		"leading fold":   " Received: x\nFrom: a@b.example\nSubject: help\n\nplease read this\n",
		"8-bit name":     "F\xe9: x\nFrom: a@b.example\nSubject: help\n\nplease read this\n",
		"8-bit value":    "X: \xe9\xff\nFrom: a@b.example\nSubject: help\n\nplease read this\n",
		"NUL":            "X: a\x00b\nFrom: a@b.example\nSubject: help\n\nplease read this\n",
		"space colon":    "From : a@b.example\nSubject : help\n\nplease read this\n",
		"blank CR line":  "From: a@b.example\nSubject: help\n\r\nplease read this\n",
		"unknown coding": "From: a@b.example\nSubject: help\nContent-Transfer-Encoding: x-secret\n\nplease read this\n",
		"bad charset":    "From: a@b.example\nSubject: help\nContent-Type: text/plain; charset=x-none\n\nplease read this\n",
		"odd type":       "From: a@b.example\nSubject: help\nContent-Type: <html>\n\nplease read this\n",
		"bad multipart":  "From: a@b.example\nSubject: help\nContent-Type: multipart/mixed\n\nplease read this\n",
		"lost boundary":  "From: a@b.example\nSubject: help\nContent-Type: multipart/mixed; boundary=x\n\nplease read this\n",
		"wrong boundary": "From: a@b.example\nSubject: help\nContent-Type: multipart/mixed; boundary=x\n\n--y\nContent-Type: text/plain\n\nplease read this\n--y--\n",
	} {
		m := readRaw(t, []byte(raw))
		if !strings.HasPrefix(m.Text, "please read this") || m.Subject != "help" || len(m.From) != 1 || m.From[0].Addr != "a@b.example" {
			t.Errorf("%s: from %v, subject %q, text %q", name, m.From, m.Subject, m.Text)
		}
		codes := fmt.Sprint(m.Defects)
		if len(m.Defects) < 2 && name != "blank CR line" { // one is the missing Message-ID
			t.Errorf("%s: no defect but %s", name, codes)
		}
	}
}

// A Message is JSON with the names others rely on, and lists are never null.
func TestJSONNames(t *testing.T) {
	m := read(t, "From: a@b.example\n\nx")
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"sha256", "size", "from", "to", "cc", "reply_to", "subject", "message_id", "in_reply_to",
		"references", "text", "html_only", "attachments", "machine", "bounce", "dkim", "defects", "recipients", "from_headers", "body", "forwarded", "grade"} {
		if !bytes.Contains(b, []byte(`"`+key+`":`)) {
			t.Errorf("no %q in %s", key, b)
		}
	}
	if bytes.Contains(b, []byte("null")) {
		t.Errorf("null in %s", b)
	}
}

// FuzzRead: whatever arrives, it is read, its text stays within the limit, and
// its bytes are named.
func FuzzRead(f *testing.F) {
	f.Add(ordinary())
	f.Add([]byte("\r\n\r\n"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := message.Reader{Limits: message.Limits{Text: 500, Parts: 20}}.Read(t.Context(), bytes.NewReader(raw), int64(len(raw)))
		if len(m.Text) > 500 || len(m.SHA256) != 64 || has(m, message.DefectPanic) || m.Size != int64(len(raw)) {
			t.Errorf("%d bytes of text, %v", len(m.Text), m.Defects)
		}
	})
}
