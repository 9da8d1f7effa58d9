package workflow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"dutydesk/workflow/ledger"
)

const (
	// BeatEvery is how often a worker writes down that it lives.
	BeatEvery = time.Minute
	// asleep is how long nobody may have written that before it is an outage.
	asleep = 5 * time.Minute
	// lateAfter is how late something is told before the letter says why.
	lateAfter = 5 * time.Minute
)

// DeskPart is the trouble of a desk that did not run at all: it is told only
// once it is over.
const DeskPart = "desk"

// Beat writes down that the desk lives. A gap is an outage, of which managers
// hear once, and what should have been told in it is told with that reason
// (F63). It is called at every start before anything rings, and then every
// [BeatEvery]. believed is false while the clock was just set by a jump: then
// nobody knows whether there was a gap.
func (o *Office) Beat(ctx context.Context, believed bool) error {
	gap := asleep
	if !believed {
		gap = 0
	}
	err := o.update(ctx, func(tx *ledger.Tx, now time.Time) error {
		out, err := tx.Beat(now, gap)
		if err != nil || out == (ledger.Outage{}) {
			return err
		}
		if err = o.tell(tx, Recovered, Detail{Trouble: DeskPart, Since: out.From}, now); errors.Is(err, errNobody) {
			return nil
		}
		return err
	})
	if err != nil {
		return fmt.Errorf("beat: %w", err)
	}
	last, err := o.Ledger.LastOutage(ctx)
	if err == nil {
		o.slept.Store(&last)
	}
	return err
}

// outage is the outage because of which what was due is told late at now; zero
// if it is not late, or not for that reason.
func (o *Office) outage(due, now time.Time) ledger.Outage {
	last := o.slept.Load()
	if last == nil || !last.Has(due) || now.Sub(due) <= lateAfter {
		return ledger.Outage{}
	}
	return *last
}

// outageOf is the outage that a letter speaks of.
func outageOf(x ledger.Letter) ledger.Outage {
	var d Detail
	if json.Unmarshal([]byte(x.Detail), &d) != nil {
		return ledger.Outage{}
	}
	return d.Outage
}
