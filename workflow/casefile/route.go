package casefile

import (
	"slices"

	"dutydesk/workflow/sla"
)

// Post is a person with the role for which they are told.
type Post struct {
	Person string
	Role   sla.Role
}

// detours say who is told in place of a role whose holder must not know of the
// case (DOMAIN.md section 7, conflict of interest). One detour may lead to
// another.
var detours = map[sla.Role][]sla.Role{
	sla.Lead:          {sla.ServiceLead, sla.LALead},
	sla.Deputy:        {sla.ServiceLead, sla.LALead},
	sla.ServiceLead:   {sla.LALead, sla.SeniorOfficer},
	sla.LALead:        {sla.SeniorOfficer},
	sla.SeniorOfficer: {sla.Executive},
	sla.Executive:     {sla.SeniorOfficer},
	sla.Manager:       {sla.LALead},
}

// ownDetours are those of the service's own organisation: its lead is the
// service's, and its deputy is not enough alone.
var ownDetours = map[sla.Role][]sla.Role{
	sla.Lead:   {sla.LALead, sla.SeniorOfficer},
	sla.Deputy: {sla.LALead},
}

func (c Case) detour(r Roster, role sla.Role) []sla.Role {
	if own := ownDetours[role]; c.Org == r.Triage && own != nil {
		return own
	}
	return detours[role]
}

// Told lists who is to hear of the case in each of the roles, each person once
// and in this order. Nobody is told of a case but through it: it is the one
// place where conflicts of interest are heeded. Where somebody is passed over,
// those are told who stand in the table for it.
func (c Case) Told(r Roster, roles ...sla.Role) (posts []Post) {
	posts = c.routed(r, roles...)
	if !slices.ContainsFunc(roles, func(role sla.Role) bool { return slices.Contains(acting, role) }) {
		return posts
	}
	for _, id := range c.outside(r) {
		posts = slices.DeleteFunc(posts, func(p Post) bool { return p.Person == id })
		posts = append(posts, Post{id, Outside})
	}
	return posts
}

// routed is Told without the contact outside the service.
func (c Case) routed(r Roster, roles ...sla.Role) (posts []Post) {
	open := slices.Clone(roles)
	for i := 0; i < len(open); i++ {
		ids, lost := c.holders(r, open[i])
		for _, id := range ids {
			if !slices.ContainsFunc(posts, func(p Post) bool { return p.Person == id }) {
				posts = append(posts, Post{id, open[i]})
			}
		}
		if lost {
			open = join(open, c.detour(r, open[i])...)
		}
	}
	return posts
}

// holders lists who holds role and may know of the case; lost says that
// somebody was passed over.
func (c Case) holders(r Roster, role sla.Role) (ids []string, lost bool) {
	all := r.Holders(c.Org, role)
	if c.Excluded == "" {
		return all, false
	}
	if c.passes(r, role) {
		return nil, true
	}
	if len(all) == 0 && role == sla.ServiceLead { // who leads the service's own organisation leads the service
		all = append(r.Holders(r.Triage, sla.Lead), r.Holders(r.Triage, sla.Deputy)...)
	}
	for _, id := range all {
		if !c.Excluded.Has(id) {
			ids = append(ids, id)
		}
	}
	if role == sla.Manager { // one who hears is enough
		return ids, len(ids) == 0 && len(all) > 0
	}
	return ids, len(ids) < len(all) || c.concerns(r, role)
}

// concerns reports whether a holder of role, here or away, must not know of the
// case.
func (c Case) concerns(r Roster, role sla.Role) bool {
	return slices.ContainsFunc(r.seated(c.Org, role), c.Excluded.Has)
}

// passes reports whether the case goes round all of role: nobody of a provider
// hears of a concern about its lead or deputy.
func (c Case) passes(r Roster, role sla.Role) bool {
	return c.Excluded != "" && (role == sla.Lead || role == sla.Deputy) && c.Org != r.Triage && (c.concerns(r, sla.Lead) || c.concerns(r, sla.Deputy))
}

// first are the roles that are told of a case at once: lead and deputy, and
// whoever the table names in place of any holder who must not know.
func (c Case) first(r Roster) []sla.Role {
	roles := []sla.Role{sla.Lead, sla.Deputy}
	for _, role := range acting {
		if _, lost := c.holders(r, role); lost && !slices.Contains(roles, role) {
			roles = join(roles, c.detour(r, role)...)
		}
	}
	return roles
}

// MayAct reports whether person may give commands on the case now.
func (c Case) MayAct(r Roster, person string) bool {
	return !c.Excluded.Has(person) && slices.ContainsFunc(acting, func(role sla.Role) bool {
		return !c.passes(r, role) && r.fills(person, c.Org, role) || role == sla.ServiceLead && c.leads(r, person)
	}) || slices.Contains(c.outside(r), person)
}

// leads reports whether person takes the place of a service lead that the case
// was led round to and nobody holds.
func (c Case) leads(r Roster, person string) bool {
	ids, _ := c.holders(r, sla.ServiceLead)
	return slices.Contains(ids, person)
}

// MaySee reports whether person may learn that the case exists: in a letter, a
// list, a count or a search.
func (c Case) MaySee(r Roster, person string) bool {
	return c.MayAct(r, person) || !c.Excluded.Has(person) && slices.Contains(r.Holders(c.Org, sla.Manager), person)
}

// join adds roles that are not there yet.
func join(roles []sla.Role, more ...sla.Role) []sla.Role {
	for _, role := range more {
		if !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}
