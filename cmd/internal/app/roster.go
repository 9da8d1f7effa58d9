package app

import (
	"fmt"
	"strings"
	"time"

	"dutydesk/config"
	"dutydesk/intake/message"
	"dutydesk/workflow/casefile"
	"dutydesk/workflow/queue"
	"dutydesk/workflow/sla"
)

// Rules are the roster of a configuration, and the allowances it gives in place
// of the policy's. The policy itself is [Book].
func Rules(cfg *config.Config) casefile.Rules {
	p := sla.Default()
	p.Acknowledge, p.Review = time.Duration(cfg.SLA.Acknowledge), time.Duration(cfg.SLA.Review)
	return casefile.Rules{Policy: p, Roster: roster(cfg), Flood: flood(cfg)}
}

// flood gathers alerts of many reports. The council and its partners are those
// whose addresses the configuration names.
func flood(cfg *config.Config) casefile.Flood {
	f := casefile.Flood{After: 20, Within: time.Duration(cfg.Desk.Digest)}
	for _, d := range cfg.Mail.TrustedDomains {
		f.Known = append(f.Known, strings.ToLower(d))
	}
	for _, p := range cfg.Persons {
		f.Known = append(f.Known, strings.ToLower(message.DomainOf(p.Address)))
	}
	return f
}

func roster(cfg *config.Config) casefile.Roster {
	r := casefile.Roster{People: map[string]casefile.Person{}, Orgs: map[string]casefile.Org{}, Triage: cfg.Service.Organisation,
		ServiceLead: cfg.Roles.ServiceLead, LALead: cfg.Roles.LALead, SeniorOfficer: cfg.Roles.SeniorOfficer, Executive: cfg.Roles.Executive, OnCall: cfg.Roles.OnCall, Outside: cfg.Roles.Outside, Managers: cfg.Roles.Managers}
	for _, p := range cfg.Persons {
		r.People[p.ID] = person(cfg, p)
		for _, days := range p.Away {
			from, until := cfg.Away(days)
			r.Absences = append(r.Absences, casefile.Absence{Term: casefile.Term{From: from, Until: until}, Person: p.ID})
		}
	}
	for _, o := range cfg.Organisations {
		r.Orgs[o.ID] = casefile.Org{ID: o.ID, Name: o.Name, Lead: o.Lead, Deputy: o.Deputy, Closed: !o.Active, Ceop: o.Ceop, Ambassadors: o.Ambassadors}
	}
	for _, s := range cfg.Seats {
		from, until := cfg.Days(s.From, s.Until)
		r.Seats = append(r.Seats, casefile.Seat{Term: casefile.Term{From: from, Until: until}, Role: sla.Role(s.Role), Org: s.Organisation, Person: s.Person})
	}
	return r
}

func person(cfg *config.Config, p config.Person) casefile.Person {
	from, until := cfg.Days(p.From, p.Until)
	return casefile.Person{Term: casefile.Term{From: from, Until: until}, ID: p.ID, Name: p.Name, Address: strings.ToLower(p.Address),
		Full: p.Disclosure == "full" && trusted(cfg, p.Address), Also: p.Also, Cover: p.Cover}
}

// trusted reports whether letters with the reporter's words may go to addr.
func trusted(cfg *config.Config, addr string) bool {
	_, domain, _ := strings.Cut(strings.ToLower(addr), "@")
	for _, d := range cfg.Mail.TrustedDomains {
		if strings.EqualFold(d, domain) {
			return true
		}
	}
	return false
}

// Redis is the configured Redis with its password.
func Redis(cfg *config.Config) (queue.Redis, error) {
	r, err := queue.ParseRedis(cfg.Redis.URL)
	if err != nil {
		return r, fmt.Errorf("redis.url: %w", err)
	}
	password, err := cfg.Redis.Secret()
	if password != "" {
		r.Password = password
	}
	return r, err
}
