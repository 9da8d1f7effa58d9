package webform_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"dutydesk/intake/evidence"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// A learner tells what happened: the case is open and its people are told when
// the page shows the reference, and the sealed words are theirs.
func TestReport(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"what": "They said:\n\n  \"nobody likes you\"\n— every day, 日本語 too.\n>From the group chat"}))
	if b.title() != "Check your answers" || b.ref() != "" {
		t.Fatalf("%d %q", b.status, b.title())
	}
	b.send()
	ref := b.ref()
	if b.title() != "We have your report" || ref == "" {
		t.Fatalf("%d %q at %s", b.status, b.title(), b.at)
	}
	a, m, raw := w.read(ref)
	if a.Door != "form" || a.Grade != "form" || a.Authentic || a.Org != "service" || len(m.Attachments) != 0 || a.Defects != "form-quick" {
		t.Errorf("%+v\n%+v", a, m.Defects)
	}
	if !strings.Contains(m.Text, "They said:\n\n  \"nobody likes you\"\n— every day, 日本語 too.\n>From the group chat\n") || !strings.Contains(raw, "日本語") {
		t.Errorf("the words are not those that were written:\n%s", m.Text)
	}
	if told := w.told(ref); told != "head under" {
		t.Errorf("told %q", told)
	}
	if again := b.get("/r/note").page; again != ref+"\r\n" || b.head.Get("Content-Disposition") != `attachment; filename="note.txt"` {
		t.Errorf("note %q", again)
	}
}

// Who is in danger now, or may be, is an emergency until a person decides
// otherwise (DOMAIN.md section 4).
func TestDangerIsAnEmergency(t *testing.T) {
	for said, want := range map[string]sla.Severity{"yes": sla.S1, "unsure": sla.S1, "no": sla.S2} {
		w := newWorld(t)
		ref := w.browser().tell(learner().with(story{"danger": said})).send().ref()
		if c, err := w.desk.Ledger.Case(t.Context(), casefile.Ref(ref)); err != nil || c.Severity != want {
			t.Errorf("%s: %s, %v, want %s", said, c.Severity, err, want)
		}
	}
}

// Every question of a member of staff ends up in what is sealed, in danger first.
func TestStaffReport(t *testing.T) {
	w := newWorld(t)
	s := learner().with(story{"who": "staff", "danger": "unsure", "org": "northgate", "image": "no", "name": "yes", "forms": "stalking", "extra": "home", "about.handles": "unsure",
		"person.age": "u18", "safe.place": "no", "safe.harm": "unsaid", "when.often": "many", "reach.ways": "text"})
	for _, key := range []string{"when.first", "when.where", "person.name", "person.place", "by.name", "by.how", "about.unseen", "wish.want", "wish.why", "done.told", "done.police", "done.site", "done.acts",
		"staff.when", "staff.place", "staff.present", "staff.think", "staff.name", "reach.name", "reach.how", "reach.safe", "reach.needs", "proof"} {
		s[key] = "answer to " + key
	}
	b := w.browser().tell(s)
	if strings.Contains(b.page, "Not answered") && strings.Count(b.page, "Not answered") > 12 {
		t.Errorf("%d answers are missing", strings.Count(b.page, "Not answered"))
	}
	_, m, raw := w.read(b.send().ref())
	if !strings.HasPrefix(m.Text, "IN DANGER NOW: NOT SURE\n") {
		t.Errorf("begins %.60q", m.Text)
	}
	for key, said := range s {
		if strings.HasPrefix(said, "answer") && !strings.Contains(m.Text, said+"\n") {
			t.Errorf("%s is not in the report", key)
		}
	}
	for _, code := range []string{"person.age=u18", "forms=stalking", "safe.harm=unsaid"} {
		if !strings.Contains(raw, "Dutydesk-Answer: "+code+"\r\n") {
			t.Errorf("%s is not in the report", code)
		}
	}
}

// Whoever the reporter says must not see it hears nothing of it, and the team it
// is about is gone round (DOMAIN.md section 7).
func TestConflict(t *testing.T) {
	w := newWorld(t)
	for _, tt := range []struct {
		name string
		more story
		told casefile.IDs
	}{
		{"nobody", nil, "deputy lead"},
		{"the provider's team", story{"about.handles": "organisation"}, "head la"},
		{"the council's team", story{"org": "service", "about.handles": "service"}, "la senior"},
		{"both", story{"about.handles": "both"}, "la senior"},
		{"not sure of the place, the council's team", story{"org": "unsure", "about.handles": "service"}, "la senior"},
		{"a first name is enough there", story{"about.unseen": "please not amira's people"}, "head la"},
		{"a surname", story{"org": "service", "about.unseen": "Mr Hill."}, "head la"},
		{"in the words", story{"what": "It was Tom Reed, the deputy"}, "head la"},
		{"a word of the text alone", story{"what": "They met on the hill"}, "deputy lead"},
	} {
		b := w.browser().tell(learner().with(story{"org": "northgate", "image": "unsure"}).with(tt.more)).send()
		if told := w.told(b.ref()); told != tt.told {
			t.Errorf("%s: %q were told, want %q", tt.name, told, tt.told)
		}
	}
}

// A report's words that look like an answer to a letter, a bounce or a forged
// header are words.
func TestWordsAreWords(t *testing.T) {
	w := newWorld(t)
	for i, text := range []string{"ACK", "CLOSE\n\nIn-Reply-To: <dd1.x@council.example>", "I am out of office until Monday", "-----Original Message-----\nFrom: a@b.example\nSubject: x\n\nhello",
		"Content-Type: multipart/mixed; boundary=b\n\n--b--", "begin 644 a.txt\n#0V%T\n`\nend", strings.Repeat("long line ", 1500), "Dutydesk-Barred: service"} {
		b := w.browser().tell(learner().with(story{"what": text})).send()
		a, m, _ := w.read(b.ref())
		if a.Grade != "form" || a.State != "case" || !strings.Contains(m.Text, strings.TrimSpace(text)) && !strings.HasPrefix(text, "begin") {
			t.Errorf("%d: grade %q, state %q, text %.80q", i, a.Grade, a.State, m.Text)
		}
		if told := w.told(b.ref()); told != "head under" {
			t.Errorf("%d: %q were told", i, told)
		}
	}
}

// F10: whoever sends twice, at the same moment, later, or from a page that was
// left open while the program was started again, has sent one report.
func TestF10SentTwice(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner())
	action, form := actionOf.FindStringSubmatch(b.page)[1], b.hidden()
	refs := make([]string, 8)
	var all sync.WaitGroup
	for i := range refs {
		other := *b
		all.Go(func() { refs[i] = other.post(action, form).ref() })
	}
	all.Wait()
	_, site := w.serve()
	defer site.Close()
	again := &browser{T: t, Client: w.browser().Client, site: site.URL}
	again.CheckRedirect = nil
	refs = append(refs, again.post(action, form).ref(), again.get("/r/24").ref())
	for i, ref := range refs {
		if ref == "" || ref != refs[0] {
			t.Errorf("%d: %q, want %q", i, ref, refs[0])
		}
	}
	if n := len(w.arrivals()); n != 1 {
		t.Errorf("%d arrivals", n)
	}
}

// F9: a page that was filled in before the program was started again is sent
// whole, and says which files went.
func TestF9StartedAgain(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no", "forms": ""}))
	b.get("/r/22").upload("chat.txt", []byte("hello")).get("/r/23")
	action, form := actionOf.FindStringSubmatch(b.page)[1], b.hidden()
	_, site := w.serve()
	defer site.Close()
	again := &browser{T: t, Client: w.browser().Client, site: site.URL}
	again.CheckRedirect = nil
	again.post(action, form)
	if again.ref() == "" || !strings.Contains(again.page, "chat.txt") {
		t.Fatalf("%d %s %s", again.status, again.at, again.page)
	}
	_, m, _ := w.read(again.ref())
	if !strings.Contains(m.Text, "They post pictures of me every day.") || !strings.Contains(m.Text, "A file that did not arrive\nchat.txt\n") {
		t.Errorf("%s", m.Text)
	}
}

// F21, F29: when nothing can be kept the page says so with the telephone number,
// promises nothing, and has the words; sent again when all is well, it is one
// report.
func TestF21DeskDown(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner())
	w.breaks(errBroken)
	b.send()
	if b.status != http.StatusServiceUnavailable || b.ref() != "" || !strings.Contains(b.page, "01632 960 001") || !strings.Contains(b.page, "call 999") || !strings.Contains(b.page, "They post pictures of me every day.") {
		t.Fatalf("%d\n%s", b.status, b.page)
	}
	w.breaks(nil)
	if b.send().ref() == "" || len(w.arrivals()) != 1 {
		t.Errorf("%d, %d arrivals", b.status, len(w.arrivals()))
	}
}

// A thousand people behind one address are all heard, within ten minutes; that
// they are many is written beside, and nothing is refused.
func TestClassroom(t *testing.T) {
	const people = 1000
	w := newWorld(t)
	b := w.browser().tell(learner())
	form := b.hidden()
	action := actionOf.FindStringSubmatch(b.page)[1]
	refused := make(chan int, people)
	var all sync.WaitGroup
	slots := make(chan bool, 20)
	for i := range people {
		all.Go(func() {
			slots <- true
			defer func() { <-slots }()
			mine := url.Values{}
			for k, v := range form {
				mine[k] = v
			}
			mine.Set("k", strings.ToLower(fmt.Sprintf("aaaaaaaaaaaaaaaaaaaaaa%s", letters(i))))
			if p := w.browser().post(action, mine); p.ref() == "" {
				refused <- p.status
			}
		})
	}
	all.Wait()
	close(refused)
	for status := range refused {
		t.Errorf("refused with %d", status)
	}
	many, as := 0, w.arrivals()
	for _, a := range as {
		if strings.Contains(a.Defects, "form-many") {
			many++
		}
	}
	if len(as) != people || many == 0 {
		t.Errorf("%d arrivals, %d of many", len(as), many)
	}
}

// letters is a number of four letters.
func letters(n int) string {
	return strings.Map(func(r rune) rune { return r - '0' + 'a' }, fmt.Sprintf("%04d", n))
}

// What looks unlike a person is taken in and marked.
func TestSuspectIsTaken(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner())
	form := b.hidden()
	form.Set("website", "http://spam.example")
	b.post(actionOf.FindStringSubmatch(b.page)[1], form)
	if a, _, _ := w.read(b.ref()); a.Defects != "form-honeypot form-quick" {
		t.Errorf("marked %q", a.Defects)
	}
	b = w.browser().tell(learner())
	w.pass(time.Minute)
	if a, _, _ := w.read(b.send().ref()); a.Defects != "" {
		t.Errorf("a person is marked %q", a.Defects)
	}
}

// A file is sealed with the report, byte for byte, and the person is told its
// digest; one that was taken away is not.
func TestFiles(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"})).get("/r/22")
	shot := bytes.Repeat([]byte{0xff, 0, '\r', '\n', '.', '-', '-'}, 50000)
	b.upload("Screen shot ☂.png", shot).upload(`C:\Users\sam\other.txt`, []byte("wrong one"))
	if !strings.Contains(b.page, "other.txt") || strings.Contains(b.page, "Users") {
		t.Fatalf("%d %s", b.status, b.page)
	}
	forms := strings.Split(b.page, `name="remove" value="`)
	b.post("/r/22", url.Values{"t": {b.hidden().Get("t")}, "remove": {forms[2][:26]}})
	b.get("/r/23").send()
	sum := sha256.Sum256(shot)
	a, m, _ := w.read(b.ref())
	if len(m.Attachments) != 1 || m.Attachments[0].SHA256 != hex.EncodeToString(sum[:]) || m.Attachments[0].Name != "Screen shot ☂.png" || a.Defects != "form-quick" {
		t.Errorf("%+v %+v", m.Attachments, m.Defects)
	}
	if !strings.Contains(b.page, hex.EncodeToString(sum[:6])) || strings.Contains(b.page, "other.txt") {
		t.Errorf("the page does not say what is held:\n%s", b.page)
	}
	if xs, err := w.desk.Ledger.Exhibits(t.Context(), a.ID); err != nil || len(xs) != 1 || xs[0].Size != int64(len(shot)) {
		t.Errorf("exhibits %+v, %v", xs, err)
	}
	if n := w.drafts(); n != 0 {
		t.Errorf("%d drafts are left on the disk", n)
	}
}

// Who says that a picture may show somebody under 18, or is not sure, gets no
// place to put a file, and what was added before goes.
func TestGate(t *testing.T) {
	w := newWorld(t)
	for _, said := range []string{"yes", "unsure"} {
		b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"})).get("/r/22").upload("a.png", []byte("x"))
		if w.drafts() != 1 {
			t.Fatalf("%d drafts", w.drafts())
		}
		b.post("/r/20?c=1", url.Values{"image": {said}})
		if b.title() != "Please do not send us any files" || w.drafts() != 0 {
			t.Errorf("%s: %q, %d drafts", said, b.title(), w.drafts())
		}
		if b.get("/r/22"); strings.Contains(b.page, `type="file"`) {
			t.Errorf("%s: files can be added", said)
		}
		b.get("/r/22").post("/r/22", nil)
		r, _ := http.NewRequest(http.MethodPost, b.site+"/r/22", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\nx\r\n--b--\r\n"))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
		if b.do(r, nil); w.drafts() != 0 {
			t.Errorf("%s: a file was taken all the same", said)
		}
	}
	for _, org := range []string{"service", "unsure"} {
		if b := w.browser().tell(learner().with(story{"org": org})); strings.Contains(b.page, "under 18 with") {
			t.Errorf("%s takes files", org)
		}
	}
}

// A file that does not get through costs no word, and the person is told which
// one is missing, there and in the end.
func TestFileFails(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"})).get("/r/22")
	big := make([]byte, smallFile+1)
	for _, tt := range []struct {
		name string
		body []byte
		says string
	}{{"film.mp4", big, "25 MB or less"}, {"empty.txt", nil, "That file is empty"}, {"", []byte("x"), "Choose a file first"}} {
		if b.upload(tt.name, tt.body); b.status != http.StatusUnprocessableEntity || !strings.Contains(b.page, tt.says) {
			t.Errorf("%s: %d %s", tt.name, b.status, b.page)
		}
	}
	for range 4 {
		b.upload("quarter.bin", big[1:])
	}
	if b.upload("last.bin", []byte("x")); !strings.Contains(b.page, "100 MB at most") {
		t.Errorf("%d %s", b.status, b.page)
	}
	b.get("/r/23").send()
	a, m, _ := w.read(b.ref())
	if len(m.Attachments) != 4 || !strings.Contains(m.Text, "They post pictures of me") || !strings.Contains(m.Text, "A file that did not arrive\nfilm.mp4") || a.State != "case" {
		t.Errorf("%d files, %s", len(m.Attachments), m.Text)
	}
	if !strings.Contains(b.page, "film.mp4") || !strings.Contains(b.page, "last.bin") {
		t.Error("the page does not say which files are missing")
	}
}

// A full disk at the moment a file comes costs that file.
func TestF29FileOnFullDisk(t *testing.T) {
	w := newWorld(t)
	b := w.browser().tell(learner().with(story{"org": "northgate", "image": "no"})).get("/r/22")
	if err := w.desk.Store.Close(); err != nil {
		t.Fatal(err)
	}
	if b.upload("a.png", []byte("x")); b.status != http.StatusUnprocessableEntity || !strings.Contains(b.page, "did not get to us") {
		t.Errorf("%d %s", b.status, b.page)
	}
	if b.get("/r/23").send(); b.status != http.StatusServiceUnavailable || !strings.Contains(b.page, "They post pictures") {
		t.Errorf("%d %s", b.status, b.page)
	}
	s, err := evidence.Open(filepath.Join(t.TempDir(), "evidence"))
	if err != nil {
		t.Fatal(err)
	}
	w.desk.Store = s
	if b.send(); b.ref() == "" || !strings.Contains(b.page, "a.png") {
		t.Errorf("%d %s", b.status, b.page)
	}
}
