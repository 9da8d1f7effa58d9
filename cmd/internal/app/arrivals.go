package app

import (
	"context"
	"encoding/json"

	"dutydesk/workflow/ledger"
)

// ArrivalDetail is what "arrivals show --json" prints.
type ArrivalDetail struct {
	Arrival
	Key        string          `json:"key"`        // "mailbox/uidvalidity/uid", with the digest where a UID was given out again
	Grade      string          `json:"grade"`      // what it is worth as evidence
	Authentic  bool            `json:"authentic"`  // the trusted server proved the author's domain
	AuthWhy    string          `json:"auth_why"`   // why not
	Signatures json.RawMessage `json:"signatures"` // a list, each with its key; as kept at receipt
}

// Arrival reads one arrival by its id.
func (r Reader) Arrival(ctx context.Context, id string) (ArrivalDetail, error) {
	a, err := r.Ledger.Arrival(ctx, id)
	if err != nil {
		return ArrivalDetail{}, err
	}
	parts, err := r.Ledger.Exhibits(ctx, a.ID)
	d := ArrivalDetail{Arrival: arrivalRecord(a, parts), Key: a.Key, Grade: a.Grade, Authentic: a.Authentic, AuthWhy: a.AuthWhy, Signatures: json.RawMessage("[]")}
	if json.Valid([]byte(a.Signatures)) {
		d.Signatures = json.RawMessage(a.Signatures)
	}
	return d, err
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
