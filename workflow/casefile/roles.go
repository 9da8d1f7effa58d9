package casefile

import (
	"slices"

	"dutydesk/workflow/sla"
)

// Roles lists what a person is to an organisation's cases at the roster's
// moment, the nearest role first: what they hold, and what they stand in for.
// Whoever only hears of missed limits is a manager.
func (r Roster) Roles(person, org string) (roles []sla.Role) {
	for _, role := range slices.Concat(acting, []sla.Role{sla.Manager}) {
		if r.fills(person, org, role) {
			roles = append(roles, role)
		}
	}
	return roles
}
