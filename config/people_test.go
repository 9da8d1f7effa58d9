package config

import (
	"strings"
	"testing"
	"time"
)

// Days begin and end at midnight in the service's zone, whatever the season.
func TestDays(t *testing.T) {
	dir, text := goodConfig(t)
	c, err := Load(writeConfig(t, dir, text), noEnv)
	if err != nil {
		t.Fatal(err)
	}
	from, until := c.Away("2026-10-20 to 2026-10-25") // the clocks go back on the last
	if from.Format(time.RFC3339) != "2026-10-19T23:00:00Z" || until.Format(time.RFC3339) != "2026-10-26T00:00:00Z" {
		t.Errorf("%v to %v", from, until)
	}
	if from, until := c.Away("2026-12-24"); until.Sub(from) != 24*time.Hour {
		t.Errorf("a day is %v", until.Sub(from))
	}
	if from, until := c.Days("", ""); !from.IsZero() || !until.IsZero() {
		t.Errorf("%v to %v", from, until)
	}
}

// An organisation that has neither lead nor cover for some days cannot be active.
func TestNeitherLeadNorCover(t *testing.T) {
	dir, text := goodConfig(t)
	gap := strings.NewReplacer(
		"[[person]]\nid = \"lead\"\n", "[[person]]\nid = \"lead\"\nuntil = \"2027-01-31\"\n",
		"[[person]]\nid = \"deputy\"\n", "[[person]]\nid = \"deputy\"\nfrom = \"2027-02-02\"\n").Replace(text)
	if strings.Count(gap, "2027") != 2 {
		t.Fatal("the good file has changed")
	}
	_, err := Load(writeConfig(t, dir, gap), noEnv)
	if err == nil || !strings.Contains(err.Error(), "neither lead nor cover") {
		t.Errorf("%v", err)
	}
	if _, err := Load(writeConfig(t, dir, strings.ReplaceAll(gap, "2027-01-31", "2027-02-02")), noEnv); err != nil {
		t.Error(err)
	}
}
