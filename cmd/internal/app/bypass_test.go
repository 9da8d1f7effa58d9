package app

import (
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/config"
	"dutydesk/notify"
	"dutydesk/notify/mailer"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// office is a mail server for what goes past the ledger.
type office struct {
	answer error
	got    []string // what it took, whole
	tries  int
}

func (o *office) send(_ context.Context, from, to string, raw []byte) error {
	o.tries++
	if o.answer == nil {
		o.got = append(o.got, from+" "+to+" "+string(raw))
	}
	return o.answer
}

func newTestBypass(t *testing.T, s *slip, o *office) *bypass {
	t.Helper()
	people := map[string]casefile.Person{}
	for _, id := range []string{"manager", "second", "la-lead"} {
		people[id] = casefile.Person{ID: id, Name: "Person " + id, Address: id + "@council.example"}
	}
	return &bypass{Slip: s, Patience: 3 * time.Minute, Send: o.send, Log: slog.New(slog.DiscardHandler),
		Roster: casefile.Roster{People: people, Managers: []string{"manager", "second"}, LALead: "la-lead"},
		Facts:  notify.Facts{Kind: notify.Trouble, Service: "Desk", ServiceAddress: "desk@council.example", Zone: time.UTC, Host: "council.example"}}
}

// during looks as a worker does, while the ledger is down.
func (b *bypass) during(t *testing.T, from time.Time, lasts time.Duration) {
	t.Helper()
	for d := time.Duration(0); d <= lasts; d += lookEvery {
		if _, err := b.Slip.down(from.Add(d)); err != nil {
			t.Fatal(err)
		}
		b.look(t.Context(), from.Add(d))
	}
}

var midday = time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)

// F22, F25: managers hear of a ledger that is down while it is, once each.
func TestLedgerDownIsToldWhileItLasts(t *testing.T) {
	post := &office{}
	b := newTestBypass(t, &slip{}, post)
	b.during(t, midday, 3*time.Minute-lookEvery)
	if post.tries != 0 {
		t.Fatalf("told within patience: %q", post.got)
	}
	b.during(t, midday.Add(3*time.Minute), time.Hour)
	if len(post.got) != 2 || !strings.Contains(post.got[0], "desk@council.example manager@") || !strings.Contains(post.got[1], " second@") {
		t.Fatalf("told %q", post.got)
	}
	for _, m := range post.got {
		if !strings.Contains(m, "database did not answer") || !strings.Contains(m, "Auto-Submitted: auto-generated") {
			t.Errorf("%s", m)
		}
	}
	if err := b.Slip.over(); err != nil {
		t.Fatal(err)
	}
	b.look(t.Context(), midday.Add(2*time.Hour))
	b.during(t, midday.Add(3*time.Hour), 5*time.Minute)
	if len(post.got) != 4 {
		t.Errorf("of two outages %d letters", len(post.got))
	}
}

// A mail server that is down too is asked once a minute, for the same mail.
func TestLedgerAndPostDown(t *testing.T) {
	post := &office{answer: mailer.ErrUnsent}
	b := newTestBypass(t, &slip{}, post)
	b.during(t, midday, 13*time.Minute)
	if post.tries != 2*11 {
		t.Errorf("tried %d times in ten minutes for two", post.tries)
	}
	post.answer = nil
	first, err := b.letter(outage{Since: midday}, "manager")
	if err != nil {
		t.Fatal(err)
	}
	b.during(t, midday.Add(14*time.Minute), 10*time.Minute)
	if len(post.got) != 2 || !strings.HasSuffix(post.got[0], string(first)) {
		t.Errorf("told %q", post.got)
	}
	post.answer = mailer.ErrRefused
	b.Slip, post.tries, b.settled, b.again = &slip{}, 0, nil, time.Time{}
	b.during(t, midday.Add(48*time.Hour), time.Hour)
	if post.tries != 2 {
		t.Errorf("a refusal is asked %d times", post.tries)
	}
}

// Over restarts an outage goes on, is told once, and is told to be over.
func TestOutageOverRestarts(t *testing.T) {
	cfg := &config.Config{Data: t.TempDir()}
	post := &office{}
	size := int64(0)
	for n := range 12 { // a start every minute, none of which succeeds
		s, err := openSlip(cfg)
		if err != nil {
			t.Fatal(err)
		}
		at := midday.Add(time.Duration(n) * time.Minute)
		if _, err := s.down(at); err != nil {
			t.Fatal(err)
		}
		newTestBypass(t, s, post).look(t.Context(), at)
		info, err := os.Stat(filepath.Join(cfg.Data, "outage"))
		if err != nil || size != 0 && info.Size() != size {
			t.Fatalf("the slip grew: %v", err)
		}
		size = info.Size()
	}
	if len(post.got) != 2 {
		t.Errorf("told %d times", len(post.got))
	}
	w := newWard(t, ledgerPart)
	s, err := openSlip(cfg)
	if err != nil {
		t.Fatal(err)
	}
	w.Slip = s
	w.want(w.after(0, workflow.Recovered), 1, "the ledger is back")
	w.want(w.after(time.Minute, workflow.Recovered), 1, "and stays")
	if s, err = openSlip(cfg); err != nil || !s.outage().Since.IsZero() {
		t.Errorf("the outage goes on: %+v, %v", s.outage(), err)
	}
}

// Only what a later start may find mended is an outage.
func TestWhatStandsStill(t *testing.T) {
	for err, want := range map[error]bool{ledger.ErrAway: true, ledger.ErrSchema: false, ErrKey: false, ErrGone: false, errors.New("x"): false} {
		if standsStill(err) != want {
			t.Errorf("%v: %v", err, !want)
		}
	}
}
