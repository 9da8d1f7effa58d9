package config

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func (ch *checker) personIDs() (ids []string) {
	for _, p := range ch.Persons {
		ids = append(ids, p.ID)
	}
	return ids
}

func (ch *checker) organisationIDs() (ids []string) {
	for _, o := range ch.Organisations {
		ids = append(ids, o.ID)
	}
	return ids
}

// organisations checks that a concern for any of them finds somebody.
func (ch *checker) organisations() {
	if len(ch.Organisations) == 0 {
		ch.wrong("organisation", "there is no organisation", "add [[organisation]] with id, name, lead and deputy")
	}
	ids, names := map[string]bool{}, map[string]bool{}
	for i, o := range ch.Organisations {
		at := fmt.Sprintf("organisation[%d]", i)
		ch.unique(ids, at+".id", o.ID)
		ch.unique(names, at+".name", o.Name)
		if o.Lead == o.Deputy {
			ch.wrong(at+".deputy", fmt.Sprintf("%q is the lead as well", o.Deputy), "name another person: the deputy is told when the lead is silent")
		}
		ch.ladder(at, o)
	}
	if ch.production() && len(ch.Roles.Managers) == 0 {
		ch.wrong("roles.managers", "nobody would hear of breaches and of trouble with the desk, which is refused in production", `name one person or more, such as managers = ["manager"]`)
	}
}

// ladder wants, above lead and deputy, somebody who is neither.
func (ch *checker) ladder(at string, o Organisation) {
	r := ch.Roles
	above := append([]string{r.ServiceLead, r.LALead, r.SeniorOfficer, r.Executive}, r.Managers...)
	fresh := func(id string) bool { return id != "" && id != o.Lead && id != o.Deputy }
	if !slices.ContainsFunc(above, fresh) {
		ch.wrong(at, fmt.Sprintf("nobody is left on the ladder when %q and %q are silent", o.Lead, o.Deputy),
			"name another person as roles.la_lead, roles.senior_officer or among roles.managers")
	}
}

// persons checks that each can be told from the others by id and by address.
func (ch *checker) persons() {
	if len(ch.Persons) == 0 {
		ch.wrong("person", "there are no people", "add [[person]] with id, name and address for each")
	}
	ids, addresses, boxes := map[string]bool{}, map[string]bool{}, map[string]string{}
	for i, p := range ch.Persons {
		at := fmt.Sprintf("person[%d]", i)
		ch.unique(ids, at+".id", p.ID)
		ch.unique(addresses, at+".address", strings.ToLower(p.Address))
		box := strings.ToLower(withoutPlus(p.Address))
		if other, taken := boxes[box]; taken && p.Address != "" {
			ch.wrong(at+".address", fmt.Sprintf("is the mailbox of %q: one person would count as two", other), "give each person a mailbox of their own")
		}
		boxes[box] = p.ID
		if p.Address != "" && strings.EqualFold(withoutPlus(p.Address), withoutPlus(ch.Service.Address)) {
			ch.wrong(at+".address", "is the desk's own address: letters would come back as concerns", "give the person's own mailbox")
		}
		ch.disclosure(at, p)
	}
	if strings.Contains(ch.Service.Address, "+") {
		ch.wrong("service.address", fmt.Sprintf("%q has a plus part already", ch.Service.Address), "give it without: answers get one of ours")
	}
}

// disclosure refuses "full" where it would have no effect.
func (ch *checker) disclosure(at string, p Person) {
	_, domain, _ := strings.Cut(p.Address, "@")
	trusted := slices.ContainsFunc(ch.Mail.TrustedDomains, func(d string) bool { return strings.EqualFold(d, domain) })
	if p.Disclosure == "full" && !trusted {
		ch.wrong(at+".disclosure", fmt.Sprintf(`"full" is for trusted domains, and %q is none`, domain),
			"add it to mail.trusted_domains if its mail is kept as safe as yours, or leave \"minimal\"")
	}
}

// withoutPlus is user@host of user+anything@host.
func withoutPlus(address string) string {
	user, host, _ := strings.Cut(address, "@")
	user, _, _ = strings.Cut(user, "+")
	return user + "@" + host
}

// listeners checks that numbers stay on this machine, and that ports differ.
func (ch *checker) listeners() {
	if m := ch.Metrics.Listen; m != "" && !loopback(m) {
		ch.wrong("metrics.listen", fmt.Sprintf("%q can be reached from other machines", m), `write "127.0.0.1:9090"; let Prometheus come through a tunnel or a proxy`)
	}
	if ch.Web.Listen != "" && ch.Web.Listen == ch.Metrics.Listen {
		ch.wrong("metrics.listen", "is web.listen as well", "give it another port")
	}
}

func (ch *checker) times() {
	ch.readable("service.guidance", ch.Service.Guidance, "name a register of guidance; \"dutydesk guidance example\" prints one to begin with")
	ch.readable("sla.policy", ch.SLA.Policy, "name a policy file; \"dutydesk policy show\" prints one to begin with")
	ch.readable("sla.holidays", ch.SLA.Holidays, "save https://www.gov.uk/bank-holidays.json there")
	if ch.SLA.Review > 0 && ch.SLA.Review < ch.SLA.Acknowledge {
		ch.wrong("sla.review", fmt.Sprintf("%q is shorter than acknowledge, %q", ch.SLA.Review, ch.SLA.Acknowledge), "a case comes back for review only after somebody had to take it")
	}
	if ch.production() && ch.Digest.At == "" {
		ch.wrong("digest.at", "nobody would notice that the desk is dead, which is refused in production", `write a time of day, such as "08:30"`)
	}
	if most := Duration(5 * time.Minute); ch.production() && ch.Desk.Patience > most {
		ch.wrong("desk.patience", fmt.Sprintf("%q is too long for production", ch.Desk.Patience), fmt.Sprintf("give %q or less", most))
	}
}
