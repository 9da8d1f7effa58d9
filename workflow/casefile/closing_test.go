package casefile

import (
	"errors"
	"slices"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

// An emergency or a high concern is closed by the local authority lead, or by
// whoever stands above where they are the proposer, kept from the case, away or
// nobody. Whoever is to agree is asked; a lighter case any second person closes.
func TestWhoClosesGraveCases(t *testing.T) {
	away := func(id string) func(*Case, *Rules) {
		return func(_ *Case, r *Rules) {
			r.Roster = r.Roster.With(Absence{Term: Term{Until: noon.Add(time.Hour)}, Person: id, Learnt: true}).On(noon)
		}
	}
	for name, x := range map[string]struct {
		severity sla.Severity
		proposer string
		but      func(*Case, *Rules)
		may      []string // of all who may act
	}{
		"emergency":        {sla.S1, "lead", nil, []string{"la"}},
		"high":             {sla.S2, "head", nil, []string{"la"}},
		"standard":         {sla.S3, "lead", nil, []string{"deputy", "head", "la", "senior", "exec"}},
		"theirs":           {sla.S1, "la", nil, []string{"senior"}},
		"kept out":         {sla.S1, "lead", func(c *Case, _ *Rules) { c.Excluded = "la" }, []string{"senior"}},
		"both kept out":    {sla.S1, "lead", func(c *Case, _ *Rules) { c.Excluded = "la senior" }, []string{"exec"}},
		"away":             {sla.S2, "lead", away("la"), []string{"la", "senior"}},
		"nobody there":     {sla.S2, "lead", func(_ *Case, r *Rules) { r.Roster.LALead = "" }, []string{"senior"}},
		"nobody is higher": {sla.S2, "la", func(_ *Case, r *Rules) { r.Roster.SeniorOfficer, r.Roster.Executive = "", "" }, []string{"head", "deputy", "lead"}},
	} {
		rules := college()
		c := opened(rules)
		c.State, c.By, c.Severity = Acknowledged, "lead", x.severity
		if x.but != nil {
			x.but(&c, &rules)
		}
		out, err := c.Obey(Command{By: x.proposer, Verb: Close, Text: "it is over"}, rules, noon)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for _, id := range []string{"lead", "deputy", "head", "la", "senior", "exec"} {
			if id == x.proposer || !c.Excluded.Has(id) && !c.MayAct(rules.Roster, id) {
				continue
			}
			end, err := out.Case.Obey(Command{By: id, Verb: Close, Text: "it is over"}, rules, noon)
			if may := slices.Contains(x.may, id); may != (err == nil && end.Case.State == Closed) || !may && !errors.Is(err, ErrLALead) {
				t.Errorf("%s: %s closes it: %v", name, id, err)
			}
		}
		if asked := x.may[len(x.may)-1]; x.severity < sla.S3 && !slices.Contains(told(out), asked) {
			t.Errorf("%s: %s may close it, asked are %v", name, asked, told(out))
		} else if ns := out.Case.remind(Alarm{}, rules, noon).Notices; x.severity < sla.S3 && !slices.ContainsFunc(ns, func(n Notice) bool { return n.To == asked }) {
			t.Errorf("%s: %s is not reminded: %v", name, asked, ns)
		}
	}
}
