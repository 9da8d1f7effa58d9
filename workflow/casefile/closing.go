package casefile

import (
	"slices"

	"dutydesk/workflow/sla"
)

// closers are the roles whose holder agrees to close an emergency, a high concern
// or what has a flag of confirmedAbove (DOMAIN.md section 7), each standing in for
// the one before it.
var closers = []sla.Role{sla.LALead, sla.SeniorOfficer, sla.Executive}

// closer is the role that is asked to agree to close the case when proposer
// wants it closed: for S1, S2 and such a flag the local authority lead, or, where
// they are kept from the case, away or the proposer, the next above; "" where any
// second person may, as for other S3 and S4, and where nobody is above.
func (c Case) closer(r Roster, proposer string) sla.Role {
	if c.Severity > sla.S2 && !c.File.any(confirmedAbove...) {
		return ""
	}
	for _, role := range closers {
		ids, _ := c.holders(r, role)
		if slices.ContainsFunc(ids, func(id string) bool { return id != proposer && !r.Away(id) }) {
			return role
		}
	}
	return ""
}

// MayClose reports whether person may agree to close the case that another has
// proposed to close. A local authority lead who is away, and answers all the
// same, may.
func (c Case) MayClose(r Roster, person string) bool {
	asked := c.closer(r, c.Proposed)
	if asked == "" {
		return true
	}
	return !c.Excluded.Has(person) && slices.ContainsFunc(closers[:slices.Index(closers, asked)+1], func(role sla.Role) bool {
		return slices.Contains(append(r.Holders(c.Org, role), r.seated(c.Org, role)...), person)
	})
}
