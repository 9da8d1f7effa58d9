package app

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"time"

	"dutydesk/workflow/casefile"
	"dutydesk/workflow/sla"
)

// Holder is one line of "roster list --json": who is told now, and as what.
type Holder struct {
	Organisation string `json:"organisation"` // "" for the whole service
	Role         string `json:"role"`
	Person       string `json:"person"` // "" where nobody is there
	Name         string `json:"name"`
	Away         bool   `json:"away"` // a mail said so: they are told all the same
}

// Warning is one line of "roster warnings --json".
type Warning struct {
	What         string     `json:"what"` // ends, away, vacant, ambassadors
	At           time.Time  `json:"at"`
	Until        *time.Time `json:"until"`
	Organisation string     `json:"organisation"`
	Role         string     `json:"role"`
	Person       string     `json:"person"`
	Learnt       bool       `json:"learnt"` // only a mail said so
}

// roster is the council's at a moment, with the absences that mails told of.
func (r Reader) roster(ctx context.Context, now time.Time) (casefile.Roster, error) {
	learnt, err := r.Ledger.Absences(ctx, now)
	return r.Rules.Roster.With(learnt...).On(now), err
}

// Holders lists who is told now in every role.
func (r Reader) Holders(ctx context.Context, now time.Time) (hs []Holder, err error) {
	roster, err := r.roster(ctx, now)
	for _, id := range slices.Sorted(maps.Keys(roster.Orgs)) {
		if !roster.Orgs[id].Closed {
			hs = append(append(hs, holders(roster, id, sla.Lead)...), holders(roster, id, sla.Deputy)...)
		}
	}
	for _, role := range []sla.Role{sla.ServiceLead, sla.LALead, sla.SeniorOfficer, sla.Executive, sla.Manager} {
		hs = append(hs, holders(roster, "", role)...)
	}
	return hs, err
}

func holders(r casefile.Roster, org string, role sla.Role) (hs []Holder) {
	for _, id := range r.Holders(org, role) {
		hs = append(hs, Holder{org, string(role), id, r.Name(id), r.Away(id)})
	}
	if len(hs) == 0 {
		hs = []Holder{{Organisation: org, Role: string(role)}}
	}
	return hs
}

// Warnings lists what is or will be wrong with the roster, soonest first.
func (r Reader) Warnings(ctx context.Context, now time.Time) (ws []Warning, err error) {
	ws = []Warning{}
	roster, err := r.roster(ctx, now)
	for _, w := range roster.Warnings(now, rosterAhead) {
		x := Warning{string(w.What), w.At, nil, w.Org, string(w.Role), w.Person, w.Learnt}
		if !w.Until.IsZero() {
			x.Until = &w.Until
		}
		ws = append(ws, x)
	}
	slices.SortStableFunc(ws, func(a, b Warning) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.What, b.What)) })
	return ws, err
}
