package demo

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"dutydesk/cmd/internal/app"
)

func newDemo(t *testing.T) *Demo {
	t.Helper()
	d, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return d
}

// visitor is somebody in front of the page.
type visitor struct {
	*Page
	t *testing.T
}

func newVisitor(t *testing.T) visitor {
	t.Helper()
	p, err := NewPage(newDemo(t))
	if err != nil {
		t.Fatal(err)
	}
	return visitor{p, t}
}

func (v visitor) do(r *http.Request, status int) string {
	v.t.Helper()
	r.Host = "127.0.0.1:8000"
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r.WithContext(v.t.Context()))
	if w.Code != status {
		v.t.Fatalf("%s %s: %d, want %d: %s", r.Method, r.URL, w.Code, status, w.Body)
	}
	if w.Code == http.StatusSeeOther {
		return w.Header().Get("Location")
	}
	return w.Body.String()
}

func (v visitor) get(path string) string {
	v.t.Helper()
	return v.do(httptest.NewRequest("GET", path, nil), http.StatusOK)
}

// form posts fields as the write form does; a field named "file" is a file.
func form(t *testing.T, path string, fields map[string]string) *http.Request {
	t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range fields {
		var f io.Writer
		var err error
		if name == "file" {
			f, err = w.CreateFormFile(name, "notes.txt")
		} else {
			f, err = w.CreateFormField(name)
		}
		if err != nil {
			t.Fatal(err)
		}
		io.WriteString(f, value)
	}
	w.Close()
	r := httptest.NewRequest("POST", path, &b)
	r.Header.Set("Content-Type", w.FormDataContentType())
	return r
}

func (v visitor) send(person string, fields map[string]string) {
	v.t.Helper()
	if to := v.do(form(v.t, "/write/"+person, fields), http.StatusSeeOther); to != "/box/"+person+"?said=sent" {
		v.t.Errorf("after sending the page goes to %s", to)
	}
}

func (v visitor) turn(do string) {
	v.t.Helper()
	r := httptest.NewRequest("POST", "/clock", strings.NewReader(url.Values{"do": {do}, "back": {"/box/lead"}}.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if to := v.do(r, http.StatusSeeOther); to != "/box/lead" {
		v.t.Errorf("after the clock the page goes to %s", to)
	}
}

// until polls for what must become true.
func (v visitor) until(what string, ok func() bool) {
	v.t.Helper()
	ctx, cancel := context.WithTimeout(v.t.Context(), 20*time.Second)
	defer cancel()
	for !ok() {
		select {
		case <-ctx.Done():
			v.t.Fatalf("never: %s", what)
		case <-time.After(5 * time.Millisecond):
		}
	}
}

func (v visitor) books() app.Books {
	v.t.Helper()
	b, err := v.Books(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	return b
}

// shows waits until a page has words on it, and returns it.
func (v visitor) shows(path, words string) (page string) {
	v.t.Helper()
	defer func() {
		if v.t.Failed() {
			v.t.Log(page)
		}
	}()
	v.until(path+" shows "+words, func() bool { page = v.get(path); return strings.Contains(page, words) })
	return page
}

// gets waits until a person has n mails.
func (v visitor) gets(person string, n int) {
	v.t.Helper()
	v.until(fmt.Sprintf("%s has %d mails", person, n), func() bool {
		_, all, err := v.Council.Unread(v.t.Context(), person)
		return err == nil && all == n
	})
}

// The whole story by forms alone, as a visitor plays it.
func TestStoryOnThePage(t *testing.T) {
	v := newVisitor(t)
	home := v.get("/")
	if !strings.Contains(home, "There is no case yet") || !strings.Contains(home, storySubject) || !strings.Contains(home, "Nothing to skip to") {
		t.Errorf("home: %s", home)
	}
	v.send("learner", map[string]string{"to": DeskAddress, "subject": storySubject, "text": storyText, "proof": "yes", "file": "more of it"})
	page := v.shows("/box/learner?said=sent", "Waits for somebody to acknowledge it")
	for _, words := range []string{"group-chat.txt", "notes.txt", "Sent, by SMTP"} {
		if !strings.Contains(page, words) {
			t.Errorf("the learner's page lacks %q", words)
		}
	}
	v.gets("lead", 1)
	v.turn("next")
	v.gets("lead", 2)
	v.turn("next")
	v.gets("manager", 1)
	v.gets("deputy", 3)
	page = v.get("/box/manager")
	if !strings.Contains(page, "Nobody has taken it. It was due by") {
		t.Error("the breach is not shown")
	}

	link := regexp.MustCompile(`href="(/write/deputy\?link=[^"]*ACK[^"]*)" [^>]*target="_top"`).FindStringSubmatch(v.get("/box/deputy/INBOX/1/body"))
	if link == nil {
		t.Fatalf("no link to acknowledge in %s", v.get("/box/deputy/INBOX/1/body"))
	}
	page = v.get(html.UnescapeString(link[1]))
	to := regexp.MustCompile(`name="to" value="([^"]*)"`).FindStringSubmatch(page)
	text := regexp.MustCompile(`(?s)<textarea[^>]*>\n(.*?)</textarea>`).FindStringSubmatch(page)
	if to == nil || text == nil || text[1] != "ACK\n" {
		t.Fatalf("the form is not filled: %s", page)
	}
	v.send("deputy", map[string]string{"to": html.UnescapeString(to[1]), "subject": "Safeguarding", "text": text[1]})
	page = v.shows("/box/lead", "Acknowledged by Joe Brennan")
	if !strings.Contains(page, "not needed") || !strings.Contains(page, "Joe Brennan acknowledged it") {
		t.Error("the ladder or the chronology does not show it")
	}
	if b := v.books(); len(b.Cases) != 1 || b.Cases[0].AcknowledgedBy != "deputy" {
		t.Errorf("cases: %+v", b.Cases)
	}
}

// The form below a letter answers it as a mail program does.
func TestReplyBelowALetter(t *testing.T) {
	v := newVisitor(t)
	v.send("learner", map[string]string{"to": DeskAddress, "subject": "help", "text": "please read this"})
	v.gets("lead", 1)
	page := v.get("/box/lead/INBOX/1")
	to := regexp.MustCompile(`name="to" value="([^"]*)"`).FindStringSubmatch(page)
	if to == nil || !strings.Contains(page, `name="answers" value="1"`) {
		t.Fatalf("no form below the letter: %s", page)
	}
	if page := v.get("/box/lead"); strings.Contains(page, "Unread:") {
		t.Error("the letter is still unread")
	}
	v.send("lead", map[string]string{"to": html.UnescapeString(to[1]), "subject": "Re: x", "text": "NOTE seen her at noon", "answers": "1"})
	v.shows("/", "Amira Khan noted: seen her at noon")
	sentMail, err := v.Council.Folder(t.Context(), "lead", Sent)
	if err != nil || len(sentMail) != 1 || !strings.Contains(sentMail[0].Text, "\n> ") {
		t.Errorf("the letter is not quoted in %d mails, %v", len(sentMail), err)
	}
}

func TestClockOnThePage(t *testing.T) {
	v := newVisitor(t)
	v.turn("stop")
	if v.Clock.Speed() != 0 || !strings.Contains(v.get("/"), "stands still") {
		t.Error("the clock runs on")
	}
	before := v.Clock.Now()
	v.turn("next")
	if !v.Clock.Now().Equal(before) {
		t.Error("the clock moved although nothing is due")
	}
	v.turn("go")
	if v.Clock.Speed() != 1 {
		t.Error("the clock does not run")
	}
}

func TestWhatIsNotThere(t *testing.T) {
	v := newVisitor(t)
	for _, path := range []string{"/box/executive", "/box/" + deskID, "/box/lead/INBOX/1", "/box/lead/INBOX/x", "/box/lead/Attic/1", "/box/lead/INBOX/1/body",
		"/box/desk/INBOX/1", "/write/executive", "/nothing"} {
		v.do(httptest.NewRequest("GET", path, nil), http.StatusNotFound)
	}
	v.do(form(t, "/write/executive", nil), http.StatusNotFound)
	v.do(form(t, "/write/lead", map[string]string{"to": DeskAddress, "text": "x", "answers": "9"}), http.StatusNotFound)
}

func TestMailThatIsNotTakenKeepsItsText(t *testing.T) {
	v := newVisitor(t)
	for to, why := range map[string]string{"nobody@council.example": "No such mailbox here", "no address": "not a mail address"} {
		page := v.do(form(t, "/write/lead", map[string]string{"to": to, "subject": "kept subject", "text": "kept text"}), http.StatusUnprocessableEntity)
		for _, words := range []string{why, "kept subject", "kept text", `role="alert"`} {
			if !strings.Contains(page, words) {
				t.Errorf("to %s: the page lacks %q", to, words)
			}
		}
	}
	v.do(form(t, "/write/lead", map[string]string{"to": DeskAddress, "file": strings.Repeat("x", biggest)}), http.StatusRequestEntityTooLarge)
}

// Whatever a mail holds, the page shows it and does not do it.
func TestHostileMail(t *testing.T) {
	v := newVisitor(t)
	const evil = `<script>alert(1)</script><img src=x onerror=alert(2)>`
	raw := "From: \"" + strings.ReplaceAll(evil, `"`, "") + "\" <x@mail.example>\r\nSubject: " + evil + "\r\nMIME-Version: 1.0\r\n" +
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: multipart/alternative; boundary=c\r\n\r\n" +
		"--c\r\nContent-Type: text/plain\r\n\r\n" + evil + "</pre>\r\n" +
		"--c\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n<html><head><base href=3D\"http://evil.example/\"><meta http-equiv=3Drefresh content=3D\"0;url=3Dhttp://evil.example/\"></head>" +
		"<body onload=3Dalert(3)>" + strings.ReplaceAll(evil, "=", "=3D") + "<a href=3D\"http://evil.example/\">a</a><a href=3D\" javascript:alert(4)\">b</a>" +
		"<form action=3D\"http://evil.example/\"><input name=3Dq></form><svg><a xlink:href=3D\"javascript:alert(5)\">c</a></svg>" +
		"<a href=3D\"mailto:safeguarding@council.example?body=3D%22%3E%3Cscript%3E\">d</a></body></html>\r\n--c--\r\n" +
		"--b\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=\"<script>x.txt\"\r\n\r\nx\r\n--b--\r\n"
	if err := v.Council.Send(t.Context(), "x@mail.example", "amira.khan@northgate.example", []byte(raw)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/box/lead", "/box/lead/INBOX/1"} {
		page := v.get(path)
		if strings.Contains(page, "<script>") || strings.Contains(page, "<img") {
			t.Errorf("%s holds markup of the mail", path)
		}
		if !strings.Contains(page, "&lt;script&gt;alert(1)") {
			t.Errorf("%s does not show the subject", path)
		}
	}
	if page := v.get("/box/lead/INBOX/1"); !strings.Contains(page, `sandbox="allow-top-navigation-by-user-activation"`) {
		t.Error("the letter is not in a sandbox")
	}
	body := v.get("/box/lead/INBOX/1/body")
	for _, word := range []string{"script>", "onerror", "onload", "evil.example", "javascript", "<form", "<base", "<meta", "src="} {
		if strings.Contains(strings.ToLower(body), word) {
			t.Errorf("the letter still holds %q: %s", word, body)
		}
	}
	page := v.get("/write/lead?link=" + url.QueryEscape("mailto:safeguarding@council.example?body=%22%3E%3Cscript%3E&subject=%22%3E%3Cscript%3E"))
	if strings.Contains(page, "<script>") {
		t.Error("a link fills the form with markup")
	}
}

// A letter has a policy of its own, under which nothing runs or loads.
func TestPolicies(t *testing.T) {
	v := newVisitor(t)
	v.send("learner", map[string]string{"to": DeskAddress, "text": "please read this"})
	v.gets("lead", 1)
	for path, want := range map[string]string{"/": policy, "/box/lead/INBOX/1": policy, "/box/lead/INBOX/1/body": letterPolicy} {
		r := httptest.NewRequest("GET", path, nil)
		r.Host = "localhost:1"
		w := httptest.NewRecorder()
		v.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Security-Policy"); got != want || w.Code != http.StatusOK {
			t.Errorf("%s: %d, %q", path, w.Code, got)
		}
	}
	if strings.Contains(letterPolicy, "script") || !strings.HasPrefix(letterPolicy, "sandbox ") {
		t.Error("a letter may run scripts")
	}
}

// No other site reaches the page: neither under its own name, which a resolver
// may lead here, nor by a form of its own.
func TestOtherSites(t *testing.T) {
	v := newVisitor(t)
	r := httptest.NewRequest("GET", "/", nil)
	r.Host = "evil.example"
	w := httptest.NewRecorder()
	v.ServeHTTP(w, r)
	if w.Code != http.StatusMisdirectedRequest {
		t.Errorf("another name is answered with %d", w.Code)
	}
	r = form(t, "/write/learner", map[string]string{"to": DeskAddress})
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	v.do(r, http.StatusForbidden)
}

// After the clock the page goes to one of its own pages and nowhere else,
// whatever a form says.
func TestBackToOwnPages(t *testing.T) {
	v := newVisitor(t)
	for back, want := range map[string]string{
		"/": "/", "/box/lead": "/box/lead", "/write/learner": "/write/learner", "/box/deputy/INBOX/3": "/box/deputy/INBOX/3",
		"": "/", "//evil.example/": "/", "/\t/evil.example": "/", "/\\evil.example": "/", "https://evil.example": "/", "/box/nobody": "/", "/clock": "/",
		"/box/lead/../../clock": "/", "/box/lead?said=sent": "/", "/box/lead/INBOX/x": "/", "/box/lead/Other/1": "/", "/box": "/", "/write/lead/INBOX/1": "/",
	} {
		r := httptest.NewRequest("POST", "/clock", strings.NewReader(url.Values{"do": {"stop"}, "back": {back}}.Encode()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if to := v.do(r, http.StatusSeeOther); to != want {
			t.Errorf("%q leads to %q, want %q", back, to, want)
		}
	}
}
