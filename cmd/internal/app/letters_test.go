package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus/testutil"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla"
)

// silent is a queue that nobody listens to.
type silent struct{}

// Offer implements workflow.Reminder.
func (silent) Offer(...ledger.Job) {}

// newBooks is an app with a ledger, one manager, and a clock that the test moves.
func newBooks(t *testing.T) (a *App, clock *time.Time) {
	l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	at := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	rules := casefile.Rules{Policy: sla.Default(), Roster: casefile.Roster{Managers: []string{"manager"},
		People: map[string]casefile.Person{"manager": {ID: "manager", Address: "manager@council.example"}}}}
	a = &App{Ledger: l, clock: Clock{Now: now}, log: slog.New(slog.DiscardHandler),
		Office: &workflow.Office{Ledger: l, Rules: rules, Key: workflow.Key("k"), Now: now, Reminder: silent{}}}
	return a, &at
}

// A letter that cannot be written for more than two minutes is a part of the
// desk that is down, of which managers are told; so is one that nobody begins.
func TestLettersThatCannotBeWritten(t *testing.T) {
	a, clock := newBooks(t)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(a.Office.Trouble(t.Context(), "redis", 0))
	xs, err := a.Ledger.Letters(t.Context(), "")
	must(err)
	unable := func() {
		t.Helper()
		c, err := a.Ledger.Claim(t.Context(), xs[0].JobID(), *clock, time.Minute)
		must(errors.Join(err, a.Ledger.Release(t.Context(), c, clock.Add(time.Minute), ledger.Unwritten)))
	}
	for minute := range 3 {
		if err := a.checkLetters(t.Context()); err != nil {
			t.Errorf("after %d minutes: %v", minute, err)
		}
		unable()
		*clock = clock.Add(time.Minute)
	}
	if err := a.checkLetters(t.Context()); err == nil {
		t.Error("nobody hears of a letter that cannot be written for three minutes")
	}
	if n := testutil.CollectAndCount(books{a.Ledger, a.clock.Now, a.log}, "dutydesk_letters_unwritten"); n != 1 {
		t.Errorf("%d numbers", n)
	}
	h := &Health{since: map[string]time.Time{}, Office: a.Office, Checks: map[string]func(context.Context) error{lettersPart: a.checkLetters}, Log: a.log}
	h.look(t.Context())
	if xs, err = a.Ledger.Letters(t.Context(), ""); err != nil || len(xs) != 2 || letterRecord(xs[1]).About != lettersPart || len(h.Down()) != 1 {
		t.Errorf("managers were told %+v, down are %v, %v", xs, h.Down(), err)
	}
	c, _, err := a.Ledger.Begin(t.Context(), xs[0], "digest", *clock, time.Minute)
	must(errors.Join(err, a.Ledger.Posted(t.Context(), c, *clock)))
	if err := a.checkLetters(t.Context()); err != nil {
		t.Errorf("after it went: %v", err)
	}
	*clock = clock.Add(3 * time.Minute)
	if err := a.checkLetters(t.Context()); err == nil || a.checkLate(t.Context()) != nil {
		t.Error("a letter that nobody begins is no trouble, or is taken for other work")
	}
}
