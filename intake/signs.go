package intake

import "context"

// Signs returns what the mail server said of the messages that were taken in
// under keys, as it was noted with [Desk.Sign].
func (d *Desk) Signs(ctx context.Context, keys []string) (map[string][]string, error) {
	return d.Ledger.Signs(ctx, keys)
}

// Sign notes by key what the mail server says of messages that were taken in.
func (d *Desk) Sign(ctx context.Context, signs map[string]string) error {
	return d.Ledger.Sign(ctx, signs)
}
