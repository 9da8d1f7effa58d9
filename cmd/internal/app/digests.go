package app

import (
	"context"
	"time"

	"dutydesk/workflow"
	"dutydesk/workflow/sla"
)

// openDigests owes the letters by which people hear how the desk stands. Reviews
// are reminded of also where there is no daily list.
func (a *App) openDigests() {
	d := workflow.Digests{Office: a.Office, Hour: 8, Minute: 30, Zone: a.cfg.Zone()}
	if hour, minute, ok := a.cfg.Digest.Time(); ok {
		d.Hour, d.Minute = hour, minute
		a.Rounds.ByName["daily"], a.Rounds.ByName["roster-check"] = d.Daily(), d.Roster()
	}
	if times := a.Office.Rules.Books[a.Office.Rules.Version]; times != nil {
		a.Rounds.ByName["review-times"] = d.Review("times", times.Policy.NextReview)
	}
	if at := a.cfg.Digest.Review.Time(); !at.IsZero() {
		a.Rounds.ByName["review-policy"] = d.Review("policy", sla.DayOf(at))
	}
}

// beat writes down that the desk lives. Only a clock that is checked is believed
// to tell of an outage: the demo's leaps.
func (a *App) beat(ctx context.Context) error {
	return a.Office.Beat(ctx, a.clock.Check != nil && a.clock.Check() == nil)
}

// beats does so until ctx ends. A ledger that does not answer is tried again:
// while it was away the desk did run, and that is told as the ledger's trouble.
func (a *App) beats(ctx context.Context) error {
	tick := time.NewTicker(workflow.BeatEvery)
	defer tick.Stop()
	beat := a.beat
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		}
		err := beat(ctx)
		if beat = a.beat; err != nil && ctx.Err() == nil {
			a.log.Warn("sign of life could not be written", "err", err)
			beat = func(ctx context.Context) error { return a.Office.Beat(ctx, false) }
		}
	}
}
