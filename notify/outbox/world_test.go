package outbox_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"dutydesk/intake"
	"dutydesk/intake/evidence"
	"dutydesk/notify/mailer"
	"dutydesk/notify/outbox"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// noon is when the stories begin.
var noon = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

const service = "safeguarding@council.example"

// desk is a whole desk on one ledger and one evidence folder, whose clock stands
// still unless the test moves it and whose post answers what the test says. It
// is its own fallback: what it is told it notes and hands to the office.
type desk struct {
	*outbox.Box
	t      testing.TB
	intake *intake.Desk
	office *workflow.Office
	post   *post
	dir    string // of the evidence

	mu     sync.Mutex
	clock  time.Time
	runs   time.Time // since when the clock runs; zero while it stands still
	n      int
	told   []telling
	deaf   error // what the fallback answers in place of the office
	counts map[string]int
	heard  []error // what Answer was told
}

// telling is one call of the fallback.
type telling struct {
	letter, why string
	at          time.Time
}

func newDesk(t testing.TB) *desk {
	d := &desk{t: t, clock: noon, dir: filepath.Join(t.TempDir(), "evidence"), counts: map[string]int{}}
	d.post = &post{now: d.now}
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	d.must(err)
	l.As("one")
	s, err := evidence.Open(d.dir)
	d.must(err)
	t.Cleanup(func() { d.must(errors.Join(s.Close(), l.Close())) })
	rules := casefile.Rules{Policy: sla.Default(), Roster: roster()}
	d.office = &workflow.Office{Ledger: l, Rules: rules, Key: workflow.Key("a key for tests, 32 bytes long.."), Prefix: "SG-", Now: d.now, Reminder: d}
	d.intake = &intake.Desk{Store: s, Ledger: l, Office: d.office, Reminder: d, Address: service, Now: d.now}
	w := &outbox.Writer{Ledger: l, Store: s, Roster: rules.Roster, Rules: rules, Key: d.office.Key, Service: "Safeguarding desk",
		Address: service, Host: "council.example", Zone: time.UTC, Now: d.now}
	d.Box = &outbox.Box{Ledger: l, Store: s, Writer: w, Sender: d.post, Fallback: d, Now: d.now, Log: slog.New(slog.NewTextHandler(t.Output(), nil)),
		Count: d.count, Answer: d.answer}
	return d
}

// roster is a service of one organisation. Full letters go to the lead alone.
func roster() casefile.Roster {
	people := map[string]casefile.Person{}
	for _, id := range []string{"lead", "deputy", "service-lead", "la-lead", "manager"} {
		people[id] = casefile.Person{ID: id, Name: "Person " + id, Address: id + "@council.example", Full: id == "lead"}
	}
	return casefile.Roster{People: people, Orgs: map[string]casefile.Org{"org": {ID: "org", Name: "Northgate Training", Lead: "lead", Deputy: "deputy"}},
		Triage: "org", ServiceLead: "service-lead", LALead: "la-lead", Managers: []string{"manager"}}
}

func (d *desk) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.runs.IsZero() {
		return d.clock.Add(time.Since(d.runs))
	}
	return d.clock
}

// at puts the clock forward to a time after noon.
func (d *desk) at(after time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.clock = noon.Add(after)
}

// Offer implements workflow.Reminder. The tests look into the ledger instead.
func (d *desk) Offer(...ledger.Job) {}

// Undelivered implements outbox.Fallback.
func (d *desk) Undelivered(ctx context.Context, id, why string) error {
	d.mu.Lock()
	deaf := d.deaf
	d.mu.Unlock()
	if deaf != nil {
		return deaf
	}
	at := d.now()
	d.mu.Lock()
	d.told = append(d.told, telling{id, why, at})
	d.mu.Unlock()
	return d.office.Undelivered(ctx, id, why)
}

func (d *desk) count(s ledger.LetterState, twice bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.counts[string(s)]++
	if twice {
		d.counts["twice"]++
	}
}

func (d *desk) answer(err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.heard = append(d.heard, err)
}

// tolds are the tellings about a letter.
func (d *desk) tolds(id string) (ts []telling) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, t := range d.told {
		if t.letter == id {
			ts = append(ts, t)
		}
	}
	return ts
}

// concern takes a mail in and has its case opened.
func (d *desk) concern(raw string) {
	d.t.Helper()
	d.n++
	d.must(d.intake.Accept(d.t.Context(), intake.Delivery{Door: intake.Mail, Mailbox: "main", Org: "org", Key: fmt.Sprint(d.n), At: d.now(), Body: strings.NewReader(raw)}))
	for _, j := range d.jobs(ledger.DisposeJob) {
		d.must(d.intake.Dispose(d.t.Context(), j.ID))
	}
}

// mailed is a plain concern.
func mailed(words string) string {
	return "From: Ann Learner <learner@college.example>\r\nTo: " + service + "\r\nSubject: please help\r\nMessage-ID: <1@college.example>\r\n\r\n" + words + "\r\n"
}

// jobs are the jobs of a kind that nobody holds, soonest first.
func (d *desk) jobs(kind ledger.Kind) []ledger.Job {
	d.t.Helper()
	js, err := d.Ledger.Overdue(d.t.Context(), d.now(), noon.AddDate(10, 0, 0), 100_000)
	d.must(err)
	return slices.DeleteFunc(js, func(j ledger.Job) bool { return j.Kind != kind })
}

// letter is the only letter of a kind to a person, as the ledger has it now.
func (d *desk) letter(person string, kind casefile.Kind) ledger.Letter {
	d.t.Helper()
	xs := d.letters(person, kind)
	if len(xs) != 1 {
		d.t.Fatalf("%d letters %q to %s", len(xs), kind, person)
	}
	return xs[0]
}

func (d *desk) letters(person string, kind casefile.Kind) []ledger.Letter {
	d.t.Helper()
	xs, err := d.Ledger.Letters(d.t.Context(), "")
	d.must(err)
	return slices.DeleteFunc(xs, func(x ledger.Letter) bool { return x.Person != person || x.Kind != kind })
}

// send tries a letter now. A letter that was put off is no failure.
func (d *desk) send(x ledger.Letter) {
	d.t.Helper()
	if err := d.Send(d.t.Context(), x.JobID()); err != nil && !errors.Is(err, ledger.ErrEarly) {
		d.t.Fatal(err)
	}
}

// pass lets time pass until so long after noon, and runs every letter when it
// is due, as the queue does.
func (d *desk) pass(after time.Duration) {
	d.t.Helper()
	for range 1000 {
		js := d.jobs(ledger.LetterJob)
		if len(js) == 0 || js[0].Due.After(noon.Add(after)) {
			if d.now().Equal(noon.Add(after)) {
				return
			}
			d.at(after) // claims may end
			continue
		}
		d.at(max(d.now().Sub(noon), js[0].Due.Sub(noon)))
		d.send(ledger.Letter{ID: js[0].Subject})
	}
	d.t.Fatal("letters are tried without end")
}

// state checks how far a letter came.
func (d *desk) state(x ledger.Letter, want ledger.LetterState) {
	d.t.Helper()
	got, err := d.Ledger.Letter(d.t.Context(), x.ID)
	d.must(err)
	if got.State != want {
		d.t.Errorf("letter is %q, want %q", got.State, want)
	}
}

// post is a mail server. answer may be nil: it takes everything.
type post struct {
	now    func() time.Time
	mu     sync.Mutex
	answer func(posted) error
	got    []posted // whatever was answered
}

// posted is a mail as it was handed over.
type posted struct {
	from, to, raw string
	at            time.Duration // after noon
	nth           int           // to this recipient, from 1
	err           error
}

// Send implements outbox.Sender.
func (p *post) Send(_ context.Context, from, to string, raw []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	m := posted{from: from, to: to, raw: string(raw), at: p.now().Sub(noon), nth: 1}
	for _, g := range p.got {
		if g.to == to {
			m.nth++
		}
	}
	if p.answer != nil {
		m.err = p.answer(m)
	}
	p.got = append(p.got, m)
	return m.err
}

// to are the tries for a person, in order.
func (p *post) to(person string) (ms []posted) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, m := range p.got {
		if m.to == person+"@council.example" {
			ms = append(ms, m)
		}
	}
	return ms
}

// times are when they came.
func times(ms []posted) (at []time.Duration) {
	for _, m := range ms {
		at = append(at, m.at)
	}
	return at
}

// same checks that all tries were the same mail, byte for byte.
func same(t testing.TB, ms []posted) {
	t.Helper()
	for _, m := range ms {
		if m.raw != ms[0].raw || header(t, m.raw, "Message-ID") == "" {
			t.Errorf("another mail at %v:\n%s\nthan at %v:\n%s", m.at, m.raw, ms[0].at, ms[0].raw)
		}
	}
}

// only answers err to the lead for as long as it likes, and takes all else.
func only(err error, until time.Duration) func(posted) error {
	return func(m posted) error {
		if m.to == "lead@council.example" && m.at < until {
			return err
		}
		return nil
	}
}

// answers gives the lead's letter one answer after the other.
func answers(errs ...error) func(posted) error {
	return func(m posted) error {
		if m.to == "lead@council.example" && m.nth <= len(errs) {
			return errs[m.nth-1]
		}
		return nil
	}
}

const forever = 1000 * time.Hour

var relayRefuses = errors.Join(mailer.ErrUnsent, mailer.ErrRelay)
