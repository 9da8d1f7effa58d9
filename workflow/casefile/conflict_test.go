package casefile

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

func without(org string, ids ...string) Outcome {
	return Begin(Report{Ref: "SG-1", Org: org, Arrival: "a1", Excluded: IDs("").With(ids...)}, college(), noon)
}

// The route goes round whoever is concerned, by the table of DOMAIN.md section
// 7: who is told at once.
func TestConflictRoute(t *testing.T) {
	for _, tt := range []struct {
		org, out string
		told     []string
	}{
		{"northgate", "", []string{"deputy", "lead"}},
		{"northgate", "lead", []string{"head", "la"}},
		{"northgate", "deputy", []string{"head", "la"}},
		{"northgate", "lead head", []string{"la", "senior"}},
		{"northgate", "lead la", []string{"head", "senior"}},
		{"northgate", "lead head la senior", []string{"exec"}},
		{"northgate", "head", []string{"deputy", "la", "lead", "senior"}},
		{"northgate", "la", []string{"deputy", "lead", "senior"}},
		{"northgate", "senior", []string{"deputy", "exec", "lead"}},
		{"northgate", "exec", []string{"deputy", "lead", "senior"}},
		{"northgate", "under", []string{"deputy", "lead"}},
		{"northgate", "m1", []string{"deputy", "lead"}},
		{"service", "head", []string{"la", "senior", "under"}},
		{"service", "under", []string{"head", "la"}},
		{"service", "head under la", []string{"senior"}},
	} {
		out := without(tt.org, strings.Fields(tt.out)...)
		if got := told(out); !slices.Equal(got, tt.told) {
			t.Errorf("%s without %q: told %v, want %v", tt.org, tt.out, got, tt.told)
		}
		for _, n := range out.Notices {
			if n.Kind != Opened || !n.Urgent {
				t.Errorf("%s without %q: %+v", tt.org, tt.out, n)
			}
		}
	}
}

// Whoever is excluded hears of nothing that happens to a case, and can do
// nothing; the same goes for all of a provider whose lead or deputy is; and
// somebody hears, unless nobody is left.
func TestT8NoTrace(t *testing.T) {
	rules := college()
	for id := range rules.Roster.People {
		for _, org := range []string{"northgate", "service"} {
			barred := []string{id}
			if org == "northgate" && (id == "lead" || id == "deputy") {
				barred = []string{"lead", "deputy"}
			}
			silent := func(what string, out Outcome) Outcome {
				for _, n := range out.Notices {
					if slices.Contains(barred, n.To) {
						t.Errorf("%s of %s, %s told %s", what, org, n.Kind, n.To)
					}
				}
				return out
			}
			out := silent("open", without(org, id))
			for range 7 {
				a := out.Alarms[0]
				out, _ = out.Case.Elapse(a, rules, a.Due)
				if silent("elapse", out); len(out.Notices) == 0 {
					t.Errorf("nobody hears of a breach at %s without %s", org, id)
				}
			}
			for _, p := range barred {
				if out.Case.MayAct(rules.Roster, p) || out.Case.MaySee(rules.Roster, p) {
					t.Errorf("%s may act on, or see, a case about %s", p, id)
				}
			}
			silent("undelivered", out.Case.Undelivered("senior", "bounced", rules, noon))
			silent("untrusted", out.Case.Distrust("a2", "forged", rules, noon))
			by := told(out)[0]
			for _, v := range []Verb{Acknowledge, Note, Close} {
				next, err := out.Case.Obey(Command{By: by, Verb: v, Text: "x"}, rules, noon.Add(50*time.Hour))
				if err != nil {
					t.Fatal(err)
				}
				out = silent(string(v), next)
			}
			next, _ := out.Case.Elapse(out.Alarms[0], rules, out.Alarms[0].Due)
			silent("review", next)
		}
	}
}

// A conflict that comes to light later undoes what the person did, and those to
// whom the case is led instead are told at once.
func TestExcludeLater(t *testing.T) {
	rules := college()
	later := noon.Add(10 * time.Minute)
	c := opened(rules)
	for _, say := range []Command{{By: "lead", Verb: Acknowledge}, {By: "lead", Verb: Close, Text: "nothing in it"}} {
		out, err := c.Obey(say, rules, noon)
		if err != nil {
			t.Fatal(err)
		}
		c = out.Case
	}
	out := c.Exclude([]string{"deputy"}, "head", "he is the subject's brother", rules, later)
	c = out.Case
	if c.State != Submitted || c.By != "" || c.Proposed != "" || !c.Acknowledged.IsZero() || len(out.Events) != 1 || !strings.HasPrefix(out.Events[0].Text, "deputy: ") {
		t.Errorf("%+v %+v", c, out.Events)
	}
	if got := told(out); !slices.Equal(got, []string{"head", "la"}) || out.Alarms[0].Stage != sla.Acknowledge || !out.Alarms[0].Due.Equal(noon.Add(30*time.Minute)) {
		t.Errorf("told %v, waits for %+v", got, out.Alarms)
	}
	if again := c.Exclude([]string{"deputy"}, "head", "again", rules, later); len(again.Notices) != 0 || again.Case != c {
		t.Errorf("the second time told %v", told(again))
	}
	elsewhere := opened(rules).Exclude([]string{"m1"}, "lead", "named", rules, later)
	if got := told(elsewhere); !slices.Equal(got, []string{"deputy", "la", "m2"}) || elsewhere.Case.State != Submitted {
		t.Errorf("told %v", got)
	}
	closed := c
	closed.State = Closed
	if out := closed.Exclude([]string{"head"}, "la", "late", rules, later); out.Case.State != Closed || len(out.Notices)+len(out.Alarms) != 0 {
		t.Errorf("a closed case: %+v", out)
	}
}

// A case that a conflicted person has not touched keeps its taker.
func TestExcludeKeepsOthersWork(t *testing.T) {
	rules := college()
	out, err := opened(rules).Obey(Command{By: "head", Verb: Acknowledge}, rules, noon)
	if err != nil {
		t.Fatal(err)
	}
	if c := out.Case.Exclude([]string{"lead"}, "head", "named", rules, noon).Case; c.By != "head" || c.State != Acknowledged {
		t.Errorf("%+v", c)
	}
}

// An exclusion is lifted by two others who may act, and by nobody else.
func TestReadmitTakesTwo(t *testing.T) {
	rules := college()
	c := without("northgate", "lead").Case
	for _, step := range []struct {
		by   string
		err  error
		lead bool // is excluded after it
	}{
		{"lead", ErrNotAllowed, true}, {"deputy", ErrNotAllowed, true}, {"m1", ErrNotAllowed, true}, {"stranger", ErrNotAllowed, true},
		{"head", nil, true}, {"head", ErrSamePerson, true}, {"lead", ErrNotAllowed, true}, {"la", nil, false}, {"la", ErrNotAllowed, false},
	} {
		out, err := c.Readmit("lead", step.by, "another person of that name", rules, noon)
		if !errors.Is(err, step.err) {
			t.Fatalf("%s: %v, want %v", step.by, err, step.err)
		}
		if err == nil {
			c = out.Case
		}
		if c.Excluded.Has("lead") != step.lead {
			t.Fatalf("after %s: excluded %q", step.by, c.Excluded)
		}
	}
	if c.Lifting != "" || !c.MayAct(rules.Roster, "deputy") {
		t.Errorf("%+v", c)
	}
}

// A proposal by somebody who is found to be in conflict as well does not count.
func TestReadmitByTheConflicted(t *testing.T) {
	rules := college()
	c := without("northgate", "lead").Case
	out, err := c.Readmit("lead", "head", "a friend", rules, noon)
	if err != nil {
		t.Fatal(err)
	}
	c = out.Case.Exclude([]string{"head"}, "la", "they are close", rules, noon).Case
	out, err = c.Readmit("lead", "la", "it was a mistake", rules, noon)
	if err != nil || !out.Case.Excluded.Has("lead") {
		t.Errorf("lifted by one: %v, %q", err, out.Case.Excluded)
	}
	if out, err = out.Case.Readmit("lead", "senior", "it was", rules, noon); err != nil || out.Case.Excluded.Has("lead") {
		t.Errorf("%v, %q", err, out.Case.Excluded)
	}
}

// Where everybody is named one is told all the same. Where everybody is kept from
// the case by a person nobody is, and the case says so.
func TestNobodyEligible(t *testing.T) {
	rules := college()
	everybody := []string{"head", "under", "lead", "deputy", "la", "senior", "exec", "m1", "m2"}
	out := without("northgate", everybody...)
	if len(out.Notices) != 1 || out.Notices[0].To != "la" || out.Notices[0].Reason != EverybodyNamed || !out.Case.Eligible(rules.Roster) {
		t.Errorf("told %v", told(out))
	}
	out = Begin(Report{Ref: "SG-1", Org: "northgate", Arrival: "a1", Kept: IDs("").With(everybody...)}, rules, noon)
	if len(out.Notices) != 0 || out.Case.Eligible(rules.Roster) || len(out.Alarms) != 1 {
		t.Errorf("told %v, waits for %+v", told(out), out.Alarms)
	}
	if last := out.Events[len(out.Events)-1]; !strings.HasPrefix(last.Text, Nobody) {
		t.Errorf("%+v", out.Events)
	}
}

// An exclusion that is made again needs two anew to be lifted: an older proposal
// was about what was known then.
func TestExcludedAgain(t *testing.T) {
	rules := college()
	c := without("northgate", "lead").Case
	out, err := c.Readmit("lead", "head", "another person of that name", rules, noon)
	if err != nil {
		t.Fatal(err)
	}
	c = out.Case.Exclude([]string{"lead"}, "la", "they are the subject", rules, noon).Case
	if out, err = c.Readmit("lead", "la", "a mistake", rules, noon); err != nil || !out.Case.Excluded.Has("lead") {
		t.Errorf("lifted by one: %v, %q", err, out.Case.Excluded)
	}
}

// A colleague is no stranger by any of their addresses, and acts by one.
func TestColleague(t *testing.T) {
	r := Roster{People: map[string]Person{"lead": {ID: "lead", Address: "lead@council.example", Also: []string{"Ammie", "Amy@Home.example"}}}}
	for addr, want := range map[string]bool{"LEAD@council.example": true, "amy@home.example": true, "Ammie": false, "": false, "x@home.example": false} {
		if p, ok := r.Colleague(addr); ok != want || ok && p.ID != "lead" {
			t.Errorf("%q: %v, %v", addr, p.ID, ok)
		}
	}
	if _, ok := r.ByAddress("amy@home.example"); ok {
		t.Error("another address gives authority")
	}
}
