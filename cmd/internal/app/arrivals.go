package app

import (
	"context"

	"dutydesk/workflow/ledger"
)

// ArrivalDetail is what "arrivals show --json" prints.
type ArrivalDetail struct {
	Arrival
	Key string `json:"key"` // "mailbox/uidvalidity/uid", with the digest where a UID was given out again
}

// Arrival reads one arrival by its id.
func (r Reader) Arrival(ctx context.Context, id string) (ArrivalDetail, error) {
	a, err := r.Ledger.Arrival(ctx, id)
	if err != nil {
		return ArrivalDetail{}, err
	}
	parts, err := r.Ledger.Exhibits(ctx, a.ID)
	return ArrivalDetail{Arrival: arrivalRecord(a, parts), Key: a.Key}, err
}

// WithoutCanaries leaves out the desk's own test mails.
func WithoutCanaries(all []Arrival) []Arrival {
	some := make([]Arrival, 0, len(all))
	for _, a := range all {
		if a.State != string(ledger.Canary) {
			some = append(some, a)
		}
	}
	return some
}
