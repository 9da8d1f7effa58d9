package casefile

import (
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

// Person is someone who can be told and can act. The term is the time in post.
type Person struct {
	Term
	ID      string
	Name    string
	Address string   // lower case
	Full    bool     // letters to this person may carry the reporter's words
	Also    []string // other names and addresses people know them by
	Cover   string   // person id of whoever stands in while they are away
}

// Org is an organisation of the service: the council's own or a provider.
type Org struct {
	ID     string
	Name   string
	Lead   string // person ids
	Deputy string

	Closed      bool     // it takes no concerns: they go to triage
	Ceop        bool     // the policy asks it for CEOP Ambassadors
	Ambassadors []string // person ids of those it has
}

// Roster says who holds which role. The zero Roster has nobody in it.
type Roster struct {
	People        map[string]Person
	Orgs          map[string]Org
	Triage        string // the service's own organisation, which takes what belongs to nobody
	ServiceLead   string
	LALead        string
	SeniorOfficer string
	Executive     string
	Outside       string // who is told of a case that nobody else may act on; "" if there is nobody
	OnCall        string // when the service is closed
	Managers      []string
	Seats         []Seat
	Absences      []Absence

	at time.Time
}

// On is the roster as it stands at the moment at. Without a moment nobody has
// left, nobody is new and nobody is away.
func (r Roster) On(at time.Time) Roster {
	r.at = at
	return r
}

// With is the roster with more absences than the council wrote down.
func (r Roster) With(more ...Absence) Roster {
	r.Absences = append(slices.Clip(r.Absences), more...)
	return r
}

// Org returns the organisation, or the one that does triage when id is unknown
// or closed: a concern never belongs to nobody.
func (r Roster) Org(id string) Org {
	if o, ok := r.Orgs[id]; ok && !o.Closed {
		return o
	}
	return r.Orgs[r.Triage]
}

// Holders lists who is to be told as the holder of role for org, none if nobody
// is there. Whoever is away is stood in for by their cover. It knows no
// case; [Case.Told] does, and conflicts of interest with it.
func (r Roster) Holders(org string, role sla.Role) (ids []string) {
	for _, id := range r.seated(org, role) {
		a, away := r.away(id)
		if !away || a.Learnt {
			ids = append(ids, id)
		}
		if away {
			ids = append(ids, r.cover(id)...)
		}
	}
	return ids
}

// seated lists who holds role for org, here or away. A seat for a time comes
// before the standing one while its holder is in post; managers are added to.
func (r Roster) seated(org string, role sla.Role) (ids []string) {
	for _, s := range r.Seats {
		if s.Role == role && s.Has(r.at) && !r.at.IsZero() && (s.Org == r.Org(org).ID || role != sla.Lead && role != sla.Deputy) {
			ids = append(ids, r.known(s.Person)...)
		}
	}
	if len(ids) > 0 && role != sla.Manager {
		return ids
	}
	return append(ids, r.known(r.standing(org, role)...)...)
}

// standing lists who holds role for org by the council's table.
func (r Roster) standing(org string, role sla.Role) []string {
	switch role {
	case sla.Lead:
		return []string{r.Org(org).Lead}
	case sla.Deputy:
		return []string{r.Org(org).Deputy}
	case sla.ServiceLead:
		return []string{r.ServiceLead}
	case sla.LALead:
		return []string{r.LALead}
	case sla.SeniorOfficer:
		return []string{r.SeniorOfficer}
	case sla.Executive:
		return []string{r.Executive}
	case sla.OnCall:
		return []string{r.OnCall}
	case sla.Manager:
		return r.Managers
	}
	return nil
}

// known leaves out seats that are empty, or held by somebody who has left or
// not begun.
func (r Roster) known(ids ...string) (out []string) {
	for _, id := range ids {
		if r.InPost(id) {
			out = append(out, id)
		}
	}
	return out
}

// InPost reports whether there is such a person now.
func (r Roster) InPost(id string) bool {
	p := r.People[id]
	return p.ID != "" && p.Has(r.at)
}

// away finds the absence of somebody, one that the council wrote down before
// one that was learnt.
func (r Roster) away(id string) (found Absence, away bool) {
	for _, a := range r.Absences {
		if a.Person == id && !r.at.IsZero() && a.Has(r.at) {
			if found, away = a, true; !a.Learnt {
				break
			}
		}
	}
	return found, away
}

// Away reports whether somebody is known to be away now.
func (r Roster) Away(id string) bool {
	_, away := r.away(id)
	return away
}

// cover is the first here of those who stand in for somebody, one for the
// other; nobody if none of them is.
func (r Roster) cover(id string) []string {
	for _, c := range r.covers(id) {
		if r.InPost(c) && !r.Away(c) {
			return []string{c}
		}
	}
	return nil
}

// covers are those who stand in for somebody, one for the other.
func (r Roster) covers(id string) (ids []string) {
	for c := r.People[id].Cover; c != "" && c != id && !slices.Contains(ids, c); c = r.People[c].Cover {
		ids = append(ids, c)
	}
	return ids
}

// acting are the roles whose holders may work a case; managers only hear of it.
var acting = []sla.Role{sla.Lead, sla.Deputy, sla.ServiceLead, sla.LALead, sla.SeniorOfficer, sla.Executive, sla.OnCall}

// MayAct reports whether person may give commands on cases of org now. Whoever
// stands in for another may, also once that one is back: they have begun.
func (r Roster) MayAct(person, org string) bool {
	return slices.ContainsFunc(acting, func(role sla.Role) bool { return r.fills(person, org, role) })
}

// fills reports whether person holds role for org, or stands in for a holder.
func (r Roster) fills(person, org string, role sla.Role) bool {
	return r.InPost(person) && slices.ContainsFunc(r.seated(org, role), func(id string) bool {
		return id == person || slices.Contains(r.covers(id), person)
	})
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
