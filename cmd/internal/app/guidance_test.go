package app

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"dutydesk/config"
	"dutydesk/templates"
	"dutydesk/workflow/sla"
)

// today is the day on which the registers of these tests are read.
func today(t *testing.T) sla.Day {
	t.Helper()
	d, err := sla.ParseDay("2026-11-22")
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// The policy's own sites are in the register, the mistyped one with what
// replaced it, and nothing is shown that nobody of the council has looked at.
func TestThePolicysLinks(t *testing.T) {
	links, err := readGuidance("register", templates.Guidance(), today(t))
	if err != nil {
		t.Fatal(err)
	}
	for _, site := range []string{"www.thinkyou.know.co.uk/parents", "www.saferinternet.org.uk", "Vodafonedigitalparenting.co.uk", "www.childnet.com", "www.anti-bullyingalliance.org.uk", "www.nspcc.org.uk", "www.cyberangels.org"} {
		if !slices.ContainsFunc(links, func(l Link) bool { return l.URL == site }) {
			t.Errorf("%s is not there", site)
		}
	}
	for _, l := range links {
		if l.Shown || l.Doubt == "" || l.Checked != "" {
			t.Errorf("nobody checked %s for the council: %+v", l.ID, l)
		}
		if l.URL == "www.thinkyou.know.co.uk/parents" && (l.Status != "mistyped" || l.Replacement != "ceop-education") {
			t.Errorf("%+v", l)
		}
	}
	for _, f := range guidanceFindings(links) {
		if strings.Contains(f.What, "policy-thinkuknow") {
			t.Errorf("what has a replacement is dealt with: %s", f.What)
		}
	}
}

// A link is shown for a year after somebody looked at it, if it works.
func TestOnlyCheckedLinksAreShown(t *testing.T) {
	for _, tt := range []struct {
		more, doubt string
		shown       bool
	}{
		{`owner = "lead"` + "\n" + `checked = "2026-11-22"` + "\n" + `status = "works"`, "", true},
		{`owner = "lead"` + "\n" + `checked = "2025-11-22"` + "\n" + `status = "works"`, "", true},
		{`owner = "lead"` + "\n" + `checked = "2025-11-21"` + "\n" + `status = "works"`, "not checked for a year", false},
		{`owner = "lead"` + "\n" + `checked = "2026-11-23"` + "\n" + `status = "works"`, "checked on a day to come", false},
		{`checked = "2026-11-22"` + "\n" + `status = "works"`, "nobody looks after it", true},
		{`checked = "2026-11-22"` + "\n" + `status = "dead"`, "dead", false},
		{``, "never checked", false},
	} {
		links, err := readGuidance("x", "[[link]]\nid = \"a\"\ntitle = \"A\"\nfor = \"parent\"\nurl = \"https://a.example/\"\n"+tt.more, today(t))
		if err != nil || len(links) != 1 || links[0].Doubt != tt.doubt || links[0].Shown != tt.shown {
			t.Errorf("%q: %+v, %v", tt.more, links, err)
		}
		warns := 0
		for _, f := range guidanceFindings(links) {
			if f.Grade == Warn {
				warns++
			}
		}
		if (warns > 0) != (tt.doubt != "") {
			t.Errorf("%q: %d warnings", tt.more, warns)
		}
	}
}

// What is wrong with a register is said with its line.
func TestWrongRegister(t *testing.T) {
	const good = "[[link]]\nid = \"a\"\ntitle = \"A\"\nfor = \"parent\"\nurl = \"https://a.example/\"\n"
	for text, want := range map[string]string{
		good + good:                  `x:7:6: link[1].id: "a" stands twice`,
		good + "replacement = \"b\"": `x:6:15: link[0].replacement: "b" is no other link`,
		good + "status = \"works\"":  "x:6:10: link[0].status: nobody looked",
		good + "checked = \"soon\"":  "x:6:11: link.checked",
		good + "chekced = \"\"":      "chekced",
	} {
		_, err := readGuidance("x", text, today(t))
		var ps config.Problems
		if !errors.As(err, &ps) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
