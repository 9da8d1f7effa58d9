package app

import (
	"fmt"
	"time"

	"dutydesk/config"
	"dutydesk/workflow/sla"
)

// Unled lists the active organisations for which nobody is there at the moment
// at, as lead, deputy or cover of either: their concerns are told to the rungs
// above at once. Who has left is no lead.
func Unled(cfg *config.Config, at time.Time) (orgs []string) {
	roster := Rules(cfg).Roster.On(at)
	for _, id := range Active(cfg) {
		if len(roster.Holders(id, sla.Lead))+len(roster.Holders(id, sla.Deputy)) == 0 {
			orgs = append(orgs, id)
		}
	}
	return orgs
}

// Led refuses a configuration with such organisations.
func Led(cfg *config.Config, file string, at time.Time) error {
	var wrong config.Problems
	for _, id := range Unled(cfg, at) {
		wrong = append(wrong, config.Problem{File: file, Key: "organisation", What: fmt.Sprintf("nobody is there now as lead or deputy of %q, or in place of them", id),
			Fix: "change from, until or away of a [[person]], name a [[seat]], or write active = false"})
	}
	if wrong == nil {
		return nil
	}
	return wrong
}

// Active are the ids of the organisations that take concerns.
func Active(cfg *config.Config) (ids []string) {
	for _, o := range cfg.Organisations {
		if o.Active {
			ids = append(ids, o.ID)
		}
	}
	return ids
}
