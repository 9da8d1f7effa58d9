package config

import (
	"regexp"
	"strings"
	"time"
)

// Seat is a role that somebody holds for a time.
type Seat struct {
	Role         string `toml:"role" example:"lead" allowed:"lead|deputy|on-call|service-lead|la-lead|senior-officer|executive|manager" doc:"\"lead\", \"deputy\", \"on-call\", \"service-lead\", \"la-lead\", \"senior-officer\", \"executive\" or \"manager\"."`
	Organisation string `toml:"organisation" default:"" example:"service" form:"organisation" doc:"Whose lead or deputy; \"\" for the other roles."`
	Person       string `toml:"person" example:"deputy" form:"person" doc:"Who holds it, in place of whoever holds it otherwise. A manager is one more."`
	From         Date   `toml:"from" default:"" example:"2027-02-01" form:"date" doc:"First day; \"\" for always."`
	Until        Date   `toml:"until" default:"" example:"2027-02-28" form:"date" doc:"Last day; \"\" for ever."`
}

// daysForm is "2026-12-21 to 2027-01-04", or a single day.
var daysForm = regexp.MustCompile(`^(\S+)(?: to (\S+))?$`)

// days wants days from one to another, or a single one.
func days(text string) (what, fix string) {
	const fixed = `write it like "2026-12-21 to 2027-01-04"`
	first, last, ok := split(text)
	if !ok {
		return "are no days", fixed
	}
	for _, d := range []string{first, last} {
		if what, _ := day(d); what != "" {
			return "are no days", fixed
		}
	}
	if last < first {
		return "end before they begin", "put the earlier day first"
	}
	return "", ""
}

// split is the first and the last of some days.
func split(text string) (first, last string, ok bool) {
	m := daysForm.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return "", "", false
	}
	if m[2] == "" {
		m[2] = m[1]
	}
	return m[1], m[2], true
}

// Days are the first moment of the first of some days, and the first moment
// after the last, in the service's zone. A side that is "" is zero.
func (c *Config) Days(first, last Date) (from, until time.Time) {
	if d, err := time.ParseInLocation(time.DateOnly, string(first), c.Zone()); err == nil {
		from = d.UTC()
	}
	if d, err := time.ParseInLocation(time.DateOnly, string(last), c.Zone()); err == nil {
		until = d.AddDate(0, 0, 1).UTC()
	}
	return from, until
}

// Away are the first moment of some days and the first after them.
func (c *Config) Away(text string) (from, until time.Time) {
	first, last, _ := split(text)
	return c.Days(Date(first), Date(last))
}
