package webform_test

import (
	"bytes"
	"context"
	"errors"
	"html"
	"io"
	"log/slog"
	"maps"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/intake/message"
	"dutydesk/intake/webform"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var errBroken = errors.New("nothing can be kept")

// world is a form, the desk behind it, and what both logged.
type world struct {
	*testing.T
	desk *intake.Desk
	form *webform.Form
	site *httptest.Server
	log  *lines

	mu    sync.Mutex
	clock time.Time
	fail  error // of the desk
}

// lines is a log that many may write to.
type lines struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.clock
}

func (w *world) pass(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.clock = w.clock.Add(d)
}

// breaks makes the desk fail, or mends it.
func (w *world) breaks(err error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.fail = err
}

// Offer implements workflow.Reminder.
func (w *world) Offer(...ledger.Job) {}

// Report, Reported and Draft implement webform.Desk.
func (w *world) Report(ctx context.Context, in intake.Delivery) (string, error) {
	w.mu.Lock()
	err := w.fail
	w.mu.Unlock()
	if err != nil {
		return "", err
	}
	return w.desk.Report(ctx, in)
}

func (w *world) Reported(ctx context.Context, key string) (string, bool, error) {
	return w.desk.Reported(ctx, key)
}

func (w *world) Draft(ctx context.Context, r io.Reader) (*evidence.Draft, error) {
	return w.desk.Draft(ctx, r)
}

// council has a service and one provider; only reports about that may have files.
func council() casefile.Roster {
	r := casefile.Roster{People: map[string]casefile.Person{}, Orgs: map[string]casefile.Org{
		"service":   {ID: "service", Name: "Skills and Employment", Lead: "head", Deputy: "under"},
		"northgate": {ID: "northgate", Name: "Northgate Training", Lead: "lead", Deputy: "deputy"},
	}, Triage: "service", ServiceLead: "head", LALead: "la", SeniorOfficer: "senior", Executive: "exec", Managers: []string{"manager"}}
	for id, name := range map[string]string{"head": "Priya Nair", "under": "Sean Hill", "lead": "Amira Khan", "deputy": "Tom Reed", "la": "Helen Marsh", "senior": "Jo Nunez", "exec": "Anna Berg", "manager": "Femi Ade"} {
		r.People[id] = casefile.Person{ID: id, Name: name, Address: id + ".person@council.example", Full: true}
	}
	return r
}

func newWorld(t *testing.T) *world {
	w := &world{T: t, log: &lines{}, clock: time.Date(2026, 11, 26, 12, 0, 31, 987e6, time.UTC)}
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	l.As("one")
	s, err := evidence.Open(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	office := &workflow.Office{Ledger: l, Rules: casefile.Rules{Policy: sla.Default(), Roster: council()}, Key: workflow.Key("a key for tests, 32 bytes long.."), Prefix: "SG-", Now: w.now, Reminder: w}
	w.desk = &intake.Desk{Store: s, Ledger: l, Office: office, Reminder: w, Address: "safeguarding@council.example", Now: w.now}
	w.form, w.site = w.serve()
	t.Cleanup(func() {
		w.site.Close()
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		if err := errors.Join(w.form.Run(ctx), w.desk.Store.Close(), l.Close()); err != nil {
			t.Error(err)
		}
	})
	return w
}

// serve is a form in front of the desk, as after a start of the program.
func (w *world) serve() (*webform.Form, *httptest.Server) {
	f, err := webform.New(webform.Options{Desk: w, Orgs: []webform.Org{{ID: "service", Name: "Skills and Employment"}, {ID: "northgate", Name: "Northgate Training", Uploads: true}}, Triage: "service",
		Council: "Cheshire Example Council", Contact: "privacy@council.example", Phone: "01632 960 001", Lines: []string{"Samaritans: 116 123"}, Leave: "https://weather.example/", Within: "1 working hour", PerFile: smallFile, PerAll: 4 * smallFile,
		Now: w.now, Log: slog.New(slog.NewTextHandler(w.log, nil))})
	if err != nil {
		w.Fatal(err)
	}
	return f, httptest.NewServer(f)
}

// smallFile is as large as a file may be in these tests, in bytes.
const smallFile = 1 << 20

// browser is one person's: it keeps cookies and follows every lead but one to
// another site.
type browser struct {
	*testing.T
	*http.Client
	site, agent string
	at          string // path of the page it shows
	page        string
	status      int
	head        http.Header
}

func (w *world) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		w.Fatal(err)
	}
	b := &browser{T: w.T, site: w.site.URL, agent: "CANARY-AGENT/1.0"}
	b.Client = &http.Client{Jar: jar, Transport: w.site.Client().Transport, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if !strings.HasPrefix(r.URL.String(), b.site) {
			return http.ErrUseLastResponse
		}
		return nil
	}}
	return b
}

func (b *browser) do(r *http.Request, err error) *browser {
	b.Helper()
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("User-Agent", b.agent)
	resp, err := b.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer resp.Body.Close()
	page, err := io.ReadAll(resp.Body)
	if err != nil {
		b.Fatal(err)
	}
	b.at, b.page, b.status, b.head = resp.Request.URL.Path, string(page), resp.StatusCode, resp.Header
	return b
}

func (b *browser) get(path string) *browser {
	b.Helper()
	return b.do(http.NewRequestWithContext(b.Context(), http.MethodGet, b.site+path, nil))
}

func (b *browser) post(path string, form url.Values) *browser {
	b.Helper()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.site+path, strings.NewReader(form.Encode()))
	if err == nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
	}
	return b.do(r, err)
}

var (
	actionOf = regexp.MustCompile(`<form method="post" action="([^"]*)"`)
	nameOf   = regexp.MustCompile(`(?:id|name)="([a-z.]+)"`)
	hiddenOf = regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`)
	heading  = regexp.MustCompile(`(?s)<h1>(.*?)</h1>`)
	nextOf   = regexp.MustCompile(`<a class="button" href="([^"]*)">`)
	tags     = regexp.MustCompile(`<[^>]*>`)
)

func (b *browser) title() string {
	m := heading.FindStringSubmatch(b.page)
	if m == nil {
		return ""
	}
	return html.UnescapeString(tags.ReplaceAllString(m[1], ""))
}

// hidden are the fields that the page sends by itself.
func (b *browser) hidden() url.Values {
	v := url.Values{}
	for _, m := range hiddenOf.FindAllStringSubmatch(b.page, -1) {
		v.Add(html.UnescapeString(m[1]), html.UnescapeString(m[2]))
	}
	return v
}

// story is what somebody answers, by field.
type story map[string]string

// learner is the shortest whole story.
func learner() story {
	return story{"danger": "no", "who": "self", "what": "They post pictures of me every day.", "self.age": "adult", "org": "service", "about.handles": "no", "name": "no"}
}

func (s story) with(more story) story {
	out := maps.Clone(s)
	maps.Copy(out, more)
	return out
}

// tell goes through the form from its beginning to the page where the answers
// are checked, and answers what it is asked.
func (b *browser) tell(s story) *browser {
	b.Helper()
	b.get("/").post("/begin", url.Values{})
	for range 40 {
		if !b.turn(s) {
			return b
		}
	}
	b.Fatalf("the form goes round in circles at %s", b.at)
	return b
}

// turn answers one page; false where there is nothing to answer.
func (b *browser) turn(s story) bool {
	b.Helper()
	if b.status != http.StatusOK || b.title() == "Check your answers" || b.title() == "" {
		return false
	}
	if next := nextOf.FindStringSubmatch(b.page); next != nil {
		b.get(next[1])
		return true
	}
	form := b.hidden()
	for _, m := range nameOf.FindAllStringSubmatch(b.page, -1) {
		if v, ok := s[m[1]]; ok {
			form.Set(m[1], v)
		}
	}
	b.post(html.UnescapeString(actionOf.FindStringSubmatch(b.page)[1]), form)
	return true
}

// send presses the button of the page it is on.
func (b *browser) send() *browser {
	b.Helper()
	return b.post(html.UnescapeString(actionOf.FindStringSubmatch(b.page)[1]), b.hidden())
}

// upload adds a file.
func (b *browser) upload(name string, body []byte) *browser {
	b.Helper()
	var buf bytes.Buffer
	m := multipart.NewWriter(&buf)
	m.WriteField("t", b.hidden().Get("t"))
	part, err := m.CreateFormFile("file", name)
	if err != nil {
		b.Fatal(err)
	}
	part.Write(body)
	m.Close()
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, b.site+actionOf.FindStringSubmatch(b.page)[1], &buf)
	if err == nil {
		r.Header.Set("Content-Type", m.FormDataContentType())
	}
	return b.do(r, err)
}

var refOf = regexp.MustCompile(`<strong>(SG-[0-9A-Z]{5})</strong>`)

func (b *browser) ref() string {
	if m := refOf.FindStringSubmatch(b.page); m != nil {
		return m[1]
	}
	return ""
}

// arrivals are all there are.
func (w *world) arrivals() []ledger.Arrival {
	w.Helper()
	as, err := w.desk.Ledger.Arrivals(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	return as
}

// read is what a reader sees of the report of a case.
func (w *world) read(ref string) (ledger.Arrival, message.Message, string) {
	w.Helper()
	for _, a := range w.arrivals() {
		if string(a.Case) == ref {
			e, err := w.desk.Store.Open(w.Context(), evidence.Digest(a.SHA256))
			if err != nil {
				w.Fatal(err)
			}
			defer e.Close()
			raw, err := io.ReadAll(io.NewSectionReader(e, 0, e.Size()))
			if err != nil {
				w.Fatal(err)
			}
			return a, message.Read(w.Context(), e, e.Size()), string(raw)
		}
	}
	w.Fatalf("no arrival has the case %q", ref)
	return ledger.Arrival{}, message.Message{}, ""
}

// told are those who got a letter about a case.
func (w *world) told(ref string) (ids casefile.IDs) {
	w.Helper()
	xs, err := w.desk.Ledger.Letters(w.Context(), "")
	if err != nil {
		w.Fatal(err)
	}
	for _, x := range xs {
		if string(x.Case) == ref {
			ids = ids.With(x.Person)
		}
	}
	return ids
}
