package app

import (
	"errors"
	"io"
	"log/slog"
	"path/filepath"
	"testing"
	"time"

	"dutydesk/config"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
	"dutydesk/workflow/sla/policy"
)

// What comes by the clock is owed at once; a policy of the council's only when
// its day is written down, and reviews also where there is no list.
func TestDigestsAreOwed(t *testing.T) {
	for _, tt := range []struct {
		digest config.Digest
		want   []string
	}{
		{config.Digest{At: "08:30"}, []string{"daily", "roster-check", "review-times"}},
		{config.Digest{At: "08:30", Review: "2027-09-01"}, []string{"daily", "roster-check", "review-times", "review-policy"}},
		{config.Digest{}, []string{"review-times"}},
	} {
		a := &App{cfg: &config.Config{Digest: tt.digest, Service: config.Service{TimeZone: "Europe/London"}}, Rounds: &workflow.Rounds{ByName: map[string]workflow.Round{}},
			Office: &workflow.Office{Rules: casefile.Rules{Version: "v", Books: policy.Books{"v": &policy.Book{}}}}}
		if a.openDigests(); len(a.Rounds.ByName) != len(tt.want) {
			t.Errorf("%+v: %d rounds", tt.digest, len(a.Rounds.ByName))
		}
		for _, name := range tt.want {
			if a.Rounds.ByName[name].Do == nil {
				t.Errorf("%+v: %s is not owed", tt.digest, name)
			}
		}
	}
}

// hears is who offers are made to: nobody.
type hears struct{}

func (hears) Offer(...ledger.Job) {}

// F63: a clock that jumped, or that nobody checks, tells of no outage; a checked
// one does.
func TestF63OnlyACheckedClockTellsOfAnOutage(t *testing.T) {
	for name, tt := range map[string]struct {
		check func() error
		told  bool
	}{
		"checked": {func() error { return nil }, true}, "jumped": {func() error { return errors.New("jumped") }, false}, "the demo's": {nil, false},
	} {
		t.Run(name, func(t *testing.T) {
			l, err := ledger.Open(t.Context(), filepath.Join(t.TempDir(), "ledger.db"))
			if err != nil {
				t.Fatal(err)
			}
			defer l.Close()
			now := time.Date(2026, 11, 26, 12, 0, 0, 0, time.UTC)
			a := &App{Ledger: l, clock: Clock{Check: tt.check}, log: slog.New(slog.NewTextHandler(io.Discard, nil)),
				Office: &workflow.Office{Ledger: l, Rules: casefile.Rules{}, Now: func() time.Time { return now }, Reminder: hears{}}}
			for range 2 {
				if err := a.beat(t.Context()); err != nil {
					t.Fatal(err)
				}
				now = now.Add(36 * time.Hour)
			}
			if out, err := l.LastOutage(t.Context()); err != nil || out.To.IsZero() == tt.told {
				t.Errorf("outage %+v, %v", out, err)
			}
		})
	}
}
