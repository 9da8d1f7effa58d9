package casefile

import (
	"slices"
	"testing"
	"time"

	"dutydesk/workflow/sla"
)

func day(n int) time.Time { return noon.Add(time.Duration(n) * 24 * time.Hour) }

func between(from, until int) Term { return Term{From: day(from), Until: day(until)} }

// A term has its first moment and not the one after its last.
func TestTerm(t *testing.T) {
	for _, tt := range []struct {
		term Term
		at   time.Time
		has  bool
	}{
		{Term{}, noon, true}, {between(0, 1), noon, true}, {between(0, 1), day(1), false}, {between(0, 1), day(1).Add(-1), true}, {between(0, 1), noon.Add(-1), false},
		{Term{From: day(1)}, noon, false}, {Term{Until: day(1)}, noon, true}, {between(0, 1), time.Time{}, true},
	} {
		if tt.term.Has(tt.at) != tt.has {
			t.Errorf("%v has %v: %v", tt.term, tt.at, !tt.has)
		}
	}
}

// Who is told as the lead of northgate, by what the roster says of the time.
func TestHolders(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(r *Roster)
		told   []string
	}{
		"nothing":          {func(*Roster) {}, []string{"lead"}},
		"left":             {func(r *Roster) { r.set("lead", func(p *Person) { p.Until = noon }) }, nil},
		"not begun":        {func(r *Roster) { r.set("lead", func(p *Person) { p.From = day(1) }) }, nil},
		"a seat":           {func(r *Roster) { r.Seats = []Seat{{between(-1, 1), sla.Lead, "northgate", "under"}} }, []string{"under"}},
		"a seat to come":   {func(r *Roster) { r.Seats = []Seat{{between(1, 2), sla.Lead, "northgate", "under"}} }, []string{"lead"}},
		"another's seat":   {func(r *Roster) { r.Seats = []Seat{{between(-1, 1), sla.Lead, "service", "under"}} }, []string{"lead"}},
		"a seat of nobody": {func(r *Roster) { r.Seats = []Seat{{between(-1, 1), sla.Lead, "northgate", "gone"}} }, []string{"lead"}},
		"away":             {func(r *Roster) { r.Absences = []Absence{{between(-1, 1), "lead", false}} }, nil},
		"away, covered":    {func(r *Roster) { r.cover1(); r.Absences = []Absence{{between(-1, 1), "lead", false}} }, []string{"under"}},
		"back":             {func(r *Roster) { r.cover1(); r.Absences = []Absence{{between(-2, 0), "lead", false}} }, []string{"lead"}},
		"said to be away":  {func(r *Roster) { r.Absences = []Absence{{between(-1, 1), "lead", true}} }, []string{"lead"}},
		"said, covered":    {func(r *Roster) { r.cover1(); r.Absences = []Absence{{between(-1, 1), "lead", true}} }, []string{"lead", "under"}},
		"both": {func(r *Roster) {
			r.Absences = []Absence{{between(-1, 1), "lead", true}, {between(-1, 1), "lead", false}}
		}, nil},
		"cover away as well": {func(r *Roster) {
			r.cover1()
			r.Absences = []Absence{{between(-1, 1), "lead", false}, {between(-1, 1), "under", false}}
		}, []string{"head"}},
		"covers in a ring": {func(r *Roster) {
			r.cover1()
			r.set("head", func(p *Person) { p.Cover = "lead" })
			r.Absences = []Absence{{between(-1, 1), "lead", false}, {between(-1, 1), "under", false}, {between(-1, 1), "head", false}}
		}, nil},
	} {
		r := college().Roster
		tt.change(&r)
		if got := r.On(noon).Holders("northgate", sla.Lead); !slices.Equal(got, tt.told) {
			t.Errorf("%s: %v, want %v", name, got, tt.told)
		}
	}
}

func (r *Roster) set(id string, f func(*Person)) {
	p := r.People[id]
	f(&p)
	r.People[id] = p
}

// cover1 has under stand in for lead, and head for under.
func (r *Roster) cover1() {
	r.set("lead", func(p *Person) { p.Cover = "under" })
	r.set("under", func(p *Person) { p.Cover = "head" })
}

// A manager's seat for a time adds a manager.
func TestManagersSeat(t *testing.T) {
	r := college().Roster
	r.Seats = []Seat{{between(-1, 1), sla.Manager, "", "under"}}
	if got := r.On(noon).Holders("northgate", sla.Manager); !slices.Equal(got, []string{"under", "m1", "m2"}) {
		t.Errorf("%v", got)
	}
}

// Whoever covers may act, whoever is away too, whoever has left not.
func TestMayActInTime(t *testing.T) {
	r := college().Roster
	r.cover1()
	r.Absences = []Absence{{between(-1, 1), "lead", false}}
	for _, at := range []time.Time{noon, day(5)} {
		for _, id := range []string{"lead", "under", "deputy"} {
			if !r.On(at).MayAct(id, "northgate") {
				t.Errorf("%s may not act", id)
			}
		}
	}
	r.set("lead", func(p *Person) { p.Until = noon })
	if r.On(noon).MayAct("lead", "northgate") || !r.On(noon.Add(-1)).MayAct("lead", "northgate") {
		t.Error("to act depends on the wrong moment")
	}
}

// Lead and deputy are both on holiday: the rung is skipped at once, with a line
// in the chronology, and the next with somebody is told.
func TestRungOfTheAbsent(t *testing.T) {
	rules := college()
	for _, learnt := range []bool{false, true} {
		rules.Roster.Absences = []Absence{{between(-1, 1), "lead", learnt}, {between(-1, 1), "deputy", learnt}}
		rules.Roster = rules.Roster.On(noon)
		out := Begin(Report{Ref: "SG-1", Org: "northgate"}, rules, noon)
		want := []string{"head", "la", "m1", "m2"}
		if learnt {
			want = []string{"deputy", "head", "la", "lead", "m1", "m2"}
		}
		if got := told(out); !slices.Equal(got, want) || len(out.Events) != 3 {
			t.Errorf("learnt %v: told %v, events %+v", learnt, got, out.Events)
		}
		if !out.Alarms[0].Due.Equal(noon.Add(30 * time.Minute)) {
			t.Errorf("waits for %+v", out.Alarms)
		}
	}
}

func TestIDs(t *testing.T) {
	s := IDs("").With("b", "a", "b")
	if s != "a b" || !s.Has("a") || s.Has("") || s.Has("a b") || s.Without("a") != "b" || s.Without("b").Without("a") != "" {
		t.Errorf("%q", s)
	}
}

// What goes wrong in the next weeks is warned of, each once.
func TestWarnings(t *testing.T) {
	r := college().Roster
	if ws := r.Warnings(noon, 30*24*time.Hour); len(ws) != 0 {
		t.Errorf("nothing is wrong: %+v", ws)
	}
	r.set("lead", func(p *Person) { p.Until = day(10) })
	r.set("la", func(p *Person) { p.Until = day(40) })
	r.Absences = []Absence{{between(-1, 2), "deputy", true}, {between(5, 8), "head", false}}
	r.Seats = []Seat{{between(-1, 20), sla.Executive, "", "under"}}
	o := r.Orgs["northgate"]
	o.Ceop, o.Ambassadors = true, []string{"lead", "deputy"}
	r.Orgs["northgate"] = o
	want := []Warning{
		{Absent, noon, day(2), "northgate", sla.Deputy, "deputy", true},
		{Absent, day(5), day(8), "", sla.ServiceLead, "head", false},
		{Vacant, day(5), time.Time{}, "", sla.ServiceLead, "", false},
		{Absent, day(5), day(8), "service", sla.Lead, "head", false},
		{Vacant, day(5), time.Time{}, "service", sla.Lead, "", false},
		{Vacant, day(10), time.Time{}, "northgate", sla.Lead, "", false},
		{Ends, day(10), time.Time{}, "northgate", sla.Lead, "lead", false},
		{Ambassadors, day(10), time.Time{}, "northgate", "", "", false},
		{Ends, day(20), time.Time{}, "", sla.Executive, "under", false},
	}
	if got := r.Warnings(noon, 30*24*time.Hour); !slices.Equal(got, want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := r.Warnings(noon, time.Hour); len(got) != 1 {
		t.Errorf("within the hour: %+v", got)
	}
}

// A closed organisation's concerns are triage's.
func TestClosedOrganisation(t *testing.T) {
	rules := college()
	o := rules.Roster.Orgs["northgate"]
	o.Closed = true
	rules.Roster.Orgs["northgate"] = o
	if got := told(Begin(Report{Ref: "SG-1", Org: "northgate"}, rules, noon)); !slices.Equal(got, []string{"head", "under"}) {
		t.Errorf("told %v", got)
	}
}
