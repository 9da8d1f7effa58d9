package casefile

import (
	"slices"
	"time"

	"dutydesk/workflow/sla"
)

// tell makes one notice for each person on the rung, whatever number of roles
// they hold there. The post has until half-way to the next rung to deliver it.
func (c Case) tell(kind Kind, rung int, rules Rules) (ns []Notice) {
	at, next := rules.Policy.Due(c.Opened, rung), rules.Policy.Due(c.Opened, rung+1)
	before := at.Add(next.Sub(at) / 2)
	for _, role := range rules.Policy.Rung(rung).Tell {
		for _, p := range rules.Roster.Holders(c.Org, role) {
			ns = add(ns, Notice{Kind: kind, To: p, Role: role, Rung: rung, Urgent: true, Before: before})
		}
	}
	return ns
}

// others tells those who work the case, but not the person who did it. A close
// that waits for a second person also goes to those who may confirm it.
func (c Case) others(kind Kind, by, reason string, rules Rules) (ns []Notice) {
	roles := []sla.Role{sla.Lead, sla.Deputy}
	if c.Climbed > 2 || kind == CloseProposal || kind == NotDelivered {
		roles = append(roles, sla.ServiceLead, sla.LALead)
	}
	for _, role := range roles {
		for _, p := range rules.Roster.Holders(c.Org, role) {
			if p != by {
				ns = add(ns, Notice{Kind: kind, To: p, Role: role, Reason: reason})
			}
		}
	}
	return ns
}

// add appends n unless its person is told already.
func add(ns []Notice, n Notice) []Notice {
	if slices.ContainsFunc(ns, func(m Notice) bool { return m.To == n.To }) {
		return ns
	}
	return append(ns, n)
}

// Late is how long after its limit the case is at the moment at; 0 if it is not.
func (c Case) Late(p sla.Policy, at time.Time) time.Duration {
	return max(0, at.Sub(p.Limit(c.Opened)))
}
