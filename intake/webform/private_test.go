package webform_test

import (
	"bytes"
	"compress/gzip"
	"io/fs"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// canaries are what a person writes, where they come from and what they use.
var canaries = []string{"CANARY-WORDS", "CANARY-NAME", "CANARY-FILE", "CANARY-AGENT", "127.0.0.1"}

// What somebody wrote is in the sealed report and nowhere else: in no log, no
// title, no path, and what is kept of an anonymous report holds neither address
// nor browser, and no time finer than the minute (T9, T11).
func TestCanary(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	var paths, titles []string
	b.get("/").post("/begin", nil)
	s := learner().with(story{"what": "CANARY-WORDS", "about.unseen": "CANARY-NAME", "org": "northgate", "image": "no"})
	for b.turn(s) {
		paths, titles = append(paths, b.at), append(titles, pageTitle(b))
	}
	b.get("/r/22").upload("CANARY-FILE.txt", []byte("x")).get("/r/23")
	w.breaks(errBroken)
	b.send()
	w.breaks(nil)
	b.send()
	titles = append(titles, pageTitle(b))
	a, _, raw := w.read(b.ref())
	for _, where := range []struct{ name, text string }{{"log", w.log.String()}, {"path", strings.Join(paths, " ")}, {"title", strings.Join(titles, " ")},
		{"row", a.Key + a.Why + a.Defects + a.Content + a.AuthWhy}, {"receipt", tags.ReplaceAllString(b.page, "")}} {
		for _, c := range canaries {
			if strings.Contains(where.text, c) && !(c == "CANARY-FILE" && where.name == "receipt") {
				t.Errorf("%s holds %s: %s", where.name, c, where.text)
			}
		}
	}
	if !strings.Contains(raw, "CANARY-WORDS") || strings.Contains(raw, "CANARY-AGENT") || strings.Contains(raw, "127.0.0.1") {
		t.Errorf("sealed: %s", raw)
	}
	if a.Received.Second() != 0 || a.Received.Nanosecond() != 0 || strings.Contains(raw, "12:00:31") {
		t.Errorf("kept to the second: %s\n%s", a.Received, raw)
	}
	if !strings.Contains(w.log.String(), "a report came by the form") {
		t.Error("nothing was logged at all")
	}
}

func pageTitle(b *browser) string {
	_, rest, _ := strings.Cut(b.page, "<title>")
	title, _, _ := strings.Cut(rest, "</title>")
	return title
}

// Every answer forbids what would leave a trace, or let another site in.
func TestHeaders(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner())
	for _, at := range []string{"/", "/r/1", "/r/23", "/r/24", "/r/99", "/g/1", "/g/4", "/nothing", "/r/note"} {
		b.get(at)
		for name, want := range map[string]string{"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY"} {
			if got := b.head.Get(name); got != want {
				t.Errorf("%s: %s is %q", at, name, got)
			}
		}
		if csp := b.head.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "default-src 'none'; style-src 'self'; form-action 'self'") {
			t.Errorf("%s: policy %q", at, csp)
		}
		for _, bad := range []string{"<script", "onload=", "style=", "http://", "https://", "GDS Transport", "govuk"} {
			if strings.Contains(b.page, bad) {
				t.Errorf("%s holds %s", at, bad)
			}
		}
		if at != "/r/note" && (strings.Count(b.page, "<h1>") != 1 || strings.Count(b.page, `href="/leave"`) != 2) {
			t.Errorf("%s has %d headings, %d ways out", at, strings.Count(b.page, "<h1>"), strings.Count(b.page, `href="/leave"`))
		}
	}
}

// Whoever leaves is away at once, and nothing is left to come back to: no
// draft, no cookie, no file.
func TestLeave(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"})).get("/r/22").upload("a.txt", []byte("x"))
	if c := w.cookie(b); c == nil || !strings.Contains(b.get("/r/4").page, "pictures of me") {
		t.Fatal("there is no draft")
	}
	if b.get("/leave"); b.status != http.StatusSeeOther || b.head.Get("Location") != "https://weather.example/" || b.head.Get("Clear-Site-Data") != `"cache", "cookies", "storage"` {
		t.Errorf("%d %v", b.status, b.head)
	}
	if c := w.cookie(b); c != nil || w.drafts() != 0 {
		t.Errorf("left behind: cookie %v, %d files", c, w.drafts())
	}
	for _, at := range []string{"/r/1", "/r/4", "/r/22", "/r/23", "/r/24"} {
		if b.get(at); b.status != http.StatusGone || strings.Contains(b.page, "pictures of me") {
			t.Errorf("%s: %d", at, b.status)
		}
	}
}

func (w *world) cookie(b *browser) *http.Cookie {
	site, _ := url.Parse(b.site)
	if cs := b.Jar.Cookies(site); len(cs) > 0 {
		return cs[0]
	}
	return nil
}

// The one cookie can be read by no script, goes to no other site and ends with
// the browser.
func TestCookie(t *testing.T) {
	w := newWorld(t)
	b := w.browser()
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	b.post("/begin", nil)
	if got := b.head.Values("Set-Cookie"); len(got) != 1 || !strings.Contains(got[0], "; Path=/; HttpOnly; SameSite=Strict") || strings.Contains(got[0], "Max-Age") {
		t.Errorf("cookies %q", got)
	}
}

// A draft lasts for 30 minutes from the last touch. Whoever answers a page later
// keeps what was on it.
func TestDraftEnds(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner())
	w.pass(29 * time.Minute)
	if b.get("/r/23"); !strings.Contains(b.page, "pictures of me") {
		t.Fatalf("%d", b.status)
	}
	w.pass(31 * time.Minute)
	if b.get("/r/23"); b.status != http.StatusGone {
		t.Errorf("%d", b.status)
	}
	b.post("/r/4", url.Values{"what": {"a long text"}})
	if b.at != "/r/1" || !strings.Contains(b.page, "Your old answers have gone") {
		t.Errorf("%s: %s", b.at, b.page)
	}
	s := learner()
	delete(s, "what")
	b.turn(s)
	if b.turn(s); !strings.Contains(b.page, "a long text") {
		t.Errorf("%s lost the text", b.at)
	}
}

// What another site makes a browser send does nothing; an old browser that hides
// where it comes from needs the page's token (T12).
func TestT12OtherSites(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner())
	form := b.hidden()
	for _, tt := range []struct {
		name   string
		head   map[string]string
		token  string
		status int
	}{
		{"another site", map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, form.Get("t"), http.StatusForbidden},
		{"a sibling", map[string]string{"Sec-Fetch-Site": "same-site"}, form.Get("t"), http.StatusForbidden},
		{"another origin, old browser", map[string]string{"Origin": "https://evil.example"}, form.Get("t"), http.StatusForbidden},
		{"hidden origin, wrong token", map[string]string{"Origin": "null"}, "x", http.StatusForbidden},
		{"hidden origin, the page's token", map[string]string{"Origin": "null"}, form.Get("t"), http.StatusOK},
		{"ourselves", map[string]string{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, "", http.StatusOK},
	} {
		form.Set("t", tt.token)
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.site+"/r/3", strings.NewReader("who=self&t="+url.QueryEscape(tt.token)))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		for k, v := range tt.head {
			r.Header.Set(k, v)
		}
		if b.do(r, nil); b.status != tt.status {
			t.Errorf("%s: %d, want %d", tt.name, b.status, tt.status)
		}
	}
}

// What cannot be read is answered with a page and changes nothing.
func TestMalformed(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"})).get("/r/22")
	for name, tt := range map[string]struct{ at, kind, body string }{
		"no boundary":    {"/r/22", "multipart/form-data", "x"},
		"cut":            {"/r/22", "multipart/form-data; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.png\"\r\n\r\nhalf of"},
		"many parts":     {"/r/22", "multipart/form-data; boundary=b", strings.Repeat("--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\nx\r\n", 1000) + "--b--"},
		"endless header": {"/r/22", "multipart/form-data; boundary=b", "--b\r\nX: " + strings.Repeat("x", 20<<20)},
		"bad encoding":   {"/r/4", "application/x-www-form-urlencoded", "what=%zz"},
		"too long":       {"/r/4", "application/x-www-form-urlencoded", "what=" + strings.Repeat("x", 2<<20)},
		"json":           {"/r/4", "application/json", "{}"},
		"long text":      {"/r/4", "application/x-www-form-urlencoded", "what=" + strings.Repeat("x", 20001)},
		"no page":        {"/r/0", "application/x-www-form-urlencoded", ""},
		"telling page":   {"/r/2", "application/x-www-form-urlencoded", ""},
		"forged choice":  {"/r/3", "application/x-www-form-urlencoded", "who=admin"},
	} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.site+tt.at, strings.NewReader(tt.body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", tt.kind)
		if b.do(r, nil); b.status < 400 || b.status >= 500 || !strings.Contains(b.page, "<h1>") {
			t.Errorf("%s: %d %.200s", name, b.status, b.page)
		}
	}
	if b.get("/r/23").send(); b.ref() == "" || w.drafts() != 0 {
		t.Errorf("%d, %d drafts", b.status, w.drafts())
	}
}

// Whatever is sent, no page fails and nothing is escaped wrongly.
func FuzzPages(f *testing.F) {
	f.Add(uint8(3), "what=hello&who=staff", "application/x-www-form-urlencoded")
	f.Add(uint8(22), "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a\"\r\n\r\nx\r\n--b--", "multipart/form-data; boundary=b")
	f.Add(uint8(23), "k=aaaaaaaaaaaaaaaaaaaaaaaaaa&what=%00%ff<svg onload=x>&danger=no&who=self&org=unsure&name=no&self.age=u18&about.handles=no", "application/x-www-form-urlencoded")
	f.Fuzz(func(t *testing.T, n uint8, body, kind string) {
		w := newWorld(t)
		b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"}))
		r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, b.site+"/r/"+string(rune('0'+n%3))+string(rune('0'+n%10)), strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		if strings.ContainsFunc(kind, func(r rune) bool { return r < ' ' || r > '~' }) {
			return
		}
		r.Header.Set("Content-Type", kind)
		if b.do(r, nil); b.status >= 500 || strings.Contains(b.page, "<svg") {
			t.Errorf("%d %s", b.status, b.page)
		}
	})
}

// The first page is small: 15 KB with its stylesheet, as a browser fetches them.
func TestFirstPageIsSmall(t *testing.T) {
	w := newWorld(t)
	b := w.browser().get("/")
	var all bytes.Buffer
	z := gzip.NewWriter(&all)
	z.Write([]byte(b.page))
	_, style, _ := strings.Cut(b.page, `<link rel="stylesheet" href="`)
	style, _, _ = strings.Cut(style, `"`)
	b.get(style)
	z.Write([]byte(b.page))
	z.Close()
	t.Logf("%d bytes compressed, stylesheet %d bytes", all.Len(), len(b.page))
	if all.Len() > 15<<10 || len(b.page) > 12<<10 || b.head.Get("Cache-Control") != "public, max-age=31536000, immutable" {
		t.Errorf("%d bytes, stylesheet %d, %s", all.Len(), len(b.page), b.head.Get("Cache-Control"))
	}
}

// drafts counts the files that are on the disk and not sealed.
func (w *world) drafts() (n int) {
	w.Helper()
	dirs, _ := filepath.Glob(filepath.Join(filepath.Dir(w.TempDir()), "*", "evidence", "drafts"))
	for _, dir := range dirs {
		filepath.WalkDir(dir, func(_ string, e fs.DirEntry, err error) error {
			if err == nil && e.Type().IsRegular() {
				n++
			}
			return nil
		})
	}
	return n
}
