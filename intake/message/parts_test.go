package message_test

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"dutydesk/intake/message"
)

// found describes the attachments in one line each: part, how, name, bytes.
func found(m message.Message) (all string) {
	for _, a := range m.Attachments {
		all += fmt.Sprintf("%s %s %s %d\n", a.Part, a.How, a.Name, a.Size)
	}
	return all
}

// sum returns the hex SHA-256 of s.
func sum(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:])
}

// Everything in a mail that is not its text is listed, wherever it hides.
func TestEverythingIsListed(t *testing.T) {
	const mixed = "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n"
	file := "Content-Type: application/pdf; name=f.pdf\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("%PDF-1.4 x")) + "\n"
	for _, c := range []struct{ name, mail, want, text string }{
		{"attachment", mixed + "--b\n\nhi\n--b\n" + file + "--b--\n", "2 attachment f.pdf 10\n", "hi"},
		{"root is a file", "From: a@b.example\n" + file, "1 attachment f.pdf 10\n", ""},
		{"behind the closing boundary", mixed + "--b\n\nhi\n--b--\n--b\n" + file + "--b--\n", "2 attachment f.pdf 10\n", "hi"},
		{"same boundary inside", mixed + "--b\n\nhi\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + file + "--b--\n--b--\n", "2.1 attachment f.pdf 10\n", "hi"},
		{"behind the same boundary inside", mixed + "--b\n\nhi\n--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + file + "--b--\n--b\n" + file + "--b--\n", "2.1 attachment f.pdf 10\n3 attachment f.pdf 10\n", "hi"},
		{"not closed", mixed + "--b\n\nhi\n--b\n" + file, "2 attachment f.pdf 10\n", "hi"},
		{"outer boundary ends inner", mixed + "--b\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\nhi\n--b\n" + file + "--b--\n", "2 attachment f.pdf 10\n", "hi"},
		{"boundary is a beginning of another", "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=bb\n\n--bb\n\nhi\n--bb\n" + file + "--bb--\n--b--\n", "1.2 attachment f.pdf 10\n", "hi"},
		{"preamble", mixed + "the real words\n\n--b\n\nhi\n--b--\n", "1 preamble  16\n", "hi"},
		{"customary preamble", mixed + "This is a multi-part message in MIME format.\n\n--b\n\nhi\n--b--\n", "", "hi"},
		{"epilogue", mixed + "--b\n\nhi\n--b--\nthe real words\n", "1 epilogue  16\n", "hi"},
		{"embedded mail", mixed + "--b\n\nhi\n--b\nContent-Type: message/rfc822\n\nFrom: c@d.example\nSubject: inner\nContent-Type: multipart/mixed; boundary=c\n\n--c\n\ninner words\n--c\n" + file + "--c--\n--b--\n",
			"2 embedded-message  208\n2.2 attachment f.pdf 10\n", "hi"},
		{"embedded mail in base64", mixed + "--b\n\nhi\n--b\nContent-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("Subject: inner\n"+file)) + "\n--b--\n",
			"2 embedded-message  109\n2.1 attachment f.pdf 10\n", "hi"},
		{"mail in a file", mixed + "--b\n\nhi\n--b\nContent-Type: application/octet-stream; name=a.eml\nContent-Transfer-Encoding: base64\n\n" + base64.StdEncoding.EncodeToString([]byte("Subject: inner\n"+file)) + "\n--b--\n",
			"2 attachment a.eml 109\n2.1 attachment f.pdf 10\n", "hi"},
		{"uuencode", "From: a@b.example\n\nhi\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n", "1 uuencode cat.txt 3\n", "hi\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye"},
		{"prose that begins", "From: a@b.example\n\nbegin 644 is what I said\nand no more\n", "", "begin 644 is what I said\nand no more"},
		{"inline picture", mixed + "--b\n\nhi\n--b\nContent-Type: image/png\nContent-Disposition: inline\n\nPNG\n--b--\n", "2 inline  3\n", "hi"},
		{"named text", mixed + "--b\n\nhi\n--b\nContent-Type: text/plain; name=n.txt\n\nmore\n--b--\n", "2 attachment n.txt 4\n", "hi"},
		{"two texts", mixed + "--b\n\nhi\n--b\n\nfooter\n--b--\n", "", "hi\nfooter"},
		{"html beside footer", mixed + "--b\nContent-Type: text/html\n\n<p>hi\n--b\n\nfooter\n--b--\n", "", "hi\nfooter"},
		{"guessed boundary", "From: a@b.example\nContent-Type: multipart/mixed\n\n--zz\nContent-Type: text/plain\n\nhi\n--zz\n" + file + "--zz--\n", "2 attachment f.pdf 10\n", "hi"},
		{"multipart without parts", "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\nhi\n", "", "hi"},
		{"byte order mark", "From: a@b.example\n\n\xef\xbb\xbfhi\n", "", "hi"},
		{"digest", "From: a@b.example\nContent-Type: multipart/digest; boundary=b\n\n--b\n\nSubject: one\n\nhi\n--b--\n", "1 embedded-message  18\n", ""},
	} {
		m := read(t, c.mail)
		if got := found(m); got != c.want {
			t.Errorf("%s: found\n%swant\n%s%v", c.name, got, c.want, m.Defects)
		}
		if strings.TrimRight(m.Text, "\n") != c.text {
			t.Errorf("%s: text %q, want %q", c.name, m.Text, c.text)
		}
	}
}

// What is wrong with the parts is noted, and what is right is not.
func TestPartDefects(t *testing.T) {
	const mixed = "From: a@b.example\nMessage-ID: <1@x>\nContent-Type: multipart/mixed; boundary=b\n\n"
	for _, c := range []struct{ name, mail, want string }{
		{"right", mixed + "--b\n\nhi\n--b--\n", ""},
		{"blank lines around", mixed + "\n\n--b\n\nhi\n--b--\n\n\n", ""},
		{"not closed", mixed + "--b\n\nhi\n", message.DefectNotClosed},
		{"closed twice", mixed + "--b\n\nhi\n--b--\n--b--\n", ""},
		{"same boundary inside", mixed + "--b\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nhi\n--b--\n--b--\n", message.DefectSameBound},
		{"behind the end", mixed + "--b--\n--b\n\nhi\n--b--\n", message.DefectReopened},
		{"partial", "Message-ID: <1@x>\nFrom: a@b.example\nContent-Type: message/partial; id=x\n\nhi", message.DefectPartial},
		{"elsewhere", "Message-ID: <1@x>\nFrom: a@b.example\nContent-Type: message/external-body; access-type=url\n\nhi", message.DefectExternal},
		{"outlook file", "Message-ID: <1@x>\nFrom: a@b.example\nContent-Type: application/vnd.ms-outlook\n\nhi", message.DefectMsg},
	} {
		m := read(t, c.mail)
		switch {
		case c.want == "" && len(m.Defects) != 0, c.want != "" && (len(m.Defects) != 1 || m.Defects[0].Code != c.want):
			t.Errorf("%s: %v", c.name, m.Defects)
		}
	}
}

// Text that is cut is cut between characters, and HTML beside a plain text does
// not count.
func TestTextCut(t *testing.T) {
	small := message.Reader{Limits: message.Limits{Text: 101}}
	raw := "From: a@b.example\r\n\r\n" + strings.Repeat("é", 500)
	m := small.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if m.Text != strings.Repeat("é", 50) || !has(m, message.DefectText) || has(m, message.DefectCharset) {
		t.Errorf("%q, %v", m.Text, m.Defects)
	}
	raw = "Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\nContent-Type: text/html\r\n\r\n<p>" + strings.Repeat("hi ", 500) + "\r\n--b--\r\n"
	m = small.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if m.Text != "hi" || has(m, message.DefectText) || m.HTMLOnly {
		t.Errorf("%q, %v", m.Text, m.Defects)
	}
}

// HTML alone is read as words, also when its plain alternative is empty.
func TestHTMLOnly(t *testing.T) {
	for _, plain := range []string{"", "--b\n\n  \n\n"} {
		m := read(t, "Content-Type: multipart/alternative; boundary=b\n\n"+plain+"--b\nContent-Type: text/html; charset=utf-8\n\n<p>please <b>read</b> this\n--b--\n")
		if m.Text != "please read this" || !m.HTMLOnly {
			t.Errorf("%q %v", m.Text, m.HTMLOnly)
		}
	}
	m := readRaw(t, []byte("Content-Type: text/html\r\n\r\n<head><meta http-equiv=x content='text/html; charset=windows-1252'></head>caf\xe9"))
	if m.Text != "café" {
		t.Errorf("charset of the page: %q", m.Text)
	}
}

// Embedded mails are hashed again only while that stays cheap; the innermost
// file is hashed all the same.
func TestNestedMailsAreCheap(t *testing.T) {
	body := strings.Repeat("x", 1<<20)
	raw := "From: a@b.example\r\n" + strings.Repeat("Content-Type: message/rfc822\r\n\r\n", 10) + "Content-Type: application/zip\r\n\r\n" + body
	m := readRaw(t, []byte(raw))
	if !has(m, message.DefectHash) || len(m.Attachments) != 11 || m.Attachments[10].SHA256 != sum(body) {
		t.Errorf("%d attachments, %v", len(m.Attachments), m.Defects)
	}
}

// Containers that must be held to be opened have a budget together, and those
// inside each other a depth.
func TestUnpackBudget(t *testing.T) {
	file := "--b\r\nContent-Type: message/rfc822\r\nContent-Transfer-Encoding: base64\r\n\r\n" + base64.StdEncoding.EncodeToString([]byte("Subject: x\r\n\r\n"+strings.Repeat("x", 690))) + "\r\n"
	raw := "Content-Type: multipart/mixed; boundary=b\r\n\r\n" + file + file + "--b--\r\n"
	m := message.Reader{Limits: message.Limits{Unpack: 1000}}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if !has(m, message.DefectUnpack) || len(m.Attachments) != 2 || m.Attachments[0].SHA256 != m.Attachments[1].SHA256 {
		t.Errorf("%s%v", found(m), m.Defects)
	}
	raw = strings.Repeat("Content-Type: message/rfc822\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n", 200)
	if m := readRaw(t, []byte(raw)); !has(m, message.DefectDepth) || len(m.Attachments) > 60 {
		t.Errorf("%d attachments, %v", len(m.Attachments), m.Defects)
	}
}

// Headers of parts have a budget of their own: past it the parts are found and
// only what their headers say is lost.
func TestHeaderBudget(t *testing.T) {
	raw := "From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		strings.Repeat("--b\r\nX: "+strings.Repeat("x", 900)+"\r\n\r\nhi\r\n", 50) + "--b--\r\n"
	m := message.Reader{Limits: message.Limits{Headers: 2000}}.Read(t.Context(), strings.NewReader(raw), int64(len(raw)))
	if !has(m, message.DefectHeader) || strings.Count(m.Text, "hi") != 50 {
		t.Errorf("%q, %v", m.Text, m.Defects)
	}
}

// The digest is that of the exact decoded bytes, also for lines that are
// damaged, and damage is noted.
func TestExactBytes(t *testing.T) {
	for _, c := range []struct{ name, cte, body, want, defect string }{
		{"base64", "base64", "aGVs\r\nbG8=\r\n", "hello", ""},
		{"one long line", "base64", base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", 200000))), strings.Repeat("x", 200000), ""},
		{"odd line lengths", "BASE64", "aGV\r\nsb\r\nG8=\r\n", "hello", ""},
		{"padding inside a line", "base64", "aGVsbG8=aGVsbG8=\r\n", "hellohello", ""},
		{"padding inside", "base64", "aGVs\r\nbG8=\r\naGVs\r\nbG8=\r\n", "hellohello", ""},
		{"garbage", "base64", "aG!Vs\r\n*bG8=\r\n", "hello", message.DefectDamaged},
		{"cut", "base64", "aGVsb", "hel", message.DefectDamaged},
		{"no padding", "base64", "aGVsbG8", "hello", ""},
		{"quoted-printable", "quoted-printable", "h=65l=\r\nlo=20 \t\r\nx", "hello \r\nx", ""},
		{"bad escape", "Quoted-Printable", "a=XYb=4", "a=XYb=4", message.DefectDamaged},
		{"uuencode", "x-uuencode", "begin 644 a\r\n#0V%T\r\n`\r\nend\r\n", "Cat", ""},
		{"binary", "binary", "a\nb\r\nc\x00", "a\nb\r\nc\x00", ""},
		{"unknown", "x-none", "abc", "abc", message.DefectEncoding},
	} {
		m := readRaw(t, []byte("Content-Type: application/x-test\r\nContent-Transfer-Encoding: "+c.cte+"\r\n\r\n"+c.body))
		if len(m.Attachments) != 1 || m.Attachments[0].SHA256 != sum(c.want) || m.Attachments[0].Size != int64(len(c.want)) {
			t.Errorf("%s: %+v", c.name, m.Attachments)
		}
		if c.defect != "" && !has(m, c.defect) {
			t.Errorf("%s: %v", c.name, m.Defects)
		}
	}
}

// File names in every form that is written.
func TestNames(t *testing.T) {
	for field, want := range map[string]string{
		`filename="report.pdf"`:                                 "report.pdf",
		`filename=my report.pdf`:                                "my report.pdf",
		`filename="a;b\"c.pdf"`:                                 `a;b"c.pdf`,
		`filename*=UTF-8''%E2%82%AC%20rates.pdf`:                "€ rates.pdf",
		`filename*=iso-8859-1'en'caf%E9.pdf`:                    "café.pdf",
		`filename*0="long "; filename*1="name.pdf"`:             "long name.pdf",
		`filename*0*=utf-8''%E2%82; filename*1*=%AC.pdf`:        "€.pdf",
		`filename*0="=?utf-8?q?caf=C3=A9?="; filename*1=".pdf"`: "café.pdf",
		`filename*1=".pdf"; filename*0="b"`:                     "b.pdf",
		`filename="=?utf-8?q?caf=C3=A9?= =?utf-8?q?.pdf?="`:     "café.pdf",
		`filename="=?utf-8?B?4oKsLnBkZg?="`:                     "€.pdf",
		"filename=\"caf\xc3\xa9.pdf\"":                          "café.pdf",
		"filename=\"caf\xe9.pdf\"":                              "café.pdf",
		`FILENAME="x.pdf"; size=3`:                              "x.pdf",
		`filename="unclosed.pdf`:                                "unclosed.pdf",
		`; ; filename=x.pdf;;`:                                  "x.pdf",
	} {
		m := readRaw(t, []byte("Content-Type: application/pdf\r\nContent-Disposition: attachment; "+field+"\r\n\r\nx"))
		if len(m.Attachments) != 1 || m.Attachments[0].Name != want {
			t.Errorf("%s: %+v", field, m.Attachments)
		}
	}
}

// Types that the first bytes show are labels beside what the mail says.
func TestSniffedType(t *testing.T) {
	m := read(t, "Content-Type: text/plain; name=a.txt\nContent-Transfer-Encoding: base64\n\n"+base64.StdEncoding.EncodeToString([]byte("%PDF-1.7\n%x"))+"\n")
	if a := m.Attachments[0]; a.DeclaredType != "text/plain" || a.SniffedType != "application/pdf" {
		t.Errorf("%+v", a)
	}
}
