package app

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// ward is a desk's health with one part that can be put down, and its books.
type ward struct {
	*Health
	t      *testing.T
	ledger *ledger.Ledger
	now    time.Time
	down   map[string]error
}

func newWard(t *testing.T, parts ...string) *ward {
	w := &ward{t: t, ledger: book(t, t.TempDir()), now: time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC), down: map[string]error{}}
	people := map[string]casefile.Person{"manager": {ID: "manager", Address: "manager@council.example"}}
	office := &workflow.Office{Ledger: w.ledger, Now: func() time.Time { return w.now }, Key: make(workflow.Key, 32),
		Rules: casefile.Rules{Roster: casefile.Roster{People: people, Managers: []string{"manager"}}}, Reminder: deaf{}}
	checks := map[string]func(context.Context) error{}
	for _, part := range parts {
		checks[part] = func(context.Context) error { return w.down[part] }
	}
	w.Health = &Health{Office: office, Patience: 3 * time.Minute, Checks: checks, Log: slog.New(slog.DiscardHandler),
		Alive: func() {}, Slip: &slip{}, since: map[string]time.Time{}}
	return w
}

// deaf is a reminder that nobody hears.
type deaf struct{}

func (deaf) Offer(...ledger.Job) {}

// after lets time pass, looks, and counts the letters there are of a kind.
func (w *ward) after(d time.Duration, kind casefile.Kind) int {
	w.t.Helper()
	w.now = w.now.Add(d)
	w.look(w.t.Context())
	letters, err := w.ledger.Letters(w.t.Context(), "")
	if err != nil {
		w.t.Fatal(err)
	}
	return len(slices.DeleteFunc(letters, func(x ledger.Letter) bool { return x.Kind != kind }))
}

func (w *ward) want(got, want int, when string) {
	w.t.Helper()
	if got != want {
		w.t.Errorf("%s: %d letters, want %d", when, got, want)
	}
}

// Managers are told of a part once, when it has been down for as long as
// patience, and once more when it works again.
func TestHealthTellsOnce(t *testing.T) {
	w := newWard(t, "smtp", "redis")
	w.want(w.after(0, workflow.Trouble), 0, "all is well")
	w.down["redis"] = errors.New("away")
	w.want(w.after(time.Second, workflow.Trouble), 0, "just now")
	if down := w.Down(); !slices.Equal(down, []string{"redis"}) {
		t.Errorf("down: %v", down)
	}
	w.want(w.after(2*time.Minute, workflow.Trouble), 0, "within patience")
	w.want(w.after(time.Minute, workflow.Trouble), 1, "after patience")
	w.want(w.after(time.Hour, workflow.Trouble), 1, "an hour later")
	delete(w.down, "redis")
	w.want(w.after(time.Second, workflow.Recovered), 1, "it works again")
	w.want(w.after(time.Hour, workflow.Recovered), 1, "and goes on")
	if down := w.Down(); len(down) != 0 {
		t.Errorf("down: %v", down)
	}
}

// What comes back within patience is nobody's business.
func TestHealthForgivesAMoment(t *testing.T) {
	w := newWard(t, "smtp")
	for range 5 {
		w.down["smtp"] = errors.New("away")
		w.want(w.after(time.Second, workflow.Trouble), 0, "down for a moment")
		w.want(w.after(2*time.Minute, workflow.Trouble), 0, "down for a moment")
		delete(w.down, "smtp")
		w.want(w.after(time.Second, workflow.Recovered), 0, "up again")
	}
}

// A trouble that an earlier life wrote down ends with the first look of the next.
func TestHealthAfterARestart(t *testing.T) {
	w := newWard(t, "smtp")
	w.down["smtp"] = errors.New("away")
	w.after(0, workflow.Trouble)
	w.want(w.after(4*time.Minute, workflow.Trouble), 1, "down")
	w.since = map[string]time.Time{} // the next life
	delete(w.down, "smtp")
	w.want(w.after(time.Second, workflow.Recovered), 1, "the first look")
}

// While the ledger is down nothing is written, whatever else is down, and the
// watchdog is not told that all is well.
func TestHealthWithoutItsLedger(t *testing.T) {
	w := newWard(t, ledgerPart, "smtp")
	w.after(0, workflow.Trouble)
	w.down[ledgerPart], w.down["smtp"] = errors.New("away"), errors.New("away")
	w.want(w.after(time.Hour, workflow.Trouble), 0, "nothing can be written")
	alive := 0
	w.Alive = func() { alive++ }
	ctx, stop := context.WithCancel(t.Context())
	stop()
	if err := w.Run(ctx); err != nil || alive != 0 {
		t.Errorf("said %d times that it lives, %v", alive, err)
	}
}
