package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"dutydesk/config"
	"dutydesk/workflow/sla"
)

// council is a configuration with just its people; today counts days from now.
func council() *config.Config {
	day := func(n int) config.Date { return config.Date(time.Now().UTC().AddDate(0, 0, n).Format(time.DateOnly)) }
	return &config.Config{
		Service: config.Service{TimeZone: "Europe/London", Organisation: "service"},
		Roles:   config.Roles{LALead: "la", Managers: []string{"manager"}},
		Organisations: []config.Organisation{{ID: "service", Name: "Service", Lead: "lead", Deputy: "deputy", Active: true, Ceop: true, Ambassadors: []string{"lead"}},
			{ID: "shut", Name: "Shut", Lead: "deputy", Deputy: "lead"}},
		Persons: []config.Person{
			{ID: "lead", Name: "Lead", Address: "LEAD@council.example", Also: []string{"Mandy"}, Cover: "cover", Away: []string{string(day(-1)) + " to " + string(day(2)), string(day(60))}},
			{ID: "deputy", Name: "Deputy", Address: "deputy@council.example", Until: day(10)},
			{ID: "cover", Name: "Cover", Address: "cover@council.example", From: day(-9), Until: day(20)},
			{ID: "la", Name: "LA", Address: "la@council.example"}, {ID: "manager", Name: "M", Address: "m@council.example"},
		},
		Seats: []config.Seat{{Role: "manager", Person: "cover", From: day(-1)}},
	}
}

// What the configuration says of people is what the roster has.
func TestRosterOfConfig(t *testing.T) {
	r := Rules(council()).Roster.On(time.Now())
	for role, want := range map[sla.Role]string{sla.Lead: "cover", sla.Deputy: "deputy", sla.LALead: "la", sla.Manager: "cover manager"} {
		if got := strings.Join(r.Holders("service", role), " "); got != want {
			t.Errorf("%s is %q, want %q", role, got, want)
		}
	}
	if p := r.People["lead"]; p.Address != "lead@council.example" || p.Also[0] != "Mandy" || r.Org("shut").ID != "service" {
		t.Errorf("%+v", p)
	}
}

// The doctor tells what is wrong with the roster and what will be.
func TestDoctorTellsOfTerms(t *testing.T) {
	var said []string
	for _, f := range checkTerms(t.Context(), council()) {
		said = append(said, string(f.Grade)+" "+f.What)
	}
	all := strings.Join(said, "\n")
	for _, want := range []string{"warn nobody will be there as deputy service from ", "warn deputy is not deputy service any more from ", "warn service has fewer than two CEOP", "warn nobody will be there as lead service from ", "warn cover is not manager any more from"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is not said in\n%s", want, all)
		}
	}
	cfg := council()
	cfg.Persons = cfg.Persons[:1:1]
	cfg.Persons[0].Cover = ""
	if f := checkTerms(t.Context(), cfg)[0]; f.Grade != Fail {
		t.Errorf("%+v", f)
	}
}

// The doctor names the file that is at fault, and where the policy rules it does
// not count rungs by the plain ladder.
func TestDoctorOfPolicyAndLadder(t *testing.T) {
	cfg := council()
	page := filepath.Join(t.TempDir(), "page.html")
	if err := os.WriteFile(page, []byte("<html>"), 0o600); err != nil {
		t.Fatal(err)
	}
	for want, sla := range map[string]config.SLA{
		"the bank holidays cannot be used: ": {Holidays: page}, "the policy cannot be used: " + page: {Policy: page, Holidays: page}, "the policy cannot be used: read policy": {Policy: "/nonexistent"},
	} {
		cfg.SLA = sla
		f := checkPolicy(t.Context(), cfg)[0]
		if f.Grade != Fail || !strings.HasPrefix(f.What, want) || strings.Contains(f.Fix, "policy check") != (sla.Policy != "") || strings.HasSuffix(f.Fix, " ") {
			t.Errorf("%q: %+v", want, f)
		}
		if found := checkRoster(t.Context(), cfg); strings.Contains(found[0].What, "on the ladder") {
			t.Errorf("a ladder that cannot be read: %+v", found[0])
		}
	}
	cfg.SLA = config.SLA{}
	cfg.Roles.LALead = ""
	cfg.Roles.Managers = nil
	cfg.Seats = nil
	plain := *cfg
	plain.SLA.Acknowledge = config.Duration(time.Hour)
	for _, tt := range []struct {
		cfg   *config.Config
		fails bool
	}{{cfg, false}, {&plain, true}} {
		fails := false
		for _, f := range checkRoster(t.Context(), tt.cfg) {
			fails = fails || f.Grade == Fail
			if strings.Contains(f.What, "shut") {
				t.Errorf("a closed organisation: %+v", f)
			}
		}
		if fails != tt.fails {
			t.Errorf("fails: %v, want %v", fails, tt.fails)
		}
	}
}
