package casefile

import (
	"slices"
	"strings"
	"time"

	"dutydesk/workflow/sla"
)

// Outside is the role of the contact outside the service who is told of a case
// on which nobody else may act.
const Outside sla.Role = "outside"

// EverybodyNamed is why a letter goes to somebody whom it should not go to.
const EverybodyNamed = "the report names everybody who could act"

// namedIn ends the line of the chronology that says who is named in a report.
const namedIn = ": named in the report"

// NamedIn reads such lines: who was kept from a case when it was opened.
func NamedIn(lines ...string) (ids IDs) {
	for _, l := range lines {
		if names, ok := strings.CutSuffix(l, namedIn); ok {
			ids = ids.With(strings.Fields(names)...)
		}
	}
	return ids
}

// conflicts are the lines of the chronology that say who is kept from the case
// of a report.
func (r Report) conflicts(at time.Time) (es []Event) {
	if r.Excluded != "" {
		es = append(es, Event{At: at, By: "desk", Verb: Exclude, Text: string(r.Excluded) + namedIn, Arrival: r.Arrival})
	}
	if r.Kept != "" {
		es = append(es, Event{At: at, By: "desk", Verb: Exclude, Text: string(r.Kept) + ": kept from a case of the same report", Arrival: r.Arrival})
	}
	return es
}

// outside is the contact outside the service if the case is theirs: nobody else
// may act on it, or one person is alone with it, and they are not in conflict
// themselves.
func (c Case) outside(r Roster) []string {
	if r.Outside == "" || !r.InPost(r.Outside) || c.Excluded.Has(r.Outside) || c.Eligible(r) && !c.alone(r) {
		return nil
	}
	return []string{r.Outside}
}

// alone reports whether all but one are kept from the case: no manager hears of
// it, and nobody could confirm what that one says.
func (c Case) alone(r Roster) bool {
	return c.Excluded != "" && len(c.routed(r, join(slices.Clone(acting), sla.Manager)...)) < 2
}

// resort readmits one person to a case that was just opened, from which
// everybody who could act is kept, so that somebody always hears: one of those
// who only got a copy or stand in words that nobody sees, the highest first, or
// else the nearest of those who answer for the whole service. Where a single
// person is named, or a contact outside the service hears, nobody is readmitted.
func (c *Case) resort(report Report, r Roster, at time.Time) []Event {
	if c.Eligible(r) || len(c.outside(r)) > 0 {
		return nil
	}
	for _, id := range c.candidates(report.Copied, r) {
		with := *c
		if with.Excluded = c.Excluded.Without(id); !report.Kept.Has(id) && with.Eligible(r) {
			*c = with
			return []Event{{At: at, By: "desk", Verb: Readmit, Text: id + ": " + EverybodyNamed, Arrival: report.Arrival}}
		}
	}
	return nil
}

// candidates are those who may be readmitted, the best first.
func (c Case) candidates(copied IDs, r Roster) (ids []string) {
	var barred IDs
	var rest []string
	high := slices.Clone(acting)
	slices.Reverse(high)
	for _, role := range high {
		for _, id := range r.Holders(c.Org, role) {
			if c.Excluded.Has(id) {
				barred = barred.With(id)
			}
			if copied.Has(id) {
				ids = append(ids, id)
			}
		}
	}
	if len(barred.List()) < 2 {
		return nil
	}
	for _, role := range []sla.Role{sla.LALead, sla.SeniorOfficer, sla.Executive, sla.ServiceLead} {
		rest = append(rest, r.Holders(c.Org, role)...)
	}
	return append(ids, rest...)
}

// explain says to those who work the case why it came to them.
func (o *Outcome) explain() {
	for i := range o.Notices {
		if o.Notices[i].Role != sla.Manager && o.Notices[i].Reason == "" {
			o.Notices[i].Reason = EverybodyNamed
		}
	}
}
