package ledger

import "context"

// ArrivalUnder reads the arrival that came first under a door's key; ErrNotFound
// if none did.
func (l *Ledger) ArrivalUnder(ctx context.Context, key string) (Arrival, error) {
	return scanArrival(l.read.QueryRowContext(ctx, `SELECT `+arrivalColumns+` FROM arrivals WHERE door_key = $1`, key))
}

// DisposeOf is the job in which an arrival is disposed of.
func DisposeOf(arrival string) string { return "dispose/" + arrival }
