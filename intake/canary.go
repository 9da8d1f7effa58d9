package intake

import (
	"context"
	"slices"
	"strings"

	"dutydesk/intake/message"
	"dutydesk/workflow"
)

// markWithin is where in a text the mark of a test mail may stand, should a
// server have changed its Message-ID.
const markWithin = 2000 // bytes

// canary disposes of a test mail of our own that came back, and of what a
// machine says of one that did not arrive. Only mail from the desk's own address
// can be one, and only as it was sent.
func (d *Desk) canary(ctx context.Context, a workflow.Arrived, m message.Message) (bool, error) {
	if d.lostCanary(m) {
		return true, d.Office.Aside(ctx, a, "a machine's report about a test mail of the desk")
	}
	if len(m.From) != 1 || m.FromHeaders != 1 || !strings.EqualFold(m.From[0].Addr, d.Address) {
		return false, nil
	}
	for _, id := range d.Office.Key.Canaries(m.MessageID, m.Text[:min(len(m.Text), markWithin)]) {
		if back, err := d.Office.CameBack(ctx, a, id, workflow.CanaryPrint(m.Subject, m.Body)); back || err != nil {
			return back, err
		}
	}
	return false, nil
}

// lostCanary reports what a machine wrote about a test mail: that it could not
// be delivered to us, or our own mailbox's automatic answer. That it is missed
// is told without a case.
func (d *Desk) lostCanary(m message.Message) bool {
	ids := slices.Concat(m.InReplyTo, m.References)
	about := m.Machine.Class == message.AutoReply && d.ours(m.Author())
	for _, b := range m.Bounce {
		ids = append(ids, b.OriginalMessageID)
		about = about || m.AnswersMail() && d.ours(b.Recipient)
	}
	return about && !m.Resent() && len(d.Office.Key.Canaries(ids...)) > 0
}
