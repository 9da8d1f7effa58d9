package outbox

import (
	"context"
	"encoding/json"
	"fmt"

	"dutydesk/notify"
	"dutydesk/workflow"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/ledger"
)

// items are the lines of a digest as the ledger has them now. From here on the
// digest takes no further line, so that none is left out of what is written.
func (w *Writer) items(ctx context.Context, digest ledger.Letter) (items []notify.Item, err error) {
	if err := w.Ledger.SealDigest(ctx, digest.ID, w.Now()); err != nil {
		return nil, err
	}
	xs, err := w.Ledger.Lines(ctx, digest.ID)
	if err != nil {
		return nil, err
	}
	listed := map[casefile.Ref]bool{}
	for _, x := range xs {
		if listed[x.Case] {
			continue // its line says how it stands
		}
		listed[x.Case] = true
		c, err := w.Ledger.Case(ctx, x.Case)
		if err != nil {
			return nil, err
		}
		if c.Excluded.Has(digest.Person) {
			continue
		}
		var d workflow.Detail
		if err := json.Unmarshal([]byte(x.Detail), &d); err != nil {
			return nil, fmt.Errorf("read detail: %w", err)
		}
		by := ""
		if x.Kind == casefile.TakenBy && d.By != "" {
			by = w.Roster.Name(d.By)
		}
		items = append(items, notify.Item{By: by, Kind: notify.Kind(x.Kind), Ref: string(c.Ref), Org: w.Roster.Org(c.Org).Name, Severity: string(c.Severity),
			State: states[c.State], Received: c.Opened, Due: d.Due, What: string(d.Stage), Token: w.Key.Token(x.ID)})
	}
	if len(items) == 0 {
		return nil, fmt.Errorf("digest %s: all of it was withdrawn: %w", digest.ID, ErrLeft)
	}
	return items, nil
}
