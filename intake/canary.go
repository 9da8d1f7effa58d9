package intake

import (
	"context"
	"strings"

	"dutydesk/intake/message"
	"dutydesk/workflow"
)

// markWithin is where in a text the mark of a test mail may stand, should a
// server have changed its Message-ID.
const markWithin = 2000 // bytes

// canary disposes of a test mail of our own that came back. Only mail from the
// desk's own address can be one, and only the first with its mark.
func (d *Desk) canary(ctx context.Context, a workflow.Arrived, m message.Message) (bool, error) {
	if len(m.From) != 1 || m.FromHeaders != 1 || !strings.EqualFold(m.From[0].Addr, d.Address) {
		return false, nil
	}
	for _, id := range d.Office.Key.Canaries(m.MessageID, m.Text[:min(len(m.Text), markWithin)]) {
		if back, err := d.Office.CameBack(ctx, a, id); back || err != nil {
			return back, err
		}
	}
	return false, nil
}
