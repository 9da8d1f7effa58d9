package casefile

import (
	"slices"
	"strings"

	"dutydesk/workflow/sla"
)

// Person is someone who can be told and can act.
type Person struct {
	ID      string
	Name    string
	Address string // lower case
	Full    bool   // letters to this person may carry the reporter's words
}

// Org is an organisation of the service: the council's own or a provider.
type Org struct {
	ID     string
	Name   string
	Lead   string // person ids
	Deputy string
}

// Roster says who holds which role. The zero Roster has nobody in it.
type Roster struct {
	People        map[string]Person
	Orgs          map[string]Org
	Triage        string // the organisation that takes what belongs to nobody
	ServiceLead   string
	LALead        string
	SeniorOfficer string
	Executive     string
	Managers      []string
}

// Org returns the organisation, or the one that does triage when id is unknown:
// a concern never belongs to nobody.
func (r Roster) Org(id string) Org {
	if o, ok := r.Orgs[id]; ok {
		return o
	}
	return r.Orgs[r.Triage]
}

// Holders lists who holds role for org, none if nobody does.
func (r Roster) Holders(org string, role sla.Role) (ids []string) {
	switch role {
	case sla.Lead:
		return r.known(r.Org(org).Lead)
	case sla.Deputy:
		return r.known(r.Org(org).Deputy)
	case sla.ServiceLead:
		return r.known(r.ServiceLead)
	case sla.LALead:
		return r.known(r.LALead)
	case sla.SeniorOfficer:
		return r.known(r.SeniorOfficer)
	case sla.Executive:
		return r.known(r.Executive)
	case sla.Manager:
		return r.known(r.Managers...)
	}
	return nil
}

// known leaves out seats that are empty or held by somebody who has left.
func (r Roster) known(ids ...string) (out []string) {
	for _, id := range ids {
		if r.People[id].ID != "" {
			out = append(out, id)
		}
	}
	return out
}

// acting are the roles whose holders may work a case; managers only hear of it.
var acting = []sla.Role{sla.Lead, sla.Deputy, sla.ServiceLead, sla.LALead, sla.SeniorOfficer, sla.Executive}

// MayAct reports whether person may give commands on a case of org now.
func (r Roster) MayAct(person, org string) bool {
	return slices.ContainsFunc(acting, func(role sla.Role) bool { return slices.Contains(r.Holders(org, role), person) })
}

// Name is how letters call a person.
func (r Roster) Name(id string) string {
	if p := r.People[id]; p.Name != "" {
		return p.Name
	}
	return id
}

// ByAddress finds the person with this address; letter case does not matter.
func (r Roster) ByAddress(addr string) (Person, bool) {
	for _, p := range r.People {
		if strings.EqualFold(p.Address, addr) {
			return p, true
		}
	}
	return Person{}, false
}
